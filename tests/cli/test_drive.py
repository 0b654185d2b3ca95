"""``wormdrive drive`` and ``wormdrive replay``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.display import press
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import save_policy
from wormdrive.cli.drive import _one_camera
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import (
    ArgumentError,
    ConditionsError,
    DisplayError,
    EpisodeError,
    MapError,
    ModelError,
)
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.cockpit.live import Live
from wormdrive.scenarios.cockpit.replay import Replay
from wormdrive.scenarios.cockpit.scene_builder import build_scene
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED, load_suite

SHORT = ("--length", "30")


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def _closed_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close windows after a few pictures, by the key for it."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    for kind in (Live, Replay):

        def briefly(self: Any, frames: int | None = None, run: Any = kind.run) -> None:
            run(self, 50)
            press("q")
            run(self)

        monkeypatch.setattr(kind, "run", briefly)


@pytest.fixture
def _begun_late(monkeypatch: pytest.MonkeyPatch, _closed_soon: None) -> None:
    """Look at the road for a while, then drive with a foot on the throttle."""
    go_on = Live.run

    def later(self: Live, frames: int | None = None) -> None:
        for _ in range(5):
            self.frame()
        assert not len(self.session.history)
        assert (
            "off you go"
            in build_scene(self.session, self.scaling.camera, sight=False, lit=frozenset(), rate=0.0).notice
        )
        press("up")
        go_on(self, frames)

    monkeypatch.setattr(Live, "run", later)


def test_without_a_window_it_tells_how_it_went() -> None:
    said = run("drive", "expert", "--season", "autumn", "--seed", "3", *SHORT)
    how = "expert drove the whole route with all wheels in the lane"
    assert said.startswith(f"{how}: 30 m in 3 s on country_loop, autumn, day; from the lane's")


def test_two_drivers_on_one_road_as_json(tmp_path: Path) -> None:
    said = json.loads(run("drive", "ncp", "expert", "--weather", "fog", "--json", *SHORT))
    assert [drive["model"] for drive in said["drives"]] == ["ncp", "expert"]
    for drive in said["drives"]:
        assert drive["success"] is True
        assert (drive["route_seed"], drive["seed"]) == (FIRST_ROUTE_SEED, FIRST_SEED)  # what training never sees
        assert (drive["season"], drive["weather"]) == ("summer", "fog, day")
        assert 0.0 < drive["mean_abs_offset_m"] <= drive["max_abs_offset_m"] < 1.0
    assert said["recorded"] is None


def test_what_is_recorded_has_seeds_of_training(tmp_path: Path) -> None:
    folder = tmp_path / "drives"
    said = json.loads(run("drive", "expert", "--record", folder, "--json", "--seed", "4", *SHORT))
    assert (said["recorded"]["episodes"], said["recorded"]["interventions"]) == (1, 0)
    episode = Episode.load(folder / "episode-000000.episode")
    assert len(episode) == said["recorded"]["frames"]
    assert (episode.scenario.route_seed, episode.scenario.seed) == (4, 4)


def test_an_episode_of_a_suite_is_driven_as_evaluate_drives_it() -> None:
    options = ("--suite", "four-seasons", "--season", "winter", "--weather", "snowfall", "--episode", "2")
    (drive,) = json.loads(run("drive", "expert", "--json", *options))["drives"]
    scenario = load_suite("four-seasons").scenarios(("winter", "snowfall"))[2]
    assert (drive["map"], drive["route_seed"], drive["seed"]) == (scenario.map, scenario.route_seed, scenario.seed)
    assert drive["distance_m"] == pytest.approx(scenario.route_length_m, abs=1.0)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((), ArgumentError, "MODEL: missing"),
        (("ncp", "--human"), ArgumentError, "MODEL='ncp' with --human"),
        (("expert", "--season", "monsoon"), ConditionsError, "season='monsoon': allowed are summer"),
        (("expert", "--map", "nowhere.xodr"), MapError, "nowhere.xodr"),
        (("nobody",), ModelError, "nobody: no such folder"),
        (("expert", "--length", "1"), ArgumentError, "--length=1.0: allowed is 20"),
        (("expert", "--seed", "-1"), ArgumentError, "seed=-1: allowed are 0 to 9999"),
        (("expert", "--suite", "four-seasons", "--episode", "99"), ArgumentError, "episode=99: suite four-seasons"),
        (("expert", "--simulator", "boat"), ArgumentError, "simulator='boat'"),
        (("ncp", "--device", "tpu"), ArgumentError, "device='tpu': allowed are cpu, cuda"),
    ],
)
def test_what_is_not_allowed_is_named(arguments: tuple[str, ...], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        run("drive", *arguments)


def test_drivers_of_one_drive_see_through_one_camera(tmp_path: Path) -> None:
    policy = build_policy({"kind": "feedforward"})
    policy.trained_camera = CameraConfig(fov_deg=60.0)
    save_policy(policy, tmp_path / "mine")
    mine, expert = load_candidate(tmp_path / "mine"), load_candidate("expert")
    assert _one_camera([expert, mine]) == CameraConfig(fov_deg=60.0)
    assert _one_camera([expert]) == _one_camera([]) == CameraConfig()
    with pytest.raises(ArgumentError, match=r"MODEL='ncp': sees through .*fov_deg=100.*fov_deg=60.*one by one"):
        run("drive", str(tmp_path / "mine"), "ncp")


def test_without_a_display_there_is_no_view(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(DisplayError, match=r"DISPLAY is not set.*without --view"):
        run("drive", "expert", "--view")


@pytest.mark.slow
@pytest.mark.usefixtures("_begun_late")
def test_a_person_drives_and_looks_at_it_again(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    said = run("drive", "--human", "--record", folder, "--length", "200")
    assert said.startswith("You stopped: ")
    assert f"Recorded 1 episode, 50 frames: {folder}" in said
    run("replay", folder, "--season", "winter", "--model", "ncp", "--beside", folder / "episode-000000.episode")


@pytest.mark.usefixtures("_closed_soon")
def test_a_policy_is_watched() -> None:
    said = json.loads(run("drive", "ncp", "--view", "--json", "--length", "200"))
    (drive,) = said["drives"]
    assert (drive["model"], drive["end_reason"], drive["success"]) == ("ncp", "", False)
    assert drive["seconds"] == pytest.approx(50 / 30)


def test_a_replay_of_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with pytest.raises(EpisodeError, match="no such folder"):
        run("replay", tmp_path / "nothing")
    (tmp_path / "broken.episode").write_bytes(b"broken")
    with pytest.raises(EpisodeError, match=r"broken\.episode"):
        run("replay", tmp_path / "broken.episode")
