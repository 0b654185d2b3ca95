"""Deletion and insertion: whether what is bright on a map matters for the steering.

Petsiuk, Das, Saenko, *RISE: randomized input sampling for explanation of black-box models*, BMVC 2018 (arXiv
1806.07421). What is brightest is hidden first, or shown first; what counts is how soon the steering goes, or comes.
The picture goes cell by cell, not pixel by pixel: thin dust over all of it would disturb the eyes more than any patch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.audit.attention.maps import Maps
from wormdrive.audit.attention.seen_frames import Steering, steered

__all__ = ["RANDOM", "SHARES", "Curves", "cell_side", "deletion_curves"]

RANDOM: Final = "random order"

SHARES: Final = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Of the picture that are hidden, or shown."""

_CELL: Final = 0.1
"""Side of a cell, as a share of the picture's height."""

_ORDERS: Final = 3
"""Random orders, of which the mean is taken."""


@dataclass(frozen=True, eq=False)
class Curves:
    """How much of the steering is left, by order: (12,) each, one number for each of ``SHARES``.

    1 is the steering at the whole picture, 0 that at the background, or any that is as far off or farther; in between 1
    less the mean distance from the former, as a share of how far the two are apart on average. ``deletion`` goes from 1
    to 0, the sooner the better the map; ``insertion`` from 0 to 1.
    """

    deletion: dict[str, NDArray[np.float64]]
    insertion: dict[str, NDArray[np.float64]]

    def areas(self) -> dict[str, dict[str, float]]:
        """Return the area below each curve: of ``deletion`` small is good, of ``insertion`` large."""
        return {
            kind: {name: float(_area(curve)) for name, curve in curves.items()} for kind, curves in vars(self).items()
        }

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "shares": list(SHARES),
            **{kind: {name: curve.tolist() for name, curve in of.items()} for kind, of in vars(self).items()},
            "areas": self.areas(),
        }


def cell_side(height: int) -> int:
    """Return the side of a cell in pictures of so many rows [pixels]: 4 in 39."""
    return max(1, round(_CELL * height))


def deletion_curves(
    steering: Steering, images: Tensor, behind: Tensor, maps: Mapping[str, Maps], *, seed: int = 0
) -> Curves:
    """Hide and show images (M, C, h, w) in the order of each of some maps (M, h, w), and in random order."""
    side = cell_side(images.shape[2])
    ranks = {name: [_ranks(_cells(one, side))] for name, one in maps.items()}
    rows, columns = ranks[next(iter(ranks))][0].shape[1:]
    rng = np.random.default_rng([seed, 0xDE1E])
    ranks[RANDOM] = [_ranks(rng.random((len(images), rows, columns))) for _ in range(_ORDERS)]
    which = torch.arange(len(images), device=images.device)
    usual, without = (steered(steering, each, which).double() for each in (images, behind))
    whole = float((without - usual).abs().mean())

    def left(order: NDArray[np.int64], share: float, over: Tensor, under: Tensor) -> float:
        """Return what is left if so much of ``over`` gives way to what is ``under`` it."""
        first = torch.from_numpy(order < round(share * rows * columns)).to(images.device)
        gone = first.repeat_interleave(side, 1).repeat_interleave(side, 2)[:, : images.shape[2], : images.shape[3]]
        mixed = torch.where(gone[:, None], under, over)
        moved = float((steered(steering, mixed, which).double() - usual).abs().mean())
        return max(1.0 - moved / whole, 0.0) if whole else 1.0

    def curves(over: Tensor, under: Tensor) -> dict[str, NDArray[np.float64]]:
        return {
            name: np.mean([[left(order, share, over, under) for share in SHARES] for order in orders], axis=0)
            for name, orders in ranks.items()
        }

    return Curves(curves(images, behind), curves(behind, images))


def _cells(maps: Maps, side: int) -> Maps:
    """Mean of maps (M, h, w) over cells; the last ones of a row and column may be smaller."""
    _, height, width = maps.shape
    down, across = range(0, height, side), range(0, width, side)
    sums = np.add.reduceat(np.add.reduceat(maps, down, axis=1), across, axis=2)
    counts = np.outer(*(np.minimum(side, size - np.arange(0, size, side)) for size in (height, width)))
    return np.asarray(sums / counts, np.float64)


def _ranks(cells: Maps) -> NDArray[np.int64]:
    """Return how many cells of the same frame are brighter, those that come first winning ties."""
    order = np.argsort(-cells.reshape(len(cells), -1), axis=1, kind="stable")
    return np.argsort(order, axis=1, kind="stable").reshape(cells.shape)


def _area(curve: NDArray[np.float64]) -> float:
    x = np.array(SHARES)
    return float(np.sum(np.diff(x) * (curve[1:] + curve[:-1]) / 2.0))
