"""Record: the expert drives, disturbed, and every drive becomes an episode file.

No picture is drawn where the embedded simulator is driven in, but for an expert that asks for some; those of a CARLA
server are kept.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from wormdrive.agents.own_expert import ExpertChoice
from wormdrive.envs.common.errors import ArgumentError, UserCodeError
from wormdrive.envs.common.import_path import running_own_code
from wormdrive.envs.episodes.episode import SUFFIX, Episode
from wormdrive.envs.lane_keeping.conditions_source import ConditionsSource, draw_from, parse_conditions
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig, parse_camera
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.envs.simulator_factory import SimulatorChoice
from wormdrive.scenarios.folder_lock import locked_folder
from wormdrive.training.collect import collect, training_scenario
from wormdrive.training.config import RecordConfig
from wormdrive.training.domain_randomization import draw_conditions, steering_disturbance
from wormdrive.training.progress import Progress, Silent

__all__ = ["Recording", "count_episodes", "episode_path", "next_index", "record"]

_WORLDS: Final = 64
_NAME: Final = re.compile(r"episode-(\d{6})" + re.escape(SUFFIX))


@dataclass(frozen=True)
class Recording:
    """What was recorded: episodes, how many of them ended early, frames, distance [m], and the time it took [s]."""

    episodes: int
    ended_early: int
    frames: int
    distance_m: float
    seconds: float


def episode_path(folder: Path, index: int) -> Path:
    """Name of episode number ``index`` in a folder."""
    return folder / f"episode-{index:06d}{SUFFIX}"


def count_episodes(folder: Path) -> int:
    """How many episodes a folder holds, which need not exist yet."""
    return len(_held(folder))


def next_index(folder: Path) -> int:
    """First number of an episode that is free in a folder, which need not exist yet."""
    return max(_held(folder), default=-1) + 1


def record(
    config: RecordConfig,
    out: str | Path,
    *,
    append: bool = False,
    overwrite: bool = False,
    camera: CameraConfig | None = None,
    threads: int = 1,
    simulator: SimulatorChoice = SimulatorChoice(),  # noqa: B008  (frozen)
    progress: Progress | None = None,
    expert: ExpertChoice = None,
    conditions: Any = None,
) -> Recording:
    """Record episodes into the folder ``out``.

    Episode k is a function of (configuration, k), whatever else is recorded with it. With ``append`` numbers go on
    where the folder ends; stopped in the middle, a folder holds whole files only. Drives on CARLA servers are as
    repeatable as those are. A policy that is trained on them remembers their ``camera``. ``expert`` drives, one of your
    own, or the one that comes with the package (see ``make_expert``). ``conditions``, or what draws them, stand for the
    configuration's season and weathers (see ``parse_conditions``).

    Raises
    ------
    ArgumentError
        ``camera`` is out of bounds, there is no such expert or sampler, ``out`` is not empty and neither ``append`` nor
        ``overwrite`` is set, or somebody else is writing into it.
    SimulatorError
        A simulator's server fails.
    UserCodeError
        The expert or a function that draws conditions does.
    """
    out, progress, camera = Path(out), progress or Silent(), parse_camera(camera)
    how = _How(camera, threads, simulator, expert, parse_conditions(conditions))
    with locked_folder(out):
        first = _prepare(out, append, overwrite)
        return _record(config, out, first, how, progress)


class _How(NamedTuple):
    """How to drive what a configuration asks for."""

    camera: CameraConfig
    threads: int
    simulator: SimulatorChoice
    expert: ExpertChoice
    conditions: ConditionsSource | None


def _record(
    config: RecordConfig,
    out: Path,
    first: int,
    how: _How,
    progress: Progress,
) -> Recording:
    began = time.monotonic()
    progress.begin("record", config.episodes * config.length, "frames")
    frames, distance, short = 0, 0.0, 0
    worlds = how.simulator.max_worlds(_WORLDS)
    for begin in range(first, first + config.episodes, worlds):
        indices = range(begin, min(begin + worlds, first + config.episodes))
        before = (begin - first) * config.length
        driven = _drive(config, indices, how, progress, before)
        for index, episode in zip(indices, driven, strict=True):
            episode.save(episode_path(out, index))
            frames += len(episode)
            distance += float(episode.state.station_m[-1] - episode.state.station_m[0])
            short += len(episode) < config.length
    return Recording(config.episodes, short, frames, distance, time.monotonic() - began)


def _drive(
    config: RecordConfig,
    indices: range,
    how: _How,
    progress: Progress,
    before: int,
) -> list[Episode]:
    drawn = [_episode(config, index, how.conditions) for index in indices]
    choice = how.simulator
    simulator = choice.open(len(indices), None if choice.kind == "embedded" else how.camera, threads=how.threads)
    nobody = np.zeros(len(indices), np.bool_)
    try:
        return collect(
            simulator,
            [scenario for scenario, _ in drawn],
            lambda _observation, target: (target, nobody),
            np.stack([added for _, added in drawn]),
            how.camera,
            lambda step: progress.advance(before + step * len(indices)),
            choice.kind,
            how.expert,
            how.threads,
        )
    finally:
        simulator.close()


def _episode(
    config: RecordConfig, index: int, source: ConditionsSource | None
) -> tuple[Scenario, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Scenario and disturbance of one episode."""
    rng = np.random.default_rng([config.seed, index])
    map_ = config.maps[index % len(config.maps)]
    conditions = draw_conditions(config.season, config.weathers, rng) if source is None else _drawn(source, rng)
    scenario = training_scenario(map_, conditions, config.length, DT_S, rng)
    return scenario, steering_disturbance(config.length, DT_S, config.disturbance, rng)


def _drawn(source: ConditionsSource, rng: np.random.Generator) -> Conditions:
    with running_own_code(getattr(source, "__qualname__", "conditions"), "drawing conditions"):
        drawn = draw_from(source, rng)
    if not isinstance(drawn, Conditions):
        raise UserCodeError(f"conditions: drew a {type(drawn).__name__}: allowed are wormdrive.Conditions")
    return drawn


def _prepare(out: Path, append: bool, overwrite: bool) -> int:
    """Make the folder ready; return the first number that is free."""
    for left_over in out.glob(f".*{SUFFIX}.*.part"):
        left_over.unlink()
    if overwrite:
        for path in _held(out).values():
            path.unlink()
        return 0
    if append:
        return next_index(out)
    if any(out.iterdir()):
        raise ArgumentError(f"{out}: not empty; allowed is an empty or new folder, or to append or overwrite")
    return 0


def _held(folder: Path) -> dict[int, Path]:
    """Episodes in a folder by number."""
    if not folder.is_dir():
        return {}
    return {int(match[1]): path for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))}
