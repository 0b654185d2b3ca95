"""The built wheel works without the source tree: modules, data and the command are in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", out, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = out.glob("wormdrive-*.whl")
    return built


@pytest.mark.parametrize(
    "name",
    [
        "wormdrive/py.typed",
        "wormdrive/envs/simulation/simulator.py",
        "wormdrive/envs/roads/maps/country_loop.xodr",
        "wormdrive/envs/seasons/presets.yaml",
        "wormdrive/scenarios/suites/four-seasons.yaml",
        "wormdrive/carla_server/actors/blueprints.yaml",
        "wormdrive/agents/weights/ncp/config.json",
        "wormdrive/agents/weights/ncp/model.safetensors",
    ],
)
def test_wheel_holds_modules_and_data(wheel: Path, name: str) -> None:
    assert name in zipfile.ZipFile(wheel).namelist()


def test_wheel_leaves_out_tests_and_bare_rooms(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wormdrive"}


def test_command_runs_from_the_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    code = "import wormdrive, pathlib; print(pathlib.Path(wormdrive.__file__).parent)"
    where = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment, cwd=tmp_path, capture_output=True, check=False
    )
    assert Path(where.stdout.decode().strip()) == tmp_path / "site" / "wormdrive"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "wormdrive", "maps", "check", "country_loop"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "country_loop" in done.stdout
