"""Counter random: random numbers that are functions of a seed, a stream's name and an index.

The k-th number of a stream is there without those before it, so that what happens at a step needs no memory of the
steps before, nor of who asked for what.
"""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["mixed", "stream_number", "uniform", "wander"]

_GOLDEN: Final = 0x9E37_79B9_7F4A_7C15
_SHIFT: Final = np.uint64(11)
_SHARE: Final = 2.0**-53


def mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64 bits so that neighbours have nothing in common (the SplitMix64 finaliser; Steele et al. 2014)."""
    value = value + np.uint64(_GOLDEN)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return value ^ (value >> np.uint64(31))


def stream_number(stream: str) -> int:
    """Return the number that stands for a stream's name, 32 bits."""
    return zlib.crc32(stream.encode())


def uniform(seed: ArrayLike, stream: str, index: ArrayLike) -> NDArray[np.float64]:
    """Return numbers in [0, 1): one for each seed and index, whole numbers from 0 that are broadcast together."""
    seeds, indices = np.broadcast_arrays(np.atleast_1d(seed), np.atleast_1d(index))
    bits = mixed(seeds.astype(np.uint64)) ^ np.uint64(stream_number(stream))
    bits = mixed(mixed(bits) + indices.astype(np.uint64))
    return np.asarray((bits >> _SHIFT) * _SHARE, np.float64)


def wander(seed: ArrayLike, stream: str, position: ArrayLike) -> NDArray[np.float64]:
    """Return a smooth random curve in [-1, 1] at positions from 0: a random value at each whole one, eased between."""
    place = np.atleast_1d(np.asarray(position, np.float64))
    before = np.floor(place)
    part = place - before
    index = before.astype(np.int64)
    first, then = (2.0 * uniform(seed, stream, at) - 1.0 for at in (index, index + 1))
    return np.asarray(first + (then - first) * part * part * (3.0 - 2.0 * part))
