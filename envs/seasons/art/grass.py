"""Grass and forest floor."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from wormdrive.envs.seasons.art.layout import GROUND_TEXELS
from wormdrive.envs.seasons.art.noise import Image, lerp, step, tileable, white
from wormdrive.envs.seasons.art.palette import Palette

__all__ = ["Meadow", "bareness", "paint_floor", "paint_meadow"]

SHAPE = (GROUND_TEXELS, GROUND_TEXELS)
_FLOWERS = np.array(((1.0, 0.93, 0.30), (1.0, 1.0, 1.0), (0.80, 0.58, 0.95), (0.95, 0.45, 0.45)), np.float32)


@dataclass(frozen=True, eq=False)
class Meadow:
    """Grass from above: colours (512, 512, 3) and where its tufts stand (512, 512), 0 to 1."""

    colour: Image
    tuft: Image


def paint_meadow(
    rng: np.random.Generator, palette: Palette, low: Image, low_long: Image, mid: Image, high: Image, grain: Image
) -> Meadow:
    """Paint tufts, blades, dry patches, clover and flowers."""
    tuft = tileable(rng, SHAPE, (10, 5), 3)
    blades = tileable(rng, SHAPE, (3, 1.5), 2)
    dark, light = np.array(palette.grass_dark, np.float32), np.array(palette.grass_light, np.float32)
    lit = np.clip(0.55 * tuft + 0.45 * mid + 0.25 * (low - 0.5) - 0.02, 0.0, 1.0)
    tone = 0.60 + 0.44 * high + 0.30 * (blades - 0.5) + 0.28 * (grain - 0.5) + 0.34 * (tuft - 0.5)
    colour = lerp(dark, light, lit) * tone[..., None]
    dry = step(low_long + 0.3 * (mid - 0.5), 0.56, 0.80) * palette.straw_share
    straw = np.array(palette.straw, np.float32) * (0.60 + 0.55 * high + 0.30 * (blades - 0.5))[..., None]
    colour = lerp(colour, straw, dry)
    if palette.flowers > 0.0:
        colour = _flowers(rng, colour, palette.flowers, low)
    return Meadow(np.clip(colour, 0.0, 1.0).astype(np.float32), tuft)


def _flowers(rng: np.random.Generator, colour: Image, share: float, low: Image) -> Image:
    """Sow flowers in drifts of one kind each."""
    kind = np.clip((tileable(rng, SHAPE, (60, 60), 2) * len(_FLOWERS)).astype(int), 0, len(_FLOWERS) - 1)
    seeds = (white(rng, SHAPE) < share * 2.2 * step(low, 0.35, 0.75)).astype(np.float32)
    soft = np.clip(seeds + 0.35 * cv2.GaussianBlur(seeds, (0, 0), 0.7, borderType=cv2.BORDER_REPLICATE), 0.0, 1.0)
    return lerp(colour, _FLOWERS[kind], soft)


def paint_floor(rng: np.random.Generator, palette: Palette, mid: Image, high: Image) -> Image:
    """Paint what lies under trees: earth, old leaves, moss."""
    leaves = step(tileable(rng, SHAPE, (3, 3), 2) + 0.4 * (mid - 0.5), 0.50, 0.72)
    moss = step(tileable(rng, SHAPE, (24, 24), 3), 0.58, 0.76) * 0.7
    earth = np.array(palette.floor, np.float32) * (0.55 + 0.75 * high + 0.4 * (mid - 0.35))[..., None]
    old = np.array(palette.floor_litter, np.float32) * (0.65 + 0.6 * white(rng, SHAPE))[..., None]
    green = np.array(palette.grass_dark, np.float32) * (0.75 + 0.5 * high)[..., None]
    return np.asarray(np.clip(lerp(lerp(earth, green, moss), old, leaves * 0.75), 0.0, 1.0), np.float32)


def bareness(meadow: Meadow, low: Image, mid: Image) -> Image:
    """Snow lies early on grass; the tips of tufts come out last to be covered."""
    ground = 0.14 + 0.26 * (low - 0.5) + 0.18 * (mid - 0.5)
    tips = 0.48 * step(meadow.tuft, 0.70, 0.98)
    return np.asarray(np.clip(ground + tips, 0.0, 1.0), np.float32)
