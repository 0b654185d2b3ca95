"""Broadleaf trees and birches: a skeleton with clusters of leaves, or bare and snowed upon."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.palette import RGB, Palette
from wormdrive.envs.seasons.art.sprites.branches import BARK, BIRCH_BARK, Habit, grow
from wormdrive.envs.seasons.art.sprites.canvas import SpriteCanvas

__all__ = ["draw_birch", "draw_broadleaf"]

_BROADLEAF = (
    Habit(trunk_px=84, width_px=17, spread=0.44, droop=0.01, depth=8, bark=BARK),
    Habit(trunk_px=76, width_px=18, spread=0.50, droop=0.015, depth=8, bark=(0.28, 0.25, 0.22)),
    Habit(trunk_px=78, width_px=14, spread=0.40, droop=0.025, depth=8, bark=(0.35, 0.29, 0.25)),
)
_BIRCH = Habit(trunk_px=112, width_px=10, spread=0.26, droop=0.03, depth=7, bark=BIRCH_BARK)


def draw_broadleaf(palette: Palette, kind: int, rng: np.random.Generator) -> Image:
    """Draw one of three broadleaf trees: (256, 256, 4) premultiplied linear light."""
    canvas = SpriteCanvas(margin=128)
    tips = grow(rng, canvas, _BROADLEAF[kind], palette.bare)
    if not palette.bare:
        blossom = palette.leaves[kind][2] > palette.leaves[kind][1]
        _foliage(
            rng,
            canvas,
            tips,
            palette.leaves[kind],
            clusters=260,
            leaves=38,
            radius_px=3.3 if blossom else 3.7,
            reach_px=21.0,
        )
    return canvas.finish(fill=1.0)


def draw_birch(palette: Palette, rng: np.random.Generator) -> Image:
    """Draw a birch: white bark with dark scars, small leaves on hanging twigs."""
    canvas = SpriteCanvas(margin=128)
    tips = grow(rng, canvas, _BIRCH, palette.bare)
    for _ in range(46):
        y = canvas.bottom - rng.uniform(4, 250)
        x = canvas.middle + rng.normal(0, 3)
        if canvas.pixels[int(y), int(x), 3] > 250 and canvas.pixels[int(y), int(x), 0] > 120:
            canvas.line(x - rng.uniform(1, 5), y, x + rng.uniform(1, 5), y + rng.normal(0, 1), 2.0, (0.17, 0.15, 0.14))
    _twigs(rng, canvas, tips, palette)
    if not palette.bare:
        _foliage(rng, canvas, tips, palette.birch, clusters=170, leaves=22, radius_px=2.8, reach_px=16.0, sag=16.0)
    return canvas.finish(fill=0.8)


def _twigs(rng: np.random.Generator, canvas: SpriteCanvas, tips: Image, palette: Palette) -> None:
    for x, y, _ in tips[rng.permutation(len(tips))[:260]]:
        length = rng.uniform(12, 40)
        sway = rng.normal(0, 5)
        t = np.linspace(0, 1, 5, dtype=np.float32)
        points = np.stack((x + sway * t * (2 - t), y + length * t**1.3), axis=1)
        canvas.curve(points, 1, np.array((0.28, 0.20, 0.18)) * rng.uniform(0.8, 1.2))


def _foliage(
    rng: np.random.Generator,
    canvas: SpriteCanvas,
    tips: Image,
    colour: RGB,
    clusters: int,
    leaves: int,
    radius_px: float,
    reach_px: float,
    sag: float = 0.0,
) -> None:
    """Hang clusters of leaves on the tips: dark inside and below, light where the sky sees them."""
    outer = tips[rng.permutation(len(tips))[:clusters], :2]
    centre = np.array((np.median(outer[:, 0]), np.percentile(outer[:, 1], 60)))
    inner = centre + (outer[: clusters // 3] - centre) * rng.uniform(0.3, 0.85, (len(outer[: clusters // 3]), 1))
    places = np.concatenate((outer, inner))
    size = np.percentile(np.abs(places - centre), 94, axis=0) + 16.0
    depth = rng.random(len(places)) * 0.6 + np.linspace(0.0, 0.4, len(places))[::-1]  # the inner ones lie behind
    for k in np.argsort(depth, kind="stable"):
        away = (places[k] - centre) / size
        # a crown is a heap of rough spheres: shade each cluster as one, and the heap as another
        heap = 0.58 - 0.24 * away[1] - 0.10 * away[0] + 0.26 * depth[k] - 0.14 * (1.0 - min(1.0, math.hypot(*away)))
        reach = reach_px * rng.uniform(0.6, 1.3)
        tint = np.array(colour) * (1.0 + rng.normal(0, 0.06, 3))
        offsets = rng.normal(0.0, 0.5, (leaves, 2)) * (reach, reach * 0.75)
        height = np.sort(rng.random(leaves))
        puff = -0.24 * offsets[:, 1] / reach - 0.10 * offsets[:, 0] / reach
        light = np.maximum(0.18, heap * (0.58 + 0.56 * height) + puff + rng.normal(0.0, 0.08, leaves))[:, None]
        offsets[:, 1] += sag * np.abs(rng.normal(0.0, 1.0, leaves))
        canvas.leaves(
            places[k] + offsets,
            radius_px * rng.uniform(0.6, 1.25, leaves),
            rng.uniform(0.0, math.pi, leaves),
            (tint + light * 0.05 * np.array((1.0, 1.0, 0.25))) * light * 1.5,
        )
