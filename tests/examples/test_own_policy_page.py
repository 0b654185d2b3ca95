"""The page about policies of one's own: its files do what it says, and its commands exist."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from wormdrive.agents.mounted.mount import load_mount
from wormdrive.agents.own_expert import make_expert
from wormdrive.agents.policies import own_kinds
from wormdrive.agents.policies.own_kinds import import_kind
from wormdrive.agents.policies.registry import build_policy
from wormdrive.cli.main import app
from wormdrive.envs.common.import_path import import_attribute
from wormdrive.envs.lane_keeping.conditions_source import parse_conditions
from wormdrive.envs.seasons.sampler import ConditionsSampler
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulator_factory import open_simulator
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.evaluate import drive_candidate, embedded
from wormdrive.scenarios.suite import load_suite
from wormdrive.training.export.exporting import export_onnx

PAGE = (Path(__file__).parents[2] / "docs" / "own-policy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SHELL = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current folder with every file of the page that is named in its first line."""
    known = set(sys.modules)
    for _, block in BLOCKS:
        if named := re.match(r"# (\S+\.(?:py|yaml))\n", block):
            (tmp_path / named[1]).write_text(block)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(own_kinds, "_own", {})
    yield tmp_path
    for name in set(sys.modules) - known:
        if (tmp_path / f"{name}.py").exists():
            del sys.modules[name]


@pytest.mark.slow
def test_the_driver_keeps_the_lane_and_the_network_drives(folder: Path) -> None:
    scenarios = [Scenario(route_seed=k, seed=k, route_length_m=60.0) for k in range(2)]
    follow = load_candidate("follow:factory")
    assert follow.camera is None
    assert all(drive.success for drive in drive_candidate(follow, scenarios, embedded()))
    network = load_candidate("mynet:factory")
    assert network.mount is not None
    assert network.mount.picture_shape == (1, 1, 24, 100)
    (drive,) = drive_candidate(network, scenarios[:1], embedded())
    assert drive.distance_m > 1.0


def test_the_mounts_are_mounts(folder: Path) -> None:
    assert load_mount("mount.yaml").picture_shape == (1, 3, 68, 264)
    export_onnx(build_policy({"kind": "ncp"}), "ncp.onnx")
    assert load_candidate("ncp.onnx", mount="exported.yaml").numbers


def test_the_kind_the_expert_the_conditions_and_the_suite_are_what_they_are_said_to_be(folder: Path) -> None:
    kind = import_kind("mypolicy:MinimalPolicy", "--model")
    assert build_policy({"kind": kind, "hidden": 3}).config.kind == "minimal"
    assert isinstance(parse_conditions(import_attribute("teacher:fog", "--conditions")), ConditionsSampler)
    assert load_suite("mine.yaml").episodes == 4
    simulator = open_simulator(camera=None)
    observation = simulator.reset([Scenario(route_length_m=40.0)])
    assert make_expert("teacher:factory", simulator).curvature(observation).shape == (1,)
    simulator.close()


@pytest.mark.parametrize("line", SHELL)
def test_its_commands_exist_with_their_options(line: str) -> None:
    words = [word for word in shlex.split(line) if not word.startswith("WORMDRIVE_IMPORT=")]
    assert words[0] == "wormdrive"
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    commands[words[1]].make_context(words[1], words[2:])
