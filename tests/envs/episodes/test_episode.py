from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from wormdrive.envs.common.checksummed import write_checksummed
from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.episodes import frame_codec
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.scenario import Scenario

STEPS = 12
SCENARIO = Scenario(route_seed=5, route_length_m=60.0, seed=8, traffic=2)


def recorded(scenario: Scenario = SCENARIO) -> tuple[Episode, np.ndarray, np.ndarray]:
    """Drive the real simulator with a camera; give the episode, and what was seen."""
    simulator = EmbeddedSimulator(1, segmentation=True)
    observation = simulator.reset([scenario])
    states, frames, classes, commands = [], [], [], []
    for step in range(STEPS):
        command = np.array([[0.05 * np.sin(step), np.nan]])
        states.append(observation.state)
        frames.append(observation.camera[0])
        classes.append(observation.segmentation[0])
        commands.append(command[0])
        observation = simulator.step(command)
    simulator.close()
    names = [field.name for field in dataclasses.fields(VehicleState)]
    state = VehicleState(**{name: np.concatenate([getattr(s, name) for s in states]) for name in names})
    episode = Episode(
        scenario=scenario,
        camera=CameraConfig(),
        dt_s=simulator.dt_s,
        state=state,
        command=np.stack(commands),
        target_curvature=np.linspace(-0.1, 0.1, STEPS),
        intervention=np.arange(STEPS) % 3 == 0,
    )
    return episode, np.stack(frames), np.stack(classes)


@pytest.fixture(scope="module")
def drive() -> tuple[Episode, np.ndarray, np.ndarray]:
    return recorded()


def same(a: Episode, b: Episode) -> None:
    assert (a.scenario, a.camera, a.dt_s, a.simulator, a.first_step) == (
        b.scenario,
        b.camera,
        b.dt_s,
        b.simulator,
        b.first_step,
    )
    for field in dataclasses.fields(VehicleState):
        np.testing.assert_array_equal(getattr(a.state, field.name), getattr(b.state, field.name))
    np.testing.assert_array_equal(a.command, b.command)
    np.testing.assert_array_equal(a.target_curvature, b.target_curvature)
    np.testing.assert_array_equal(a.intervention, b.intervention)


def test_comes_back_as_it_was_and_draws_the_frames_that_were_seen(
    drive: tuple[Episode, np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    episode, seen, classes = drive
    path = tmp_path / "a.episode"
    episode.save(path)
    assert path.stat().st_size < STEPS * 200 + 6000, "pixels have no place in it"
    back = Episode.load(path)
    same(episode, back)
    frames = render_episode(back, segmentation=True)
    np.testing.assert_array_equal(frames.camera, seen)
    np.testing.assert_array_equal(frames.segmentation, classes)


def test_another_season_shows_the_same_drive_otherwise(drive: tuple[Episode, np.ndarray, np.ndarray]) -> None:
    episode, seen, classes = drive
    winter = render_episode(episode, Conditions.preset("winter", "day"), segmentation=True)
    assert winter.camera.astype(float).mean() - seen.astype(float).mean() > 20, "snow is brighter than summer"
    road = classes == 1
    assert (winter.segmentation == 1)[road].mean() > 0.5, "the road lies where it lay"


def test_a_part_draws_its_own_frames(drive: tuple[Episode, np.ndarray, np.ndarray], tmp_path: Path) -> None:
    episode, seen, _ = drive
    part = episode.part(4, 9).part(1, 4)
    assert (len(part), part.first_step) == (3, 5)
    part.save(tmp_path / "part.episode")
    np.testing.assert_array_equal(render_episode(Episode.load(tmp_path / "part.episode")).camera, seen[5:8])


def test_stored_frames_are_lossless(drive: tuple[Episode, np.ndarray, np.ndarray], tmp_path: Path) -> None:
    episode, seen, _ = drive
    stored = dataclasses.replace(episode, simulator="carla", frames=seen)
    path = tmp_path / "carla.episode"
    stored.save(path)
    assert path.stat().st_size < 0.9 * seen.nbytes
    back = Episode.load(path)
    np.testing.assert_array_equal(render_episode(back).camera, seen)
    with pytest.raises(EpisodeError, match="its own camera frames only"):
        render_episode(back, Conditions.preset("winter", "day"))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.99, 0.9999])
def test_truncated_files_are_named(drive: tuple[Episode, np.ndarray, np.ndarray], tmp_path: Path, share: float) -> None:
    path = tmp_path / "cut.episode"
    drive[0].save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(EpisodeError, match=r"cut\.episode"):
        Episode.load(path)


