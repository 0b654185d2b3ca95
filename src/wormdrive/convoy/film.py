"""Film: a convoy for people, what its followers see and the convoy from above, as a picture or an mp4 file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2

from wormdrive.convoy.config import CAMERA
from wormdrive.convoy.evaluation import MakeDriver
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.convoy.picture import convoy_picture
from wormdrive.envs.convoy.scenario import ConvoyScenario
from wormdrive.envs.convoy.simulator import CONVOY_END_REASONS, ConvoySimulator
from wormdrive.scenarios.cockpit.movie import Movie
from wormdrive.training.progress import Progress, Silent

__all__ = ["Filmed", "film_convoy"]

_KINDS: Final = (".mp4", ".png")


@dataclass(frozen=True)
class Filmed:
    """Where the film is, how long the convoy drove [s], and why its drive ended."""

    path: Path
    driven_s: float
    end_reason: str


def film_convoy(
    make_driver: MakeDriver,
    scenario: ConvoyScenario,
    path: Path,
    *,
    cars: int = 4,
    followed: Sequence[int] | None = None,
    title: str = "",
    progress: Progress | None = None,
) -> Filmed:
    """Drive one convoy and film it; a ``.png`` shows its end.

    Parameters
    ----------
    followed:
        The cars whose views are shown; by default all followers.

    Raises
    ------
    ArgumentError
        If the name ends in neither ``.mp4`` nor ``.png``, there is no such car, or it cannot be written.
    """
    if path.suffix not in _KINDS:
        raise ArgumentError(f"{path}: allowed is a name that ends in {' or '.join(_KINDS)}")
    views = list(range(1, cars)) if followed is None else list(followed)
    for car in views:
        if not 0 <= car < cars:
            raise ArgumentError(f"car {car}: allowed are 0, the first, to {cars - 1}")
    progress = progress or Silent()
    progress.begin("filming", round(scenario.duration_s * 10), "actions")
    simulator = ConvoySimulator(1, cars, camera=CAMERA)
    movie: Movie | None = None
    try:
        driver = make_driver(simulator)
        shown, steps = simulator.reset([scenario]), 0
        while True:
            last = bool(shown.end_reason[0])
            if last or path.suffix == ".mp4":
                told = f"{title}  {steps * simulator.dt_s:.1f} s  {CONVOY_END_REASONS[shown.end_reason[0]]}"
                picture = convoy_picture(simulator, shown, CAMERA, cars=views, title=told)
                if path.suffix == ".mp4":
                    movie = movie or Movie(path, picture.shape[1], picture.shape[0], round(1.0 / simulator.dt_s))
                    movie.add(picture)
                elif not cv2.imwrite(str(_folder_of(path)), picture[..., ::-1]):
                    raise ArgumentError(f"{path}: cannot be written")
            if last:
                break
            shown = simulator.step(driver.act(shown))
            steps += 1
            progress.advance(steps)
    finally:
        if movie is not None:
            movie.close()
        simulator.close()
    return Filmed(path, steps * simulator.dt_s, CONVOY_END_REASONS[shown.end_reason[0]])


def _folder_of(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
