"""Asphalt and paving: what wheels and feet run on."""

from __future__ import annotations

import math

import cv2
import numpy as np

from wormdrive.envs.seasons.art.layout import GROUND_TEXELS, GROUND_TEXELS_PER_M, Strip
from wormdrive.envs.seasons.art.noise import Image, lerp, step, tileable, white

__all__ = ["TRACK_OFFSET", "paint_asphalt", "paint_paving", "wheel_tracks"]

SHAPE = (GROUND_TEXELS, GROUND_TEXELS)
TRACK_OFFSET = 0.75
"""Distance of a wheel track from its lane's middle [m]."""
_MIDDLES = (Strip.LANE_A + Strip.LANE_WIDTH / 2, Strip.LANE_B + Strip.LANE_WIDTH / 2)


def wheel_tracks(c: Image, width_m: float, wander: Image | float = 0.0, power: int = 2) -> Image:
    """1 in the middle of the four wheel tracks, falling to 0 beside them."""
    out = np.zeros(c.shape, np.float32)
    for middle in _MIDDLES:
        for side in (-1.0, 1.0):
            away = (c - middle - side * TRACK_OFFSET - side * wander) / width_m
            out += np.exp(-(away**power))
    return np.clip(out, 0.0, 1.0)


def paint_asphalt(
    rng: np.random.Generator, tone: float, c: Image, low: Image, low_long: Image, mid: Image, high: Image
) -> Image:
    """Paint asphalt everywhere, with wheel tracks and oil in the two lanes, cracks and repairs."""
    grain = white(rng, SHAPE)
    grey = tone * (0.85 + 0.24 * low + 0.12 * (mid - 0.5)) + 0.10 * (grain - 0.5) + 0.07 * (high - 0.5)
    grey = np.where(grain > 0.985, grey * 1.20, grey)  # light chippings
    grey = np.where(grain < 0.015, grey * 0.78, grey)
    grey = grey * (1.0 - 0.14 * wheel_tracks(c, 0.34) * (0.55 + 0.85 * low_long))
    for middle in _MIDDLES:
        drips = step(tileable(rng, SHAPE, (9, 3), 3), 0.52, 0.8)
        oil = np.exp(-(((c - middle) / 0.30) ** 2)) * (0.5 * low + 0.7 * drips)
        grey = grey * (1.0 - 0.15 * oil)
    # the last paver's joint runs between the lanes, and rain darkens the edge
    grey = grey * (1.0 - 0.16 * np.exp(-(((c - 0.10 * (low_long - 0.5)) / 0.05) ** 2)) * step(low, 0.35, 0.6))
    image = grey[..., None] * np.array((1.0, 0.985, 0.96), np.float32)
    image = _repair(rng, image, grain)
    return _crack(rng, image)


def _repair(rng: np.random.Generator, image: Image, grain: Image) -> Image:
    """Lay rectangular patches of younger, darker asphalt with sealed edges."""
    image = image.copy()
    for _ in range(5):
        length, width = int(rng.integers(24, 100)), int(rng.integers(14, 36))
        top = int(rng.integers(0, GROUND_TEXELS - length))
        left = _column(rng.choice((Strip.LANE_A, Strip.LANE_B))) + int(rng.integers(2, 54 - width))
        block = image[top : top + length, left : left + width]
        young = rng.uniform(0.70, 0.86) * (0.97 + 0.10 * (grain[top : top + length, left : left + width] - 0.5))
        block *= young[..., None].astype(np.float32)
        for edge in (block[0], block[-1], block[:, 0], block[:, -1]):
            edge *= 0.84
    return image


def _crack(rng: np.random.Generator, image: Image) -> Image:
    """Draw long cracks, transverse ones, nets of fine ones, and the tar that fills some."""
    fine = np.zeros(SHAPE, np.uint8)
    tar = np.zeros(SHAPE, np.uint8)
    left, right = _column(Strip.ASPHALT), _column(Strip.VERGE + 0.25)
    for k in range(12):
        lengthwise = k % 2 == 0
        _wander(rng, fine, left, right, 0.0 if lengthwise else math.pi / 2, steps=int(rng.integers(10, 46)))
    for _ in range(4):
        _wander(rng, tar, left, right, float(rng.choice((0.0, math.pi / 2))), steps=int(rng.integers(8, 26)))
    for _ in range(2):  # alligator skin, where wheels have broken the base
        column = _column(float(rng.choice(_MIDDLES) + rng.choice((-1, 1)) * TRACK_OFFSET))
        row = int(rng.integers(30, GROUND_TEXELS - 30))
        for _ in range(11):
            start = (column + float(rng.normal(0, 4)), row + float(rng.normal(0, 14)))
            _wander(rng, fine, left, right, float(rng.uniform(0, math.pi)), steps=3, start=start)
    image = lerp(image, image * 0.42, fine.astype(np.float32) / 255.0 * 0.7)
    return lerp(image, np.float32(0.17) * np.ones(3, np.float32), tar.astype(np.float32) / 255.0 * 0.65)


def _wander(
    rng: np.random.Generator,
    canvas: cv2.typing.MatLike,
    left: int,
    right: int,
    heading: float,
    steps: int,
    start: tuple[float, float] | None = None,
) -> None:
    """Draw a line that loses its way, across the seam where s repeats."""
    x, y = start or (float(rng.uniform(left, right)), float(rng.uniform(0, GROUND_TEXELS)))
    heading += float(rng.normal(0, 0.3))
    points = []
    for _ in range(steps):
        points.append((x, y))
        heading += float(rng.normal(0, 0.20))
        y += 4.5 * math.cos(heading)
        x = min(max(x + 4.5 * math.sin(heading), left), right)
    for wrap in (-GROUND_TEXELS, 0, GROUND_TEXELS):
        line = np.round((np.array(points) + np.array((0, wrap))) * 8).astype(np.int32)
        cv2.polylines(canvas, [line], False, 255.0, 1, cv2.LINE_AA, 3)


def paint_paving(rng: np.random.Generator, across: Image, mid: Image, grain: Image) -> tuple[Image, Image]:
    """Lay concrete slabs of half a metre in running bond; also give the joints, 0 to 1."""
    slab = GROUND_TEXELS_PER_M // 2
    rows, columns = np.indices(SHAPE)
    course = columns // slab
    along = (rows + (course % 2) * (slab // 2)) % GROUND_TEXELS
    joints = ((along % slab == 0) | (columns % slab == 0)).astype(np.float32)
    tones = rng.normal(1.0, 0.055, (GROUND_TEXELS // slab, GROUND_TEXELS // slab)).astype(np.float32)
    tone = tones[along // slab, course] * (0.96 + 0.14 * (mid - 0.5) + 0.09 * (grain - 0.5))
    image = tone[..., None] * np.array((0.60, 0.585, 0.56), np.float32)
    kerb = np.clip(1.0 - np.abs(across - 0.15) / 0.12, 0.0, 1.0) * 0.10  # the first course is a light border
    image = image * (1.0 + kerb[..., None])
    return lerp(image, image * 0.62, joints), joints


def _column(c: float) -> int:
    return round((c + 16.0) * GROUND_TEXELS_PER_M)