def test_every_flipped_byte_is_noticed(drive: tuple[Episode, np.ndarray, np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "flip.episode"
    drive[0].save(path)
    whole = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for position in [*range(16), *rng.integers(16, len(whole), 60).tolist()]:
        broken = whole.copy()
        broken[position] ^= 1 << int(rng.integers(8))
        path.write_bytes(broken)
        with pytest.raises(EpisodeError, match=r"flip\.episode"):
            Episode.load(path)


@pytest.mark.parametrize(
    "content", [b"", b"not an episode at all", b"\x89PNG\r\n\x1a\n" + bytes(400), b"{}", b"\xff" * 64, bytes(4096)]
)
def test_foreign_files_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.episode"
    path.write_bytes(content)
    with pytest.raises(EpisodeError, match=r"foreign\.episode"):
        Episode.load(path)


def test_other_safetensors_files_are_foreign(tmp_path: Path) -> None:
    path = tmp_path / "weights.episode"
    path.write_bytes(save({"w": np.zeros(3)}))
    with pytest.raises(EpisodeError, match="not a wormdrive-episode file"):
        Episode.load(path)
    write_checksummed(path, "wormdrive-episode", 2, {}, {"w": np.zeros(3)})
    with pytest.raises(EpisodeError, match="version '2'; this Wormdrive reads version 1"):
        Episode.load(path)


def _rewritten(
    episode: Episode, path: Path, about: dict[str, object] | None = None, arrays: dict[str, np.ndarray] | None = None
) -> None:
    """Write an episode whose seal is right and whose contents are not."""
    episode.save(path)
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    described = json.loads(json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["wormdrive"])["about"])
    write_checksummed(path, "wormdrive-episode", 1, described | (about or {}), load(data) | (arrays or {}))


@pytest.mark.parametrize(
    ("about", "word"),
    [
        ({"dt_s": -1.0}, "dt_s"),
        ({"simulator": "gta"}, "simulator"),
        ({"first_step": -4}, "first_step"),
        ({"scenario": {"map": 3}}, "scenario"),
        ({"scenario": {"conditions": {"season": {"name": "monsoon"}}}}, "monsoon"),
        ({"camera": {"width": 10**9}}, "camera"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_wrong_descriptions_are_named(
    drive: tuple[Episode, np.ndarray, np.ndarray], tmp_path: Path, about: dict[str, object], word: str
) -> None:
    path = tmp_path / "wrong.episode"
    _rewritten(drive[0], path, about=about)
    with pytest.raises(EpisodeError, match=rf"wrong\.episode.*{word}"):
        Episode.load(path)


@pytest.mark.parametrize(
    ("arrays", "word"),
    [
        ({"state.x_m": np.full(STEPS, np.nan)}, "not finite"),
        ({"state.x_m": np.zeros(STEPS - 1)}, "state.x_m"),
        ({"command": np.zeros((STEPS, 3))}, "command"),
        ({"target_curvature": np.zeros(STEPS, np.float32)}, "float32"),
        ({"more": np.zeros(2)}, "more"),
        ({"frames.data": np.zeros(4, np.uint8)}, "frames"),
        ({"frames.data": np.zeros(40, np.uint8), "frames.end": np.arange(1, STEPS + 1)}, "frames"),
        ({"command": np.zeros((0, 2))}, "0 steps"),
    ],
)
def test_wrong_arrays_are_named(
    drive: tuple[Episode, np.ndarray, np.ndarray], tmp_path: Path, arrays: dict[str, np.ndarray], word: str
) -> None:
    path = tmp_path / "wrong.episode"
    _rewritten(drive[0], path, arrays=arrays)
    with pytest.raises(EpisodeError, match=rf"wrong\.episode.*{word}"):
        Episode.load(path)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match=r"none\.episode: cannot be read: No such file"):
        Episode.load(tmp_path / "none.episode")
    with pytest.raises(EpisodeError, match="no such folder"):
        episode_files(tmp_path / "nowhere")
    with pytest.raises(EpisodeError, match=r"no \*\.episode file"):
        episode_files(tmp_path)


def test_a_failed_write_leaves_the_old_file(
    drive: tuple[Episode, np.ndarray, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.episode"
    drive[0].save(path)
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        drive[0].part(0, 3).save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["kept.episode"]


def test_codec_unpacks_no_more_than_was_asked_for() -> None:
    bomb, end = frame_codec.encode(np.zeros((1, 4000, 4000, 3), np.uint8))
    with pytest.raises(ValueError, match="does not hold"):
        frame_codec.decode(bomb, end, (1, 10, 10, 3))
    with pytest.raises(ValueError, match="the most that is allowed"):
        frame_codec.decode(bomb, np.ones(100_000, np.int64).cumsum(), (100_000, 4000, 4000, 3))
