"""Window film: the cockpit's window until what is shown in it is over, as a film or a picture, without a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.cockpit.loop import Loop
from wormdrive.scenarios.cockpit.movie import Movie

__all__ = ["film_window", "require_film_name"]

_KINDS: Final = (".mp4", ".png")
_AFTER_S: Final = 1.0
"""So much longer than what is filmed lasts a film [s]."""


def require_film_name(path: Path) -> None:
    """Say at once that a film cannot have that name.

    Raises
    ------
    ArgumentError
        If it ends in neither ``.mp4`` nor ``.png``.
    """
    if path.suffix not in _KINDS:
        raise ArgumentError(f"{path}: allowed is a name that ends in {' or '.join(_KINDS)}")


def film_window(loop: Loop, path: Path, over: Callable[[], bool], told: Callable[[int], None] | None = None) -> None:
    """Go on until it is over; write an ``.mp4`` film of the window, or a ``.png`` picture of its end.

    Parameters
    ----------
    told:
        Called with the number of pictures.

    Raises
    ------
    ArgumentError
        If the name ends in neither, or the file cannot be written.
    """
    require_film_name(path)
    left, count = round(_AFTER_S * loop.pictures_per_second), 0
    loop.frame()
    picture = loop.cockpit.picture()
    movie = Movie(path, picture.shape[1], picture.shape[0], loop.pictures_per_second) if path.suffix == ".mp4" else None
    try:
        while left:
            if movie is not None:
                movie.add(loop.cockpit.picture())
            left -= over()
            count += 1
            if told is not None:
                told(count)
            loop.frame()
    finally:
        if movie is not None:
            movie.close()
    if movie is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not cv2.imwrite(str(path), loop.cockpit.picture()[..., ::-1]):
            raise ArgumentError(f"{path}: cannot be written")
