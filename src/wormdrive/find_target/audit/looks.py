"""Looks: where a network looks when it turns, part by part of the picture, and what hiding each part does.

Integrated gradients of the yaw rate pass through head and core; parts are hidden by their exact outlines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.audit.attention.background import background
from wormdrive.audit.attention.drive_intervals import Ends, share_interval
from wormdrive.audit.attention.integrated_gradients import integrated_gradients
from wormdrive.audit.attention.maps import scaled
from wormdrive.audit.attention.seen_frames import Steering, steered
from wormdrive.audit.attention.shares import by_frame
from wormdrive.envs.seasons.conditions import SEASONS, Conditions
from wormdrive.find_target.audit.answers import YAW
from wormdrive.find_target.audit.parts import PARTS, parts_of
from wormdrive.find_target.audit.stage import RUN_UP, Stage
from wormdrive.find_target.cores import rows_of
from wormdrive.find_target.policy import FlightPolicy, normalised

__all__ = ["LookedAt", "Looks", "PartShare", "measure_looks"]

_NODES: Final = 16


@dataclass(frozen=True)
class PartShare:
    """One part of the pictures of a season, mean over frames.

    Attributes
    ----------
    attention, attention_ci95, pixels:
        Its share of the attention, with a 95 % interval over flights (None where these are too few), and of the pixels.
    hidden:
        By how much the yaw rate moves when all of the part is blurred [rad/s].
    """

    attention: float
    attention_ci95: Ends | None
    pixels: float
    hidden: float


@dataclass(frozen=True, eq=False)
class LookedAt:
    """A picture (H, W, 3) of a season, and its map (H, W) in [0, 1]."""

    season: str
    frame: NDArray[np.uint8]
    map: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Looks:
    """Of one model.

    Attributes
    ----------
    seasons:
        By season, then by part.
    missed:
        By how far the sums of the gradients miss what they explain, as a share of it; None if there is nothing.
    shown:
        The first picture of each season.
    """

    seasons: dict[str, dict[str, PartShare]]
    missed: float | None
    shown: tuple[LookedAt, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data, without the pictures."""
        return {
            "seasons": {season: {part: vars(one) for part, one in of.items()} for season, of in self.seasons.items()},
            "integrated_gradients_miss": self.missed,
        }


def measure_looks(
    stage: Stage,
    policies: Mapping[str, FlightPolicy],
    *,
    per_season: int = 12,
    seed: int = 0,
    watch: Callable[[int], None] | None = None,
) -> dict[str, Looks]:
    """Look where networks look at moments of all flights by turns, the same ones in every season and for everybody."""
    rng = np.random.default_rng([seed, 0x100C])
    which = np.arange(per_season) % len(stage.flights)
    frame = [int(rng.integers(RUN_UP, len(stage.flights[n]))) for n in which]
    frames, labels = [], []
    for season in SEASONS:
        conditions = Conditions.preset(season, "day")
        for n, at in zip(which.tolist(), frame, strict=True):
            shown = stage.show(n, at, conditions, 0)
            frames.append(shown.frames)
            labels.append(shown.labels)
    seasons = np.repeat(SEASONS, per_season).tolist()
    sequences, parts, flights = np.stack(frames), parts_of(np.stack(labels)), np.tile(which, len(SEASONS))
    found = {}
    for done, (name, policy) in enumerate(policies.items(), 1):
        found[name] = _looks(policy, sequences, parts, flights, seasons)
        if watch is not None:
            watch(done)
    return found


def _looks(
    policy: FlightPolicy,
    sequences: NDArray[np.uint8],
    parts: NDArray[np.bool_],
    flights: NDArray[np.int64],
    seasons: Sequence[str],
) -> Looks:
    last = np.ascontiguousarray(sequences[:, -1])
    images = torch.from_numpy(last).movedim(-1, 1).float() / 255.0
    yaw_of, behind, frame = _yaw_of(policy, sequences[:, :-1]), background(images), torch.arange(len(images))
    by_pixel = integrated_gradients(yaw_of, images, behind, nodes=_NODES)
    maps = np.asarray(by_pixel.sum(1).abs().numpy(), np.float64)
    usual = steered(yaw_of, images, frame)
    differ = (usual - steered(yaw_of, behind, frame)).double()
    whole = float(differ.abs().mean())
    missed = float((by_pixel.sum((1, 2, 3)) - differ).abs().mean()) / whole if whole else None
    moved = [
        (steered(yaw_of, torch.where(torch.from_numpy(parts[:, k, None]), behind, images), frame) - usual).abs().numpy()
        for k in range(len(PARTS))
    ]
    attention, pixels = by_frame(maps, parts.astype(np.float64))
    groups = {season: np.flatnonzero(np.array(seasons) == season) for season in dict.fromkeys(seasons)}
    light = scaled(maps)
    return Looks(
        {
            season: {
                part: PartShare(
                    float(attention[index, k].mean()),
                    share_interval(attention[index, k], flights[index], [season] * len(index)),
                    float(pixels[index, k].mean()),
                    float(moved[k][index].mean()),
                )
                for k, part in enumerate(PARTS)
            }
            for season, index in groups.items()
        },
        missed,
        tuple(LookedAt(season, last[index[0]], light[index[0]]) for season, index in groups.items()),
    )


def _yaw_of(policy: FlightPolicy, before: NDArray[np.uint8]) -> Steering:
    """Return the yaw rate at images in [0, 1], each met with the memory of the frames (M, T, H, W, 3) before it."""
    with torch.no_grad():
        _, state = policy(normalised(torch.from_numpy(np.ascontiguousarray(before))))

    def yaw_of(images: Tensor, which: Tensor) -> Tensor:
        actions, _ = policy(normalised(255.0 * images.movedim(1, -1))[:, None], rows_of(state, which))
        found: Tensor = actions[:, 0, YAW]
        return found

    return yaw_of
