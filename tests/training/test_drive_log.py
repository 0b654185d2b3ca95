"""A person's drive becomes episodes: drawn again bit for bit, and with the person's steering to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from wormdrive.agents.policies.serialization import load_policy
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle import VehicleParameters, curvature_for_steer
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.perception.preprocess import PreprocessConfig
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.cockpit.session import Session
from wormdrive.training.config import TrainConfig
from wormdrive.training.drive_log import SHORTEST, DriveLog
from wormdrive.training.frames import draw_frames
from wormdrive.training.imitation import POLICY, train

SCENARIO = Scenario(seed=5, route_seed=7)
NONE = DriverCommand()
LEFT, RIGHT = DriverCommand(-0.4, 0.0, on=True), DriverCommand(0.4, 0.0, on=True)


@pytest.fixture
def simulator() -> Iterator[EmbeddedSimulator]:
    made = EmbeddedSimulator(1)
    yield made
    made.close()


def drive(session: Session, driver_commands: Sequence[DriverCommand]) -> np.ndarray:
    """Drive; give the frames that were seen (T, H, W, 3)."""
    seen = []
    for one in driver_commands:
        assert session.observation.camera is not None
        seen.append(session.observation.camera[0])
        assert session.advance(one)
    return np.stack(seen)


def own_curvature(episode: Episode) -> np.ndarray:
    return curvature_for_steer(episode.command[:, 0], episode.state.speed_mps, VehicleParameters())


def test_a_persons_drive_is_an_episode_like_any_other(simulator: EmbeddedSimulator, tmp_path: Path) -> None:
    log = DriveLog(simulator, tmp_path, human=True)
    session = Session(simulator, SCENARIO, log=log)
    seen = drive(session, [RIGHT] * 5 + [LEFT] * 8 + [RIGHT] * 8 + [NONE] * 39)
    session.close()
    (path,) = episode_files(tmp_path)
    assert log.written == [path]
    episode = Episode.load(path)
    assert (len(episode), episode.first_step, episode.simulator, episode.frames) == (60, 0, "embedded", None)
    assert episode.scenario == SCENARIO
    np.testing.assert_array_equal(render_episode(episode).camera, seen)
    np.testing.assert_array_equal(episode.command[:, 0], session.history["steer"])
    np.testing.assert_allclose(episode.target_curvature, own_curvature(episode), atol=1e-12)
    assert np.abs(episode.target_curvature).max() > 0.005
    assert not episode.intervention.any()


def test_where_a_person_took_over_theirs_is_the_label(simulator: EmbeddedSimulator, tmp_path: Path) -> None:
    log = DriveLog(simulator, tmp_path, human=False)
    session = Session(simulator, SCENARIO, [load_candidate("ncp")], log=log)
    seen = drive(session, [NONE] * 30 + [LEFT] * 6 + [NONE] * 4 + [RIGHT] * 10 + [NONE] * 40)
    session.close()
    episode = Episode.load(log.written[0])
    np.testing.assert_array_equal(render_episode(episode).camera, seen)
    # from the first touch to the last, the moment between two of them included, the moment after not
    np.testing.assert_array_equal(np.flatnonzero(episode.intervention), np.arange(30, 50))
    assert log.interventions == 20
    by_hand = episode.intervention
    full = np.flatnonzero(by_hand & (session.history["person"] == 1.0))
    np.testing.assert_allclose(episode.target_curvature[full], own_curvature(episode)[full], atol=1e-12)
    assert episode.target_curvature[32:36].min() > 0.005  # left
    # elsewhere it is the expert's, who brings the car back from where the person left it
    back = episode.target_curvature[55:]
    assert np.sign(back[0] - episode.state.curvature[55]) == -np.sign(episode.state.lateral_offset_m[55])
    assert np.abs(back - own_curvature(episode)[55:]).max() > 1e-4  # not the policy's own


def test_each_season_of_a_drive_is_an_episode_of_its_own(simulator: EmbeddedSimulator, tmp_path: Path) -> None:
    log = DriveLog(simulator, tmp_path, human=False)
    session = Session(simulator, SCENARIO.model_copy(update={"traffic": 3}), [load_candidate("expert")], log=log)
    summer = drive(session, [NONE] * SHORTEST)
    session.season("winter")
    drive(session, [NONE] * 31)
    winter = drive(session, [NONE] * 50)
    session.close()
    first, second = (Episode.load(path) for path in log.written)
    assert first.scenario.conditions == SCENARIO.conditions
    assert second.scenario.conditions == Conditions.preset("winter")
    np.testing.assert_array_equal(render_episode(first).camera[:SHORTEST], summer)
    np.testing.assert_array_equal(render_episode(second).camera[-50:], winter)
    assert second.first_step + len(second) == SHORTEST + 81
    assert log.frames + log.left_out == SHORTEST + 81  # the transition belongs to no season
    assert 25 <= log.left_out <= 31


def test_every_start_is_a_drive_and_numbers_go_on(simulator: EmbeddedSimulator, tmp_path: Path) -> None:
    for _ in range(2):
        log = DriveLog(simulator, tmp_path, human=False)
        session = Session(simulator, SCENARIO, [load_candidate("expert")], log=log)
        for _ in range(2):
            drive(session, [NONE] * 50)
            session.restart()
        session.close()
    assert [path.name for path in episode_files(tmp_path)] == [f"episode-{k:06d}.episode" for k in range(4)]


def test_short_drives_are_counted_and_not_written(simulator: EmbeddedSimulator, tmp_path: Path) -> None:
    log = DriveLog(simulator, tmp_path / "new", human=True)
    session = Session(simulator, SCENARIO, log=log)
    drive(session, [NONE] * (SHORTEST - 1))
    session.close()
    assert (log.written, log.left_out) == ([], SHORTEST - 1)
    assert not (tmp_path / "new").exists()


def test_training_uses_the_persons_steering(simulator: EmbeddedSimulator, tmp_path: Path) -> None:
    log = DriveLog(simulator, tmp_path / "drives", human=False)
    session = Session(simulator, SCENARIO, [load_candidate("ncp")], log=log)
    drive(session, [NONE] * 20 + [LEFT] * 15 + [NONE] * 40)
    session.close()
    episode = Episode.load(log.written[0])
    (frames,) = draw_frames([episode], PreprocessConfig())
    np.testing.assert_allclose(frames.target.numpy(), episode.target_curvature, atol=1e-7)
    tiny = TrainConfig(batch=2, window=4, steps=3, rounds=0, curvature_scale=20.0)
    train(tiny, tmp_path / "drives", tmp_path / "run", threads=1)
    assert load_policy(tmp_path / "run" / POLICY).config.kind == "ncp"
