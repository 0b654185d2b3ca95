"""A bare install does what it promises: cells, environments and training need no package of an extra."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_modules import source_modules

if sys.version_info >= (3, 11):
    import tomllib
else:
    pytest.skip("Python 3.10 cannot read pyproject.toml by itself", allow_module_level=True)

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULE_OF = {
    "opencv-python-headless": "cv2", "pyyaml": "yaml", "pillow": "PIL", "scikit-learn": "sklearn",
    "highway-env": "highway_env",
}  # fmt: skip
"""Modules of packages that have another name."""
BROUGHT = {
    "click": "typer", "google": "onnx", "h5py": "minari", "llvmlite": "numba", "markupsafe": "jinja2",
    "triton": "torch",
}  # fmt: skip
"""Modules of packages that come with another one."""
BESIDES = {"torch.utils.tensorboard": "tensorboard"}
"""Modules that want another package than they belong to."""


def modules_of(requirements: list[str]) -> set[str]:
    names = [re.match(r"[\w-]+", requirement) for requirement in requirements]
    return {MODULE_OF.get(name[0], name[0].replace("-", "_")) for name in names if name}


BASE = modules_of(PROJECT["dependencies"])
EXTRAS = {extra: modules_of(wanted) for extra, wanted in PROJECT["optional-dependencies"].items() if extra != "all"}
OF_EXTRAS = sorted(set().union(*EXTRAS.values()) - BASE)

FROM_BARE = f"""
import sys

class Hiding:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        hidden = name.partition(".")[0] in {OF_EXTRAS!r}
        return None if hidden else self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = [Hiding(finder) for finder in sys.meta_path]
"""


def from_bare(code: str, folder: Path) -> str:
    """Run code where no package of any extra is installed, as far as it can tell."""
    command = [sys.executable, "-c", FROM_BARE + code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def imports(tree: ast.Module) -> list[tuple[str, int, str]]:
    """(module, line, extra) of every import but those for type checkers; ``extra`` is ``needs_extra``'s around it."""
    found: list[tuple[str, int, str]] = []

    def walk(node: ast.AST, extra: str) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.With):
            call = node.items[0].context_expr
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "needs_extra":
                (name, *_) = call.args
                extra = str(name.value) if isinstance(name, ast.Constant) else extra
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "import_extra":
            module, of = (argument.value for argument in node.args if isinstance(argument, ast.Constant))
            found.append((str(module), node.lineno, str(of)))
        if isinstance(node, ast.Import):
            found.extend((alias.name, node.lineno, extra) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.append((node.module or "", node.lineno, extra))
        for child in ast.iter_child_nodes(node):
            walk(child, extra)

    walk(tree, "")
    return found


@pytest.mark.slow
def test_every_import_is_of_what_is_declared_where_it_stands() -> None:
    wrong = []
    for file in source_modules():
        for module, line, extra in imports(ast.parse(file.read_text(encoding="utf-8"))):
            top = module.partition(".")[0]
            package = BESIDES.get(module, BROUGHT.get(top, top))
            if package in sys.stdlib_module_names or package == "wormdrive":
                continue
            if package not in (EXTRAS[extra] if extra else BASE):
                wrong.append(f"{file.relative_to(ROOT)}:{line}: {module} is not in {extra or 'dependencies'}")
    assert wrong == []


def test_all_is_all_that_our_own_commands_need() -> None:
    (named,) = PROJECT["optional-dependencies"]["all"]
    wanted = {"carla", "export", "report", "server", "viewer"}
    assert set(re.findall(r"\w+", named.removeprefix("wormdrive"))) == wanted


def test_the_manual_names_every_extra() -> None:
    text = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    for extra in PROJECT["optional-dependencies"]:
        assert f"`{extra}`" in text


@pytest.mark.slow
def test_cells_environments_and_training_run_from_a_bare_install(tmp_path: Path) -> None:
    code = """
import gymnasium
import torch
import wormdrive
from wormdrive import RecordConfig, TrainConfig, nn

rnn = nn.CfC(3, 8, mixed_memory=True)
rnn(torch.rand(2, 5, 3))[0].sum().backward()
rnn.save("network.safetensors")
nn.load("network.safetensors")
wormdrive.LTC(wormdrive.Wiring.ncp()).stepper()
env = gymnasium.make("wormdrive/LaneKeeping-v1", season="winter", disturbances={"blur": {"sigma": 2.0}})
env.reset(seed=0)
env.step([0.1])
gymnasium.make_vec("wormdrive/LaneKeeping-v0", num_envs=2).reset(seed=0)
wormdrive.record(RecordConfig(episodes=2, length=32), "episodes")
wormdrive.train(TrainConfig(steps=1, batch=1), "episodes", "run")
policy = wormdrive.load_policy("run/policy")
suite = wormdrive.Suite(name="one", conditions={"summer": ["day"]}, episodes=1, route_length_m=20.0)
wormdrive.evaluate(wormdrive.load_candidate("run/policy"), suite)
print("done")
"""
    assert from_bare(code, tmp_path) == "done\n"


@pytest.mark.slow
def test_what_is_missing_is_named_in_a_line_with_its_command(tmp_path: Path) -> None:
    """By each way in: as a name of the package, and on the command line."""
    code = """
import contextlib, io
import gymnasium, torch
import wormdrive
from wormdrive import cli, nn
from wormdrive.cli.main import main

def told(act):
    try:
        act()
    except wormdrive.errors.MissingPackageError as error:
        return str(error)

def command(*words):
    sys.argv[1:] = words
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            main()
        except SystemExit as end:
            assert end.code == 2, end.code
    return said.getvalue().strip()

print(told(lambda: wormdrive.CarlaServer))
print(told(lambda: gymnasium.make("wormdrive/LaneKeeping-v0", simulator="carla")))
print(told(lambda: gymnasium.make("wormdrive/LaneKeeping-v0", render_mode="human")))
print(told(lambda: nn.CfC(3, 8).to_onnx("cell.onnx")))
print(told(lambda: nn.CfC(3, 8).to_c("cell")))
print(command("serve"))
print(command("drive", "ncp", "--view"))
print(command("explain", "ncp", "--out", "explained"))
print(command("export", "ncp", "--to", "onnx"))
print(command("results"))
print(command("evaluate", "ncp", "--report", "report"))
print(command("demo"))
"""
    lines = from_bare(code, tmp_path).splitlines()
    told = [
        re.fullmatch(r"(wormdrive: )?(\w+) is not installed: pip install 'wormdrive\[(\w+)\]'.*", line)
        for line in lines
    ]
    assert [match and match[3] for match in told] == [
        "server", "carla", "viewer", "export", "export",
        "server", "viewer", "report", "export", "report", "report", "report",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == [], "work was begun that could not be ended"
