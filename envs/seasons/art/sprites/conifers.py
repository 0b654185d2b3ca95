"""Spruces and firs: whorls of sweeping boughs hung with needles, or loaded with snow."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.palette import Palette
from wormdrive.envs.seasons.art.sprites.branches import BARK, SNOW
from wormdrive.envs.seasons.art.sprites.canvas import SpriteCanvas

__all__ = ["draw_conifer"]

WHORLS = 24


def draw_conifer(palette: Palette, kind: int, rng: np.random.Generator) -> Image:
    """Draw a broad (0) or a slender (1) conifer: (256, 256, 4) premultiplied linear light."""
    canvas = SpriteCanvas(margin=128)
    broad = kind == 0
    canvas.line(canvas.middle, canvas.bottom, canvas.middle, 50, 10, np.array(BARK) * 0.7)
    canvas.line(canvas.middle - 3, canvas.bottom, canvas.middle - 2, 90, 3, np.array(BARK) * 0.95)
    needles = np.array(palette.conifer) * (1.0 if broad else 1.12)
    bottom = canvas.bottom - (16 if broad else 30)
    for whorl in range(WHORLS):
        t = (whorl + 0.5) / WHORLS
        y = 8 + t * (bottom - 56)
        reach = (7 + (196 if broad else 158) * t**0.86) * rng.uniform(0.84, 1.10)
        boughs = int(5 + 15 * t)
        for side in rng.permutation(np.linspace(-1.0, 1.0, boughs)):
            _bough(
                rng,
                canvas,
                y + rng.normal(0, 4),
                float(side) * reach * rng.uniform(0.8, 1.05),
                reach,
                needles,
                palette.bare,
                t,
            )
    canvas.line(canvas.middle, 4, canvas.middle, 26, 2, needles * 1.3)
    return canvas.finish(fill=0.86 if broad else 0.66)


def _bough(
    rng: np.random.Generator,
    canvas: SpriteCanvas,
    y: float,
    span: float,
    reach: float,
    needles: Image,
    snow: bool,
    t: float,
) -> None:
    """Draw one bough from the trunk out: it sinks, then lifts its tip; needles hang from it."""
    steps = 8
    u = np.linspace(0.0, 1.0, steps, dtype=np.float32)
    sink = abs(span) * (0.30 + 0.12 * t)
    x = canvas.middle + span * u
    line = y + sink * (1.30 * u - 0.45 * u * u)
    facing = 1.0 - abs(span) / (reach + 1.0)  # boughs towards us look short and are lit from above
    lit = 0.60 - 0.13 * span / (reach + 1.0) + 0.16 * facing
    hang = 6.0 + 12.0 * t
    for i in range(1, steps):
        out = 0.45 + 0.55 * float(u[i])  # the inside of the tree is dark
        for layer in range(4):
            under = layer < 2  # first what hangs in the shade of the bough, then its lit top
            light = lit * out * (0.50 if under else 1.12) + rng.normal(0, 0.07)
            colour = needles * (1.0 + rng.normal(0, 0.05, 3)) * max(0.22, light) * 2.0
            px = float(x[i]) + rng.normal(0, 3.5)
            py = float(line[i]) + (rng.uniform(1, 5) if under else rng.uniform(-5, 0))
            fall = hang * (rng.uniform(0.6, 1.1) if under else rng.uniform(0.15, 0.5))
            slant = math.copysign(rng.uniform(0.2, 0.7) if under else rng.uniform(0.6, 1.3), span) * hang
            canvas.line(px, py, px + slant, py + fall, rng.uniform(1.2, 3.2), colour)
    if snow:
        for i in range(2, steps):
            if rng.random() < 0.88:
                width = rng.uniform(3, 6 + 7 * t)
                shade = np.array(SNOW) * rng.uniform(0.76, 1.0) * (0.86 + 0.14 * lit / 0.6)
                canvas.blob(float(x[i]), float(line[i]) - 3, width * 0.62, shade, 0.38, math.copysign(20.0, span))
