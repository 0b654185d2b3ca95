"""Branches: trunk, boughs and twigs of a broadleaf tree, grown by forking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.sprites.canvas import SpriteCanvas

__all__ = ["BARK", "BIRCH_BARK", "SNOW", "Habit", "grow"]

BARK: Final = (0.31, 0.27, 0.23)
BIRCH_BARK: Final = (0.80, 0.78, 0.74)
_TWIG: Final = (0.32, 0.25, 0.21)
SNOW: Final = (0.93, 0.945, 0.975)


@dataclass(frozen=True)
class Habit:
    """How a kind of tree grows.

    ``trunk_px`` length and ``width_px`` of the trunk, ``spread`` [rad] half the angle of a fork, ``droop`` [rad] by
    which every generation sinks, ``depth`` generations, ``bark`` its colour.
    """

    trunk_px: float
    width_px: float
    spread: float
    droop: float
    depth: int
    bark: tuple[float, float, float]


def grow(rng: np.random.Generator, canvas: SpriteCanvas, habit: Habit, snow: bool) -> Image:
    """Draw the skeleton; return the places where leaves belong, (n, 3): x, y [px], generation left."""
    tips: list[tuple[float, float, float]] = []
    bark = np.array(habit.bark)

    def branch(x: float, y: float, lean: float, length: float, width: float, depth: int) -> None:
        x1, y1 = x + length * math.sin(lean), y - length * math.cos(lean)
        shade = rng.uniform(0.72, 1.08)
        wood = bark if width > 3.0 else np.minimum(bark, _TWIG)
        _stroke(canvas, x, y, x1, y1, width, wood * shade, round_bark=width > 3.5)
        if snow and abs(math.sin(lean)) > 0.35 and 0.8 < width < 8.0:
            canvas.line(
                x, y - 0.5 * width, x1, y1 - 0.5 * width, max(1.0, 0.34 * width), np.array(SNOW) * rng.uniform(0.8, 1.0)
            )
        if depth <= 3:
            tips.append((x1, y1, depth))
        if depth == 0:
            return
        forks = 3 if rng.random() < (0.25 if depth > 4 else 0.40) else 2
        for k in range(forks):
            side = (k - (forks - 1) / 2) * 2 / max(forks - 1, 1)
            new_lean = lean + side * habit.spread * rng.uniform(0.7, 1.3) + rng.normal(0.0, 0.16)
            new_lean += math.copysign(habit.droop, new_lean)
            shrink = rng.uniform(0.68, 0.90) * (1.0 if abs(side) > 0.1 else 0.95)
            branch(x1, y1, new_lean, length * shrink, width * 0.64, depth - 1)

    lean = float(rng.normal(0.0, 0.035))
    for side in (-1.0, 1.0):  # roots flare into the ground
        foot = canvas.middle + side * habit.width_px * 0.85
        canvas.line(
            foot, canvas.bottom, canvas.middle, canvas.bottom - 2.2 * habit.width_px, habit.width_px * 0.5, bark * 0.75
        )
    branch(canvas.middle, canvas.bottom, lean, habit.trunk_px, habit.width_px, habit.depth)
    return np.array(tips, np.float32)


def _stroke(
    canvas: SpriteCanvas, x0: float, y0: float, x1: float, y1: float, width: float, colour: Image, round_bark: bool
) -> None:
    """Draw one length of wood: dark on the right, light along its left."""
    canvas.line(x0, y0, x1, y1, width, colour)
    if round_bark:
        canvas.line(x0 + 0.26 * width, y0, x1 + 0.22 * width, y1, 0.40 * width, colour * 0.74)
        canvas.line(x0 - 0.24 * width, y0, x1 - 0.20 * width, y1, 0.30 * width, colour * 1.28)
