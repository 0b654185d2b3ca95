"""Minari folder: drives as a data set of offline reinforcement learning, which ``minari.load_dataset`` reads."""

from __future__ import annotations

import copy
import inspect
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import gymnasium
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.common.extras import import_extra
from wormdrive.envs.embedded.frame_renderer import Frames
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.lane_keeping.options import SingleEnvOptions
from wormdrive.envs.lane_keeping.reward import Step, parse_reward
from wormdrive.envs.lane_keeping.task import LaneKeepingTask
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.training.episode_export.export_request import ExportRequest, Loaded
from wormdrive.training.episode_pictures import EpisodePictures

__all__ = ["ENV_ID", "minari_id", "write_minari"]

ENV_ID: Final = "wormdrive/LaneKeeping-v1"
"""The environment whose rewards are written, and which a data set recovers."""
_FEWEST: Final = 2
"""Frames: what was seen before an action and after it."""


def minari_id(out: Path) -> str:
    """Return the name of a data set in the folder ``out``: its path below Minari's own folder, or its last part.

    Raises
    ------
    ArgumentError
        Minari knows no such names.
    """
    names = import_extra("minari.dataset.minari_dataset", "minari")
    home = Path(os.environ.get("MINARI_DATASETS_PATH", Path.home() / ".minari" / "datasets")).resolve()
    place = out.resolve()
    name = place.relative_to(home).as_posix() if place.is_relative_to(home) else place.name
    if not names.DATASET_ID_RE.fullmatch(name) or "-v" not in name:
        raise ArgumentError(f"{out}: allowed is a folder with a name and a version, as Minari has it: summer-v0")
    return name


def write_minari(request: ExportRequest, out: Path, name: str) -> None:
    """Write a data set of this name into the folder ``out``.

    An episode of T frames has T observations and T - 1 actions: what was commanded on seeing the first T - 1. Rewards
    are those of ``wormdrive/LaneKeeping-v1``. No transition ends in a departure, for a drive's last frame is its last
    one on the lane: each episode is truncated there. Infos have the expert's ``target_curvature`` [1/m] and
    ``intervention``; an episode's metadata has its ``scenario``, as JSON, which the environment takes at its reset.

    Raises
    ------
    ArgumentError
        An observation is not known.
    MissingPackageError
        Minari is not installed.
    EpisodeError
        An episode has one frame only; or some were driven with pedals, and some by the cruise control.
    """
    minari = import_extra("minari", "minari")
    import_extra("h5py", "minari")
    storage_type = import_extra("minari.dataset.minari_storage", "minari").MinariStorage
    buffer_type = import_extra("minari.data_collector", "minari").EpisodeBuffer
    if request.lossless and "jpeg_encoding" not in inspect.signature(storage_type.new).parameters:
        raise ArgumentError(f"lossless: allowed with minari 0.5.4 or later; {minari.__version__} is installed")
    first = request.load()
    pedals = _has_pedals(first.episode)
    task = LaneKeepingTask(
        SingleEnvOptions(
            observation=request.observation,
            action="steer_acceleration" if pedals else "steer",
            camera=first.episode.camera,
        )
    )
    folder = out / "data"
    folder.mkdir(parents=True)
    about: list[dict[str, Any]] = []
    storage = storage_type.new(
        folder,
        observation_space=task.observation_space(),
        action_space=task.action_space(),
        **({"jpeg_encoding": False} if request.lossless else {}),
    )
    storage.update_metadata(
        {
            "dataset_id": name,
            "minari_version": minari.__version__,
            "description": "Lane keeping, recorded by Wormdrive",
            "algorithm_name": "Expert",
            "author": {"Wormdrive"},
        }
    )
    for loaded in request.episodes():
        episode = loaded.episode
        _check(loaded, first, pedals)
        storage.update_episodes([buffer_type(id=loaded.index, **_transitions(episode, task, pedals, request.threads))])
        storage.update_episode_metadata([{"scenario": json.dumps(loaded.about()["scenario"])}], [loaded.index])
        about.append(loaded.about()["scenario"])
        request.advance(len(episode))
    # last, for it says of all episodes where they were driven
    spec = _env_spec(about, first.episode.camera, task, request.observation, pedals)
    storage.update_metadata({"env_spec": spec.to_json()})


