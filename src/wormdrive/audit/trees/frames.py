"""Frames: what trees are made of, the frames of several drives in one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.situation import situation_of
from wormdrive.audit.traced_drive import TracedDrive

__all__ = ["Frames", "frames_of"]


class Frames(NamedTuple):
    """Of T frames ``situation`` (T, 12), neuron ``activity`` (T, A), ``curvature`` (T,) [1/m], all float64.

    ``drive`` (T,) int64 numbers the drives.
    """

    situation: NDArray[np.float64]
    activity: NDArray[np.float64]
    curvature: NDArray[np.float64]
    drive: NDArray[np.int64]


def frames_of(drives: Sequence[TracedDrive]) -> Frames:
    """Put all frames of some drives, one behind the other, into one table.

    Raises
    ------
    MapError, RouteError
        A drive's route cannot be found again.
    """
    return Frames(
        np.concatenate([situation_of(drive.episode) for drive in drives]),
        np.concatenate([drive.activity for drive in drives]).astype(np.float64),
        np.concatenate([drive.curvature for drive in drives]).astype(np.float64),
        np.repeat(np.arange(len(drives)), [len(drive) for drive in drives]),
    )
