"""Frame codec: camera frames without loss: the difference to the left neighbour, then zlib, one stream a frame."""

from __future__ import annotations

import math
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["decode", "encode"]

MAX_FRAME_BYTES: Final = 16 << 30
"""The most that is unpacked at once: a small file can name a shape that no memory holds."""


def encode(frames: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pack ``frames`` (T, H, W, 3) into all streams one behind the other, and (T,) where each of them ends."""
    streams = [zlib.compress(_differences(frame).tobytes(), 6) for frame in frames]
    data = np.frombuffer(b"".join(streams), np.uint8)
    return data, np.cumsum([len(stream) for stream in streams], dtype=np.int64)


def decode(data: NDArray[Any], end: NDArray[Any], shape: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Unpack frames of ``shape`` (T, H, W, 3).

    Raises
    ------
    ValueError
        The streams are not what ``encode`` writes, or not of this shape; no more than ``shape`` holds is unpacked.
    """
    size = math.prod(shape[1:])
    if size * shape[0] > MAX_FRAME_BYTES:
        raise ValueError(f"{shape} takes more than {MAX_FRAME_BYTES} bytes, the most that is allowed")
    if data.dtype != np.uint8 or data.ndim != 1 or end.dtype != np.int64 or end.shape != shape[:1]:
        raise ValueError(
            f"data {data.dtype} {data.shape} and end {end.dtype} {end.shape} do not hold {shape[0]} frames"
        )
    edges = np.concatenate([np.zeros(1, np.int64), end])
    if (np.diff(edges) <= 0).any() or end[-1] != len(data):
        raise ValueError("the streams' ends do not ascend to the end of the data")
    frames = np.empty(shape, np.uint8)
    for t in range(shape[0]):
        inflater = zlib.decompressobj()
        try:
            raw = inflater.decompress(data[edges[t] : edges[t + 1]].tobytes(), size + 1)
        except zlib.error as problem:
            raise ValueError(f"frame {t}: {problem}") from problem
        if len(raw) != size or not inflater.eof:
            raise ValueError(f"frame {t} does not hold {shape[1:]} bytes")
        # sums of differences wrap round in uint8 as the differences did
        differences = np.frombuffer(raw, np.uint8).reshape(shape[1:])
        np.cumsum(differences, axis=1, dtype=np.uint8, out=frames[t])
    return frames


def _differences(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    left = np.zeros_like(frame)
    left[:, 1:] = frame[:, :-1]
    return frame - left
