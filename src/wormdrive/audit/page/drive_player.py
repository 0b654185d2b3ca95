"""Drive player: what the page must know to show a drive moment by moment."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.dynamics.time_constants import time_constants
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.perception.head import ConvHead
from wormdrive.perception.saliency import visual_backprop
from wormdrive.scenarios.cockpit.currents import Currents, currents_of
from wormdrive.scenarios.report.pictures import data_uri, saliency_pictures, webp

__all__ = ["chosen_drives", "player_json"]

_MOST_DRIVES: Final = 4
_MOST_PICTURES: Final = 640
"""Of all drives together, so that the page stays small."""

_LEAST_STRIDE: Final = 2
_CHUNK: Final = 64
_FULL: Final = 127
"""Currents are kept as whole numbers up to this."""


def chosen_drives(drives: Sequence[TracedDrive]) -> dict[str, TracedDrive]:
    """Choose the first drive of each season, or the first few if there is but one season; by what they are called."""
    by_season: dict[str, TracedDrive] = {}
    for drive in drives:
        by_season.setdefault(drive.episode.scenario.conditions.season.name, drive)
    if len(by_season) > 1:
        return dict(list(by_season.items())[:_MOST_DRIVES])
    (season,) = by_season
    return {season if len(drives) == 1 else f"{season} {k + 1}": d for k, d in enumerate(drives[:_MOST_DRIVES])}


def player_json(policy: Policy, drives: dict[str, TracedDrive], *, threads: int = 1) -> str:
    """Return the data of the page's player, as JSON that may stand inside of an HTML script element."""
    stride = max(_LEAST_STRIDE, -(-sum(len(drive) for drive in drives.values()) // _MOST_PICTURES))
    currents = currents_of(policy)
    data = {
        "neurons": policy.neuron_names,
        "synapses": 0 if currents is None else len(currents.wiring.synapses),
        "sensory": [] if currents is None else [neuron.name for neuron in currents.wiring.sensory_neurons],
        "drives": [_drive(policy, name, drive, stride, currents, threads) for name, drive in drives.items()],
    }
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _drive(
    policy: Policy, name: str, drive: TracedDrive, stride: int, currents: Currents | None, threads: int
) -> dict[str, Any]:
    shown = np.arange(0, len(drive), stride)
    state = drive.episode.state
    constants = time_constants(policy, drive)
    pictures, looks = _pictures(policy, drive, stride, threads)
    data = {
        "name": name,
        "step_s": stride * drive.episode.dt_s,
        "width": drive.episode.camera.width,
        "height": drive.episode.camera.height,
        "pictures": pictures,
        "looks": looks,
        "steering": _rounded(drive.curvature[shown], 5),
        "lane": _rounded(state.curvature[shown], 5),
        "offset": _rounded(state.lateral_offset_m[shown], 3),
        "speed": _rounded(state.speed_mps[shown], 2),
        "activity": [_rounded(column, 3) for column in drive.activity[shown].T],
        "constants": None if constants is None else [_rounded(column, 4) for column in constants.seconds[shown].T],
    }
    return data | ({} if currents is None else _currents(currents, drive, shown))


def _pictures(policy: Policy, drive: TracedDrive, stride: int, threads: int) -> tuple[list[str], list[str]]:
    """Return what the camera saw and, of a policy with a convolutional head, where that looked."""
    pictures: list[str] = []
    looks: list[str] = []
    for begin in range(0, len(drive), _CHUNK * stride):
        frames = render_episode(
            drive.episode, frames=slice(begin, begin + _CHUNK * stride, stride), threads=threads
        ).camera
        pictures += [data_uri(webp(frame), "image/webp") for frame in frames]
        if isinstance(policy.head, ConvHead):
            seen = torch.from_numpy(np.ascontiguousarray(frames)).to(policy.device)
            heat = visual_backprop(*policy.eyes, seen).cpu().numpy()
            looks += [data_uri(webp(picture), "image/webp") for picture in saliency_pictures(frames, heat)]
    return pictures, looks


def _currents(currents: Currents, drive: TracedDrive, shown: NDArray[np.int64]) -> dict[str, Any]:
    """Return currents (T, E) as shares of the most that their target hears, sensory activity (T, F) of its range."""
    read = [currents.read(torch.from_numpy(drive.features[k]), torch.from_numpy(drive.state[k])) for k in shown]
    current = np.stack([one.current for one in read])
    sensory = np.stack([one.activity[: currents.wiring.input_size] for one in read])
    most = np.full(currents.wiring.state_size, 1e-9)
    np.maximum.at(most, currents.wiring.targets, np.abs(current).max(0))
    spread = np.maximum(np.ptp(sensory, axis=0), 1e-9)
    return {
        "currents": _bytes(current / most[currents.wiring.targets]),
        "sensory": _bytes((sensory - sensory.min(0)) / spread),
    }


def _bytes(shares: NDArray[np.floating]) -> str:
    whole = np.clip(np.rint(_FULL * shares), -_FULL, _FULL).astype(np.int8)
    return base64.b64encode(whole.tobytes()).decode("ascii")


def _rounded(values: NDArray[np.floating], digits: int) -> list[float | None]:
    return [round(float(value), digits) if np.isfinite(value) else None for value in values]
