"""Broadleaf trees and birches: a skeleton with clusters of leaves, or bare and snowed upon."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.palette import RGB, Palette
from wormdrive.envs.seasons.art.sprites.canvas import BOTTOM, SIZE, Canvas
from wormdrive.envs.seasons.art.sprites.skeleton import BARK, BIRCH_BARK, Habit, grow

__all__ = ["draw_birch", "draw_broadleaf"]

_BROADLEAF = (
    Habit(trunk_px=104, width_px=19, spread=0.52, droop=0.02, depth=7, bark=BARK),
    Habit(trunk_px=92, width_px=21, spread=0.60, droop=0.04, depth=7, bark=(0.29, 0.25, 0.21)),
    Habit(trunk_px=84, width_px=16, spread=0.64, droop=0.05, depth=7, bark=(0.37, 0.29, 0.23)),
)
_BIRCH = Habit(trunk_px=124, width_px=11, spread=0.36, droop=0.05, depth=7, bark=BIRCH_BARK)


def draw_broadleaf(palette: Palette, kind: int, rng: np.random.Generator) -> Image:
    """Draw one of three broadleaf trees: (256, 256, 4) premultiplied linear light."""
    canvas = Canvas()
    tips = grow(rng, canvas, _BROADLEAF[kind], palette.bare)
    if not palette.bare:
        blossom = palette.leaves[kind][2] > palette.leaves[kind][1]
        _foliage(rng, canvas, tips, palette.leaves[kind], leaves=52, radius_px=4.0 if blossom else 4.6, reach_px=22.0)
    return canvas.finish()


def draw_birch(palette: Palette, rng: np.random.Generator) -> Image:
    """Draw a birch: white bark with dark scars, small leaves on hanging twigs."""
    canvas = Canvas()
    tips = grow(rng, canvas, _BIRCH, palette.bare)
    for _ in range(46):
        y = BOTTOM - rng.uniform(4, 250)
        x = SIZE / 2 + rng.normal(0, 3)
        if canvas.pixels[int(y), int(x), 3] > 250 and canvas.pixels[int(y), int(x), 0] > 120:
            canvas.line(x - rng.uniform(1, 5), y, x + rng.uniform(1, 5), y + rng.normal(0, 1), 2.0, (0.17, 0.15, 0.14))
    _twigs(rng, canvas, tips, palette)
    if not palette.bare:
        _foliage(rng, canvas, tips, palette.birch, leaves=30, radius_px=3.2, reach_px=17.0, sag=14.0)
    return canvas.finish()


def _twigs(rng: np.random.Generator, canvas: Canvas, tips: Image, palette: Palette) -> None:
    for x, y, _ in tips[rng.permutation(len(tips))[:260]]:
        length = rng.uniform(12, 40)
        sway = rng.normal(0, 5)
        t = np.linspace(0, 1, 5, dtype=np.float32)
        points = np.stack((x + sway * t * (2 - t), y + length * t**1.3), axis=1)
        canvas.curve(points, 1, np.array((0.28, 0.20, 0.18)) * rng.uniform(0.8, 1.2))


def _foliage(
    rng: np.random.Generator,
    canvas: Canvas,
    tips: Image,
    colour: RGB,
    leaves: int,
    radius_px: float,
    reach_px: float,
    sag: float = 0.0,
) -> None:
    """Hang clusters of leaves on the tips: dark inside and below, light where the sky sees them."""
    places = tips[rng.permutation(len(tips))[:120], :2]
    centre = np.median(places, axis=0)
    size = np.percentile(np.abs(places - centre), 92, axis=0) + 20.0
    depth = rng.random(len(places))  # 0 behind, 1 in front
    for k in np.argsort(depth, kind="stable"):
        away = (places[k] - centre) / size
        # a crown is a heap of rough spheres: shade each cluster as one, and the heap as another
        heap = 0.62 - 0.26 * away[1] - 0.10 * away[0] + 0.20 * depth[k] - 0.16 * (1.0 - min(1.0, math.hypot(*away)))
        reach = reach_px * rng.uniform(0.7, 1.3)
        tint = np.array(colour) * (1.0 + rng.normal(0, 0.055, 3))
        offsets = rng.normal(0.0, 0.52, (leaves, 2)) * (reach, reach * 0.8)
        heights = np.sort(rng.random(leaves))
        jitter = rng.normal(0.0, 0.07, leaves)
        sizes = radius_px * rng.uniform(0.6, 1.25, leaves)
        angles = rng.uniform(0.0, 180.0, leaves)
        for i in range(leaves):
            dx, dy = offsets[i]
            puff = -0.22 * dy / reach - 0.10 * dx / reach
            light = max(0.20, heap * (0.62 + 0.52 * heights[i]) + puff + jitter[i])
            warm = tint + light * 0.05 * np.array((1.0, 1.0, 0.25))
            droop = sag * abs(rng.normal()) if sag else 0.0
            canvas.blob(places[k, 0] + dx, places[k, 1] + dy + droop, sizes[i], warm * light * 1.5, 0.66, angles[i])