def _env_spec(
    scenarios: Sequence[dict[str, Any]],
    camera: CameraConfig,
    task: LaneKeepingTask,
    observation: str | Sequence[str],
    pedals: bool,
) -> Any:
    """Return the environment with the maps, seasons and camera of the drives."""
    spec = copy.deepcopy(gymnasium.spec(ENV_ID))
    spec.kwargs = {
        **spec.kwargs,
        "map": sorted({scenario["map"] for scenario in scenarios}),
        "season": sorted({scenario["conditions"]["season"]["name"] for scenario in scenarios}),
        "route_length": max(scenario["route_length_m"] for scenario in scenarios),
        "observation": observation if isinstance(observation, str) else list(task.shows),
        "action": "steer_acceleration" if pedals else "steer",
        "camera": asdict(camera),
    }
    return spec


def _transitions(episode: Episode, task: LaneKeepingTask, pedals: bool, threads: int) -> dict[str, Any]:
    """Return what Minari's ``EpisodeBuffer`` holds of an episode, but its number."""
    state, steps = episode.state, len(episode)
    progress, gain = np.diff(state.station_m), np.diff(state.speed_mps)
    pay = parse_reward(gymnasium.spec(ENV_ID).kwargs["reward"], 10.0)
    reached = episode.part(1, steps).state
    last = np.arange(1, steps) == steps - 1
    return {
        "observations": task.observe(_observation(episode, task, threads)),
        "actions": episode.command[:-1, : 1 + pedals].astype(np.float32),
        "rewards": pay(Step(episode.dt_s, progress, gain, reached, np.zeros(steps - 1, np.bool_))),
        "terminations": np.zeros(steps - 1, np.bool_),
        "truncations": last,
        "infos": {
            "station": state.station_m,
            "lateral_offset": state.lateral_offset_m,
            "heading_error": state.heading_error_rad,
            "curvature": state.curvature,
            "speed": state.speed_mps,
            "target_curvature": episode.target_curvature,
            "intervention": episode.intervention,
        },
    }


def _observation(episode: Episode, task: LaneKeepingTask, threads: int) -> Observation:
    """Return all that the environment would have shown, frame by frame, as if in T worlds at once."""
    steps = len(episode)
    drawn: list[Frames] = []
    wanted = task.pictures
    if wanted["camera"] is not None:
        with EpisodePictures(
            episode, segmentation=wanted["segmentation"], depth=wanted["depth"], threads=threads
        ) as pictures:
            drawn = list(pictures.parts())
    return Observation(
        state=episode.state,
        camera=_joined([part.camera for part in drawn]),
        segmentation=_joined([part.segmentation for part in drawn if part.segmentation is not None]),
        depth=_joined([part.depth for part in drawn if part.depth is not None]),
        end_reason=np.zeros(steps, np.int8),
        new_frame=np.ones(steps, np.bool_),
        frame_interval_s=np.full(steps, episode.dt_s),
    )


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any] | None:
    return np.concatenate(parts) if parts else None


def _has_pedals(episode: Episode) -> bool:
    return bool(np.isfinite(episode.command[:-1, 1]).any())


def _check(loaded: Loaded, first: Loaded, pedals: bool) -> None:
    episode = loaded.episode
    if len(episode) < _FEWEST:
        raise EpisodeError(f"{loaded.file}: one frame; allowed are {_FEWEST} or more, which an action lies between")
    if episode.camera != first.episode.camera:
        raise EpisodeError(f"{loaded.file}: {episode.camera}; allowed is the camera of {first.file.name}")
    given = np.isfinite(episode.command[:-1, 1])
    if given.any() != pedals or given.all() != pedals:
        raise EpisodeError(
            f"{loaded.file}: {int(given.sum())} of {len(given)} commands have an acceleration; "
            f"allowed is what {first.file.name} begins with, in all: {'pedals' if pedals else 'the cruise control'}"
        )
