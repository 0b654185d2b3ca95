"""Shares: how much of the attention lies on marks, road, verge, trees, sky and cars, beside the share of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.attention.drive_intervals import Ends, share_interval
from wormdrive.audit.attention.maps import Maps
from wormdrive.envs.simulation.semantic_labels import SemanticLabel as Label
from wormdrive.perception.picture_window import PictureWindow

__all__ = ["ON_ROAD", "PARTS", "AttentionShares", "attention_shares", "by_frame", "parts_of"]

_LABELS: Final = {
    "marks": (Label.ROAD_LINES,),
    "road": (Label.ROADS,),
    "verge": (Label.TERRAIN, Label.GROUND, Label.SIDEWALKS),
    "trees": (Label.VEGETATION,),
    "sky": (Label.SKY,),
    "cars": (Label.CAR, Label.TRUCK, Label.BUS, Label.MOTORCYCLE, Label.BICYCLE, Label.RIDER),
}

PARTS: Final = (*_LABELS, "other")
"""What pixels are told apart by; ``other`` is whatever else the simulator knows: houses, poles, people."""


ON_ROAD: Final = ("marks", "road")
"""The parts that are the road's."""


@dataclass(frozen=True)
class AttentionShares:
    """By part: share of the attention, and of the pixels, each mean over the frames; each sums to 1.

    ``attention_ci95`` are 95 % intervals of the attention over drives, and ``on_road_ci95`` that of all ``ON_ROAD``;
    ``None`` where drives are too few.
    """

    attention: dict[str, float]
    pixels: dict[str, float]
    attention_ci95: dict[str, Ends | None]
    on_road_ci95: Ends | None

    def on_road(self) -> tuple[float, float]:
        """Return the shares of the attention and of the pixels that are the road's."""
        return sum(self.attention[part] for part in ON_ROAD), sum(self.pixels[part] for part in ON_ROAD)

    def ratio(self, part: str) -> float | None:
        """Return how many times as much attention it gets as its size deserves; ``None`` if it is never seen."""
        return self.attention[part] / self.pixels[part] if self.pixels[part] else None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            part: {
                "attention": self.attention[part],
                "attention_ci95": self.attention_ci95[part],
                "pixels": self.pixels[part],
                "ratio": self.ratio(part),
            }
            for part in PARTS
        }


def parts_of(labels: NDArray[np.uint8], window: PictureWindow) -> Maps:
    """Return how much of each pixel of the reduced picture each part covers: labels (M, H, W) -> (M, 7, h, w).

    They are exact: a simulator knows what it drew.
    """
    known = np.stack([np.isin(labels, which) for which in _LABELS.values()], axis=1)
    return window.reduced(np.concatenate([known, ~known.any(1, keepdims=True)], axis=1))


def by_frame(maps: Maps, parts: Maps) -> tuple[Maps, Maps]:
    """Return shares of maps (M, h, w) on parts (M, P, h, w), and those of the pixels, frame by frame: (M, P) each.

    Of a frame at which nothing moves what is done, attention is where the pixels are.
    """
    pixels = parts.mean((2, 3))
    total = maps.sum((1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        attention = (maps[:, None] * parts).sum((2, 3)) / total[:, None]
    return np.where(total[:, None] > 0, attention, pixels), pixels


def attention_shares(maps: Maps, parts: Maps, drives: NDArray[np.integer], seasons: Sequence[str]) -> AttentionShares:
    """Return shares of maps (M, h, w) on ``parts`` (M, 7, h, w), every frame counting alike.

    ``drives`` (M,) numbers the drive of each frame, ``seasons`` names its season: see ``drive_intervals``.
    """
    attention, pixels = by_frame(maps, parts)
    on_road = attention[:, [PARTS.index(part) for part in ON_ROAD]].sum(1)
    return AttentionShares(
        dict(zip(PARTS, attention.mean(0).tolist(), strict=True)),
        dict(zip(PARTS, pixels.mean(0).tolist(), strict=True)),
        {part: share_interval(attention[:, k], drives, seasons) for k, part in enumerate(PARTS)},
        share_interval(on_road, drives, seasons),
    )
