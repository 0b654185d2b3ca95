from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agents.mounted.onnx_files import mean_of_picture
from wormdrive.cli.model_option import load_candidates, load_named_policy
from wormdrive.envs.common.errors import ArgumentError

ROOT = Path(__file__).parents[2]
MINE = """
import numpy as np
import wormdrive


class Mine:
    camera = None

    def __init__(self, simulator):
        self.expert = wormdrive.Expert(simulator, simulator.parameters)

    def reset(self, mask):
        self.expert.reset(mask)

    def act(self, observation):
        return self.expert.act(observation)


def factory(simulator):
    return Mine(simulator)


def broken(simulator):
    raise ValueError("no weights here")
"""


def command(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        [sys.executable, "-m", "wormdrive", *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.slow
def test_evaluate_and_drive_take_a_module_of_the_current_folder_and_an_onnx_file(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    mean_of_picture(tmp_path / "mean.onnx", gain=0.001)
    (tmp_path / "mount.yaml").write_text("delay_s: 0.05\n")
    (tmp_path / "small.yaml").write_text("{conditions: {summer: [day]}, episodes: 2, route_length_m: 40}")
    options = ("--suite", "small.yaml", "--mount", "mount.yaml", "--threads", 1, "--json")
    done = command(tmp_path, "evaluate", "mine:factory", "mean.onnx", *options)
    assert done.returncode == 0, done.stderr
    mine, mean = json.loads(done.stdout)
    assert (mine["model"], mine["rows"][0]["success_rate"]) == ("mine:factory", 1.0)
    assert (mean["model"], mean["parameters"]["network"]) == ("mean.onnx", 1)
    driven = command(tmp_path, "drive", "mine:factory", "--length", 40, "--json")
    assert driven.returncode == 0, driven.stderr
    assert json.loads(driven.stdout)["drives"][0]["success"]
    broken = command(tmp_path, "drive", "mine:broken")
    assert broken.returncode == 2
    assert broken.stderr.splitlines()[-1].startswith(
        "wormdrive: mine:broken: calling it raised ValueError (mine.py, line 24): no weights here"
    )


def test_a_mount_that_nobody_uses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mount.yaml").write_text("delay_s: 0.05\n")
    with pytest.raises(ArgumentError, match=r"--mount .*mount.yaml: expert: allowed with an .onnx file, or a module"):
        load_candidates(["expert"], mount=tmp_path / "mount.yaml")


def test_what_looks_inside_wants_a_policy() -> None:
    assert load_named_policy("tests.scenarios.own_drivers:policy", "export").config.kind == "feedforward"
    with pytest.raises(
        ArgumentError, match=r"own_drivers:straight': has no wormdrive.Policy behind it: allowed for export"
    ):
        load_named_policy("tests.scenarios.own_drivers:straight", "export")
