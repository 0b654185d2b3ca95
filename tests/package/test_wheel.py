"""Wheel and sdist work without the source tree, a clone without being installed, an editable install with editors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("agents", "carla_server", "envs", "perception", "scenarios", "training")


def build(source: Path, out: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", out, source]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = out.glob("wormdrive-*.whl")
    return built


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, links as links: setuptools would find what it left behind in ``build`` of the tree itself."""
    copy = tmp_path_factory.mktemp("source") / "wormdrive"
    shutil.copytree(
        ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".*", "build", "runs", "*.egg-info", "tests")
    )
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sdist")
    code = f"from setuptools import build_meta; build_meta.build_sdist({str(out)!r})"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=source)
    (built,) = out.glob("wormdrive-*.tar.gz")
    return built


def run(code: str, path: Path, folder: Path) -> str:
    """Run code with ``path`` before everything that is installed."""
    environment = os.environ | {"PYTHONPATH": str(path)}
    command = [sys.executable, "-P", "-c", code] if sys.version_info >= (3, 11) else [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "wormdrive/py.typed",
        "wormdrive/envs/simulation/simulator.py",
        "wormdrive/envs/roads/maps/country_loop.xodr",
        "wormdrive/envs/seasons/presets.yaml",
        "wormdrive/carla_server/actors/blueprints.yaml",
        "wormdrive/scenarios/suites/four-seasons.yaml",
        "wormdrive/scenarios/report/page.css",
        "wormdrive/training/recipes.yaml",
        "wormdrive/training/export/policy.c.jinja",
        "wormdrive/nn/export/cell.c.jinja",
        "wormdrive/agents/weights/ncp/config.json",
        "wormdrive/agents/weights/ncp/model.safetensors",
    ],
)
def test_wheel_holds_modules_and_data(wheel: Path, name: str) -> None:
    assert name in zipfile.ZipFile(wheel).namelist()


def test_wheel_holds_every_file_of_every_room_and_nothing_else(wheel: Path) -> None:
    there = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("wormdrive/")}
    package = ROOT / "src" / "wormdrive"
    kept = [file for room in ROOMS for file in (ROOT / room).rglob("*") if file.is_file()]
    inner = ("adapting", "audit", "audited_trainings", "bench", "benchmark", "cli", "convoy", "find_target", "nn")
    kept += [file for part in inner for file in (package / part).rglob("*") if file.is_file()]
    wanted = {
        f"wormdrive/{file.relative_to(package if package in file.parents else ROOT).as_posix()}"
        for file in [*kept, *package.glob("*.py"), package / "py.typed"]
        if "__pycache__" not in file.parts
    }
    assert there == wanted
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wormdrive"}


def test_command_runs_from_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    where = run("import wormdrive, pathlib; print(pathlib.Path(wormdrive.__file__).parent)", site, tmp_path)
    assert Path(where.strip()) == site / "wormdrive"
    told = run(
        "import sys; from wormdrive.cli.main import main; sys.argv[1:] = ['maps', 'check', 'town']; main()",
        site,
        tmp_path,
    )
    assert "town" in told


def test_the_same_wheel_is_built_from_the_sdist(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        assert not [member.name for member in archive.getmembers() if member.issym() or member.islnk()]
        archive.extractall(tmp_path, filter="data") if sys.version_info >= (3, 11, 4) else archive.extractall(tmp_path)
    again = build(next(tmp_path.glob("wormdrive-*/")), tmp_path / "wheel")
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_a_clone_runs_without_being_installed(tmp_path: Path) -> None:
    code = "import wormdrive; print(wormdrive.__file__, wormdrive.read_map('country_loop').length_m > 3000.0)"
    where, long = run(code, ROOT / "src", tmp_path).split()
    assert Path(where) == ROOT / "src" / "wormdrive" / "__init__.py"
    assert long == "True"


def test_an_editable_install_is_a_plain_path(tmp_path: Path) -> None:
    """Editors follow a path in a ``.pth`` file; an import hook they cannot read."""
    installed = [found for found in metadata.distributions(name="wormdrive") if found.read_text("direct_url.json")]
    direct = json.loads(installed[0].read_text("direct_url.json") or "{}") if installed else {}
    if not direct.get("dir_info", {}).get("editable"):
        pytest.skip("wormdrive is not installed in editable mode here")
    files = [file for file in installed[0].files or () if file.suffix == ".pth"]
    assert len(files) == 1, "an import hook"
    assert Path(str(files[0].locate())).read_text().strip() == str(ROOT / "src")
