"""The public face: what ``import wormdrive`` offers, lazily at run time and fully typed for editors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wormdrive

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.py")]


def test_everything_that_is_offered_is_there() -> None:
    assert len(set(wormdrive.__all__)) == len(wormdrive.__all__)
    for name in wormdrive.__all__:
        assert getattr(wormdrive, name) is not None, name
        assert f"``{name}``" in (wormdrive.__doc__ or ""), f"{name} is not described"
    assert {name for name in dir(wormdrive) if not name.startswith("__")} == set(wormdrive.__all__)


def test_what_is_not_offered_is_refused_by_name() -> None:
    with pytest.raises(AttributeError, match="'wormdrive' has no attribute 'LCT'"):
        _ = wormdrive.LCT  # type: ignore[attr-defined]
    code = "import wormdrive; wormdrive.load_polcy"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr
    assert "Did you mean: 'load_policy'?" in told


@pytest.mark.parametrize(
    "use", ["", "; wormdrive.Conditions; wormdrive.read_map('country_loop'); wormdrive.errors.MapError"]
)
def test_importing_and_roads_stay_free_of_torch_and_the_renderer(use: str) -> None:
    heavy = ("torch", "cv2", "carla", "pygame")
    code = f"import sys, wormdrive{use}; print(*(name for name in {heavy} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_errors_are_a_module_of_their_own() -> None:
    from wormdrive.errors import MapError, WormdriveError

    assert wormdrive.errors.MapError is MapError
    assert issubclass(MapError, WormdriveError)
    from wormdrive.envs.common import errors

    ours = {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, WormdriveError)
    }
    assert set(wormdrive.errors.__all__) == ours


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_that_users_are_shown_lies_deeper_than_two_dots(document: Path) -> None:
    shown = re.findall(r"(?:from|import) (wormdrive[\w.]*)|`(wormdrive\.[\w.]+)`", document.read_text("utf-8"))
    deep = {name for pair in shown for name in pair if name.strip(".").count(".") > 2}
    assert not deep


@pytest.mark.slow
def test_editors_resolve_and_type_everything_from_a_foreign_folder(tmp_path: Path) -> None:
    """Pyright is what Pylance runs; it reads sources and never imports."""
    lines = ["import wormdrive", *(f"reveal_type(wormdrive.{name})" for name in wormdrive.__all__)]
    lines += ["from wormdrive.envs.roads.route import Route", "reveal_type(Route)"]
    lines += ["reveal_type(wormdrive.LTC(wormdrive.Wiring.ncp()).initial_state(1))"]
    lines += ["reveal_type(wormdrive.read_map('town').length_m)", "reveal_type(wormdrive.load_policy('ncp'))"]
    (tmp_path / "use.py").write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "use.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["summary"]["errorCount"] == 0, done.stdout
    told = [entry["message"] for entry in found["generalDiagnostics"] if entry["severity"] == "information"]
    assert len(told) == len(wormdrive.__all__) + 4
    assert not [line for line in told if "Unknown" in line]


def test_a_clone_without_symbolic_links_says_what_to_do(tmp_path: Path) -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git clone")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "-c", "core.symlinks=false", str(ROOT), str(clone)], check=True)
    assert (clone / "src" / "wormdrive" / "envs").is_file(), "what git leaves of a link"
    environment = os.environ | {"PYTHONPATH": str(clone / "src")}
    done = subprocess.run(
        [sys.executable, "-c", "import wormdrive"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert "git config core.symlinks true" in last
    for line in ("git config core.symlinks true", "git checkout -- src"):
        assert line in last
        subprocess.run(line.split(), cwd=clone, check=True)
    subprocess.run([sys.executable, "-c", "import wormdrive"], cwd=tmp_path, env=environment, check=True)
