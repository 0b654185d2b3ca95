"""Frames as filmstrips and short videos that a page can carry inline."""

from __future__ import annotations

import base64
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["data_uri", "filmstrip_webp", "saliency_pictures", "webm", "webp"]

Frames = NDArray[np.uint8]

_BLUR_PX = 1.5
"""Spread of the blur over saliency [pixels]: it hides the checkerboard that strided convolutions leave."""

_PEAK_KEPT = 0.6
"""About what is left of a peak after the blur; beyond it the picture is at its brightest."""


_STDERR = threading.Lock()
"""There is one file descriptor 2 for all threads."""


def _saliency_picture(frame: Frames, saliency: NDArray[np.floating]) -> Frames:
    """Lay a saliency map over a dimmed grey frame.

    ``frame`` (H, W, 3) RGB, ``saliency`` (h, w) in [0, 1] of any size: (H, W, 3) RGB.
    """
    height, width = frame.shape[:2]
    heat = cv2.resize(saliency.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    heat = np.clip(cv2.GaussianBlur(heat, (0, 0), _BLUR_PX) / _PEAK_KEPT, 0.0, 1.0)
    colour = cv2.applyColorMap((255.0 * heat).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)[..., None]
    mixed = 0.35 * grey * (1.0 - heat[..., None]) + colour * (0.25 + 0.75 * heat[..., None])
    picture: Frames = np.clip(mixed, 0.0, 255.0).astype(np.uint8)
    return picture


def saliency_pictures(frames: Frames, saliency: NDArray[np.floating]) -> Frames:
    """Lay each saliency map (T, h, w) over its dimmed frame (T, H, W, 3): (T, H, W, 3) RGB."""
    return np.stack([_saliency_picture(frame, heat) for frame, heat in zip(frames, saliency, strict=True)])


def filmstrip_webp(frames: Frames, saliency: NDArray[np.floating] | None, count: int = 6, gap: int = 3) -> bytes:
    """Lay ``count`` frames, evenly spread over time, side by side, each over its saliency: a WebP picture."""
    chosen = np.linspace(0, len(frames) - 1, count).round().astype(int)
    columns = []
    for k in chosen:
        rows = [frames[k]] if saliency is None else [frames[k], _saliency_picture(frames[k], saliency[k])]
        columns.append(np.concatenate(rows, axis=0))
    height = columns[0].shape[0]
    blank = np.full((height, gap, 4), 0, np.uint8)
    opaque = [np.dstack([column[..., ::-1], np.full(column.shape[:2], 255, np.uint8)]) for column in columns]
    strip = [part for column in opaque for part in (column, blank)][:-1]
    return _encoded(np.concatenate(strip, axis=1), 82)


def webp(picture: Frames, quality: int = 70) -> bytes:
    """Encode an RGB picture (H, W, 3) as WebP; ``quality`` 1 to 100."""
    return _encoded(np.ascontiguousarray(picture[..., ::-1]), quality)


def _encoded(picture: Frames, quality: int) -> bytes:
    """Encode a picture whose channels stand in OpenCV's order."""
    ok, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])
    if not ok:
        raise RuntimeError("this build of OpenCV writes no WebP")
    return bytes(data)


def webm(frames: Frames, fps: float) -> bytes | None:
    """Encode RGB frames (T, H, W, 3), H and W even, as VP8 in WebM; ``None`` where OpenCV was built without it."""
    height, width = frames.shape[1:3]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "video.webm"
        with _STDERR, _quiet_stderr():
            writer = cv2.VideoWriter(str(file), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"VP80"), fps, (width, height))
        if not writer.isOpened():
            return None
        for frame in frames:
            writer.write(np.ascontiguousarray(frame[..., ::-1]))
        writer.release()
        return file.read_bytes()


def data_uri(data: bytes, kind: str) -> str:
    """Bytes as a ``data:`` address of media type ``kind``."""
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Silence file descriptor 2: FFmpeg complains there that WebM knows no four-letter codes, which is harmless."""
    kept, void = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(void, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(void)
