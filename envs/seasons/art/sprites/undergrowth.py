"""Bushes, tufts of grass and the post beside the road."""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.seasons.art.noise import Image
from wormdrive.envs.seasons.art.palette import Palette
from wormdrive.envs.seasons.art.sprites.branches import SNOW
from wormdrive.envs.seasons.art.sprites.canvas import SpriteCanvas

__all__ = ["draw_bush", "draw_post", "draw_tuft"]


def draw_bush(palette: Palette, rng: np.random.Generator) -> Image:
    """Draw a bush of several mounds, or its bare rods with snow on them; 1.3 times as wide as high."""
    canvas = SpriteCanvas(margin=64)
    _rods(rng, canvas, palette)
    if palette.bare:
        for _ in range(70):
            angle, reach = rng.uniform(-1.25, 1.25), rng.uniform(60, 225)
            x, y = canvas.middle + reach * math.sin(angle), canvas.bottom - reach * math.cos(angle) * 0.85
            canvas.blob(x, y, rng.uniform(4, 10), np.array(SNOW) * rng.uniform(0.85, 1.0), 0.45, rng.uniform(-25, 25))
        for _ in range(40):
            canvas.blob(
                canvas.middle + rng.normal(0, 90), canvas.bottom - rng.uniform(0, 9), rng.uniform(8, 22), SNOW, 0.35
            )
        return canvas.finish(fill=1.0)
    mounds = [(rng.uniform(-165, 165), rng.uniform(170, 330)) for _ in range(8)]
    mounds += [(rng.uniform(-60, 60), rng.uniform(380, 420)), (-150.0, 190.0), (150.0, 200.0), (0.0, 210.0)]
    for order, (centre, height) in enumerate(mounds):
        _mound(rng, canvas, palette, canvas.middle + centre, height, 0.66 + 0.34 * order / len(mounds))
    return canvas.finish(fill=1.0)


def _rods(rng: np.random.Generator, canvas: SpriteCanvas, palette: Palette) -> None:
    wood = np.array((0.36, 0.27, 0.21))
    for _ in range(240 if palette.bare else 40):
        lean = rng.normal(0, 0.55)
        length = rng.uniform(90, 260) * (1.0 if palette.bare else 1.4)
        x = canvas.middle + rng.normal(0, 42)
        bend = rng.normal(0, 0.15)
        t = np.linspace(0, 1, 5, dtype=np.float32)
        points = np.stack(
            (x + length * t * np.sin(lean + bend * t), canvas.bottom - length * t * np.cos(lean + bend * t)), axis=1
        )
        canvas.curve(points, rng.uniform(1, 3), wood * rng.uniform(0.6, 1.25))


def _mound(
    rng: np.random.Generator, canvas: SpriteCanvas, palette: Palette, x: float, height: float, nearness: float
) -> None:
    """Heap leaves into half a ball; those drawn last are nearest and lightest."""
    leaves = 420
    angle = rng.uniform(-math.pi / 2, math.pi / 2, leaves)
    reach = height * np.sqrt(rng.random(leaves))
    dx, up = 0.62 * reach * np.sin(angle), reach * np.cos(angle)
    order = np.linspace(0.0, 1.0, leaves)
    light = 0.24 + 0.44 * up / height - 0.10 * dx / height + 0.34 * order * rng.random(leaves)
    colours = np.array(palette.bush) * (1.0 + rng.normal(0, 0.07, (leaves, 3)))
    colours = colours * np.maximum(0.22, light * nearness)[:, None] * 1.85
    if palette.flowers > 0.01:
        blossom = rng.random(leaves) < 0.09
        colours[blossom] = np.array((1.0, 0.95, 0.96)) * (0.75 + 0.25 * nearness)
    places = np.stack((x + dx, canvas.bottom - np.maximum(up, 2.0)), axis=1)
    canvas.leaves(places, rng.uniform(4.0, 8.0, leaves), rng.uniform(0.0, math.pi, leaves), colours)


def draw_tuft(palette: Palette, rng: np.random.Generator) -> Image:
    """Draw a tuft of grass with some seed heads; 1.7 times as wide as high."""
    canvas = SpriteCanvas()
    dark, light, straw = (np.array(c) for c in (palette.grass_dark, palette.grass_light, palette.straw))
    for k in range(170):
        x = canvas.middle + rng.normal(0, 66)
        lean = rng.normal(0, 0.42) + (x - canvas.middle) / 420
        length = rng.uniform(130, 440) * (1.0 - 0.25 * (k / 170))
        dry = rng.random() < palette.straw_share * 0.5
        colour = (
            (straw if dry else dark + (light - dark) * rng.random()) * rng.uniform(0.62, 1.30) * (0.7 + 0.4 * k / 170)
        )
        t = np.linspace(0.0, 1.0, 7, dtype=np.float32)
        bow = lean * (0.35 + 0.85 * t)
        points = np.stack((x + length * t * np.sin(bow), canvas.bottom - length * t * np.cos(bow)), axis=1)
        points[:, 0] = np.clip(points[:, 0], 8, 504)
        canvas.curve(points[:4], rng.uniform(4, 8), colour)
        canvas.curve(points[3:], rng.uniform(2, 4), colour * 1.08)
        if rng.random() < 0.12:
            canvas.blob(float(points[-1, 0]), float(points[-1, 1]), 7, straw * 0.95, 0.4, 90 - math.degrees(lean))
    if palette.bare:
        for _ in range(26):
            canvas.blob(
                canvas.middle + rng.normal(0, 70), canvas.bottom - rng.uniform(0, 14), rng.uniform(10, 26), SNOW, 0.4
            )
    return canvas.finish()


def draw_post() -> Image:
    """Draw a delineator: one metre square, the white post 12 cm wide, black slanted band, amber reflector."""
    canvas = SpriteCanvas()
    left, right, top = 226.0, 286.0, 22.0
    canvas.polygon([(left, canvas.bottom), (right, canvas.bottom), (right, top + 6), (left, top)], (0.92, 0.92, 0.91))
    canvas.polygon(
        [(right - 17, canvas.bottom), (right, canvas.bottom), (right, top + 6), (right - 17, top + 4)],
        (0.68, 0.69, 0.71),
    )
    canvas.polygon([(left, canvas.bottom), (right, canvas.bottom), (right, 470), (left, 484)], (0.58, 0.56, 0.51))
    canvas.polygon([(left, 180), (right, 120), (right, 226), (left, 286)], (0.07, 0.07, 0.07))
    canvas.polygon([(240, 176), (266, 160), (266, 228), (240, 244)], (0.98, 0.60, 0.14))
    canvas.polygon([(240, 176), (250, 170), (250, 238), (240, 244)], (1.0, 0.78, 0.38))
    return canvas.finish()
