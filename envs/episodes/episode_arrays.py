"""Episode arrays: what the files of recorded drives and flights hold, checked before anybody computes with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from wormdrive.envs.common.checksummed import Arrays, read_checksummed
from wormdrive.envs.common.errors import EpisodeError, WormdriveError
from wormdrive.envs.episodes import frame_codec

__all__ = [
    "FRAMES",
    "MAX_EPISODE_BYTES",
    "MAX_EPISODE_STEPS",
    "check_arrays",
    "pack_frames",
    "read_described",
    "unpack_frames",
]

MAX_EPISODE_STEPS: Final = 200_000
MAX_EPISODE_BYTES: Final = 4 << 30

FRAMES: Final = frozenset({"frames.data", "frames.end"})
"""Names of the arrays that hold pictures."""

About = TypeVar("About", bound=BaseModel)


def read_described(path: Path, kind: str, version: int, about: type[About]) -> tuple[About, Arrays]:
    """Read a file: what it says of itself, checked, and its arrays, which are not yet.

    Raises
    ------
    EpisodeError
        The file is missing, truncated, corrupt, foreign, larger than allowed, or says of itself what is not allowed.
    """
    told, arrays = read_checksummed(path, kind, version, EpisodeError, MAX_EPISODE_BYTES)
    try:
        return about(**told), arrays
    except (ValidationError, WormdriveError, TypeError) as problem:
        raise EpisodeError(f"{path}: corrupt description: {' '.join(str(problem).split())}") from problem


def check_arrays(
    path: Path,
    arrays: Mapping[str, NDArray[Any]],
    wanted: Mapping[str, tuple[str, tuple[int, ...]]],
    steps_of: str,
    any_number: Collection[str] = (),
) -> int:
    """Check names, types, shapes and finiteness; return the number of steps.

    Parameters
    ----------
    wanted:
        For each name the type, and the shape of a step.
    steps_of:
        The array whose length is the number of steps.
    any_number:
        Arrays whose values need not be finite.

    Raises
    ------
    EpisodeError
        They are others: the file is named.
    """
    stored = FRAMES & arrays.keys()
    if arrays.keys() - stored != wanted.keys() or len(stored) == 1:
        raise EpisodeError(f"{path}: arrays {sorted(arrays)}; allowed are {sorted(wanted)} and both of frames.*")
    steps = len(arrays[steps_of]) if arrays[steps_of].ndim else 0
    if not 1 <= steps <= MAX_EPISODE_STEPS:
        raise EpisodeError(f"{path}: {steps} steps; allowed are 1 to {MAX_EPISODE_STEPS}")
    for name, (dtype, tail) in wanted.items():
        array = arrays[name]
        if array.dtype != dtype or array.shape != (steps, *tail):
            raise EpisodeError(f"{path}: {name} is {array.dtype} {array.shape}; allowed is {dtype} {(steps, *tail)}")
        if name not in any_number and not np.isfinite(array).all():
            raise EpisodeError(f"{path}: {name} has a value that is not finite")
    return steps


def pack_frames(frames: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """Return pictures (T, H, W, 3) as arrays of a file, without loss."""
    data, end = frame_codec.encode(frames)
    return {"frames.data": data, "frames.end": end}


def unpack_frames(
    path: Path, arrays: Mapping[str, NDArray[Any]], steps: int, height: int, width: int
) -> NDArray[np.uint8] | None:
    """Return the pictures (T, H, W, 3) of a file; ``None`` if it holds none.

    Raises
    ------
    EpisodeError
        They are corrupt, or of another shape: the file is named.
    """
    if not arrays.keys() >= FRAMES:
        return None
    try:
        return frame_codec.decode(arrays["frames.data"], arrays["frames.end"], (steps, height, width, 3))
    except ValueError as problem:
        raise EpisodeError(f"{path}: corrupt frames: {problem}") from problem
