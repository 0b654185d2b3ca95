"""Movie: pictures as they come, into an mp4 file, encoded beside the drive."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Filming", "Movie"]

_AHEAD: Final = 8
"""Pictures that may wait for the encoder; then the drive waits."""


class Movie:
    """A film being written; it has its name only once it is complete.

    Raises
    ------
    ArgumentError
        If no film can be written there.
    """

    def __init__(self, path: Path, width: int, height: int, fps: float) -> None:
        self.path = path
        self._size = (width // 2 * 2, height // 2 * 2)  # as codecs want it
        self._aside = path.with_name(f".{path.stem}.part{path.suffix}")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = cv2.VideoWriter(str(self._aside), cv2.VideoWriter.fourcc(*"mp4v"), fps, self._size)
        if not self._writer.isOpened():
            raise ArgumentError(f"{path}: OpenCV cannot write a film there; allowed is a name that ends in .mp4")
        self._pool = ThreadPoolExecutor(1, "film")
        self._waiting: list[Future[None]] = []
        self.frames = 0

    def add(self, picture: NDArray[np.uint8]) -> None:
        """Add a picture (H, W, 3) uint8 RGB; one of another size is fitted in."""
        self._waiting = [future for future in self._waiting if not future.done()]
        if len(self._waiting) >= _AHEAD:
            self._waiting.pop(0).result()
        self._waiting.append(self._pool.submit(self._write, picture))
        self.frames += 1

    def close(self) -> Path:
        """Complete the film and give its path."""
        self._pool.shutdown()
        self._writer.release()
        for future in self._waiting:
            future.result()  # what failed in the thread fails here
        self._aside.replace(self.path)
        return self.path

    def _write(self, picture: NDArray[np.uint8]) -> None:
        width, height = self._size
        if picture.shape[:2] != (height, width):
            near = abs(picture.shape[0] - height) < 2 and abs(picture.shape[1] - width) < 2
            picture = picture[:height, :width] if near else np.asarray(cv2.resize(picture, self._size), np.uint8)
        self._writer.write(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR))


class Filming:
    """Films what ``picture`` gives, into ``stem-001.mp4`` and so on in a folder, whenever it is on."""

    def __init__(self, picture: Callable[[], NDArray[np.uint8]], folder: Path, stem: str, fps: float) -> None:
        self.saved: list[Path] = []
        self._picture, self._folder, self._stem, self._fps = picture, folder, stem, fps
        self._movie: Movie | None = None

    @property
    def on(self) -> bool:
        """Whether it is filming."""
        return self._movie is not None

    def toggle(self) -> None:
        """Begin a film, or end it."""
        if self._movie is not None:
            self.end()
            return
        height, width = self._picture().shape[:2]
        self._movie = Movie(_free_name(self._folder, self._stem), width, height, self._fps)

    def take(self) -> None:
        """Take a picture, if it is on."""
        if self._movie is not None:
            self._movie.add(self._picture())

    def end(self) -> None:
        """End the film, if there is one."""
        if self._movie is not None:
            self.saved.append(self._movie.close())
            self._movie = None


def _free_name(folder: Path, stem: str) -> Path:
    number = 1
    while (folder / f"{stem}-{number:03d}.mp4").exists():
        number += 1
    return folder / f"{stem}-{number:03d}.mp4"
