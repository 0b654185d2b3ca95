"""Picture: a convoy for people: what each follower's camera sees, and all of it from above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.convoy.bird_view import bird_view
from wormdrive.envs.convoy.simulator import ConvoyObservation, ConvoySimulator
from wormdrive.envs.simulation.camera_config import CameraConfig

__all__ = ["convoy_picture"]

_INK = (255, 255, 255)
_SHADE = (0, 0, 0)


def convoy_picture(
    simulator: ConvoySimulator,
    shown: ConvoyObservation,
    camera: CameraConfig,
    *,
    convoy: int = 0,
    cars: Sequence[int] | None = None,
    width: int = 400,
    title: str = "",
) -> NDArray[np.uint8]:
    """Draw one convoy: the views of some cars side by side, each with its speed and gap, and the bird's view below.

    Parameters
    ----------
    simulator, shown:
        The convoys and what they show now.
    camera:
        Of the cars; drawn larger here, ``width`` pixels across.
    convoy:
        Which one.
    cars:
        Whose views; by default those of all followers.
    title:
        Written into the bird's view.

    Returns
    -------
    NDArray
        (H, W, 3) uint8 RGB.
    """
    chosen = list(range(1, simulator.cars)) if cars is None else list(cars)
    height = width * camera.height // camera.width // 2 * 2
    worlds = [convoy * simulator.cars + car for car in chosen]
    views = simulator.embedded.render(replace(camera, width=width, height=height), worlds)
    for view, car in zip(views, chosen, strict=True):
        speed = f"car {car}  {shown.state.speed_mps[convoy, car]:.1f} m/s"
        gap = f"  gap {shown.gap_m[convoy, car - 1]:.1f} m" if car else "  first"
        _write(view, speed + gap)
    above = bird_view(
        simulator.routes[convoy],
        shown.state_of(convoy),
        shown.failed[convoy],
        simulator.embedded.parameters,
        width * len(chosen),
        max(height, 120),
    )
    _write(above, title)
    return np.concatenate([np.concatenate(list(views), axis=1), above], axis=0)


def _write(picture: NDArray[np.uint8], words: str) -> None:
    for colour, away in ((_SHADE, 1), (_INK, 0)):
        at = (8 + away, 18 + away)
        cv2.putText(picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
