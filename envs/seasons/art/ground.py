"""Ground: road surfaces, verge and grass of one season, seen from above.

Bareness, the fourth channel, is spread evenly over [0, 1] on the lanes, so that a snow threshold of 0.4 covers two
fifths of them and puddles of 0.2 one fifth. It is highest in the wheel tracks; where nobody drives, and more so beside
the road, it stays lower, so that shoulders and verges are white before the lanes are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from wormdrive.envs.seasons.art import asphalt, grass
from wormdrive.envs.seasons.art.layout import GROUND_TEXELS, GROUND_TEXELS_PER_M, Strip
from wormdrive.envs.seasons.art.noise import Image, lerp, ranks, step, tileable, white
from wormdrive.envs.seasons.art.palette import Palette

__all__ = ["paint_ground"]

SHAPE = (GROUND_TEXELS, GROUND_TEXELS)
GUARD = 0.25  # half of the half metre between two strips [m]
UNTRAVELLED = 0.62  # barest that asphalt gets where nobody drives


@dataclass(frozen=True, eq=False)
class _Noises:
    """Fields that several materials share, so that edges, stains and tufts agree."""

    low: Image
    low_long: Image
    mid: Image
    high: Image
    grain: Image


def paint_ground(palette: Palette, seed: int) -> Image:
    """Paint (512, 512, 4): rows along s, columns across as in ``layout``; RGB roots of reflectance, bareness."""
    rng = np.random.default_rng((seed, 17))
    noises = _Noises(
        low=tileable(rng, SHAPE, (64, 32)),
        low_long=tileable(rng, SHAPE, (128, 64)),
        mid=tileable(rng, SHAPE, (16, 16)),
        high=tileable(rng, SHAPE, (4, 4), 2),
        grain=white(rng, SHAPE),
    )
    c = ((np.arange(GROUND_TEXELS, dtype=np.float32) + 0.5) / GROUND_TEXELS_PER_M - 16.0)[None, :]
    c = np.broadcast_to(c, SHAPE).astype(np.float32)

    road = asphalt.paint_asphalt(rng, palette.asphalt, c, noises.low, noises.low_long, noises.mid, noises.high)
    slabs, joints = asphalt.paint_paving(rng, c - Strip.PAVING, noises.mid, noises.grain)
    meadow = grass.paint_meadow(rng, palette, noises.low, noises.low_long, noises.mid, noises.high, noises.grain)
    wood = grass.paint_floor(rng, palette, noises.mid, noises.high)

    verge, verge_bareness = _verge(rng, palette, c, road, meadow, wood, noises)
    mown = meadow.colour * (0.94 + 0.10 * (noises.mid[..., None] - 0.5))

    image = np.empty((*SHAPE, 4), np.float32)
    image[..., :3] = road
    image[..., 3] = _road_bareness(c, noises)
    for begin, end, colour, bareness in (
        (Strip.VERGE, Strip.VERGE_END + 0.5, verge, verge_bareness),
        (Strip.PAVING - GUARD, Strip.ASPHALT - GUARD, slabs, _slab_bareness(joints, noises)),
        (-16.0, Strip.PAVING - GUARD, mown, grass.bareness(meadow, noises.low, noises.mid)),
        (Strip.VERGE_END + 0.5, 16.0, mown, grass.bareness(meadow, noises.low, noises.mid)),
    ):
        columns = (c[0] >= begin) & (c[0] < end)
        image[:, columns, :3] = colour[:, columns]
        image[:, columns, 3] = bareness[:, columns]
    return np.clip(image, (0.01, 0.01, 0.01, 0.0), 1.0).astype(np.float32)


def _verge(
    rng: np.random.Generator,
    palette: Palette,
    c: Image,
    road: Image,
    meadow: grass.Meadow,
    wood: Image,
    noises: _Noises,
) -> tuple[Image, Image]:
    """From the road's edge outwards: broken asphalt, gravel, grass with a ditch, forest floor."""
    pebbles = tileable(rng, SHAPE, (3, 3), 2)
    tone = 0.60 + 0.62 * pebbles + 0.26 * (noises.mid - 0.5) + 0.26 * (noises.grain - 0.5)
    gravel = np.array(palette.gravel, np.float32) * tone[..., None]
    gravel = lerp(gravel, gravel * (0.92, 0.86, 0.78), step(noises.low_long, 0.45, 0.8) * 0.6)

    off_road = c - (Strip.VERGE + 0.24 + 0.24 * (noises.mid - 0.5) + 0.14 * (noises.high - 0.5))
    crumbling = 1.0 - 0.30 * np.exp(-((off_road / 0.14) ** 2))
    image = lerp(road * crumbling[..., None], gravel, step(off_road, -0.04, 0.05))

    off_gravel = c - (Strip.VERGE + 1.05 + 1.0 * (noises.mid - 0.5) + 0.6 * (noises.low - 0.5))
    grown = step(off_gravel, -0.15, 0.25) * (1.0 - 0.4 * (pebbles > 0.7) * (c < Strip.VERGE + 1.8))
    weeds = step(meadow.tuft + 0.2 * noises.grain, 0.86, 0.98) * step(off_road, 0.25, 0.6) * 0.8
    image = lerp(image, meadow.colour, np.maximum(grown, weeds))

    # trees begin some eight metres out; between the patches of forest floor grass goes on
    under_trees = step(c + 3.0 * (noises.low - 0.5) + 1.5 * (noises.mid - 0.5), 7.6, 9.6)
    image = lerp(image, wood, under_trees * (0.62 + 0.33 * noises.low_long))
    ditch = np.exp(-(((c - Strip.VERGE - 2.6 - 0.5 * (noises.low - 0.5)) / 0.5) ** 2))
    image = image * (1.0 - 0.26 * ditch)[..., None]
    image = _repeatable(image)

    bareness = grass.bareness(meadow, noises.low, noises.mid)
    stones = 0.16 + 0.30 * (noises.mid - 0.5) + 0.20 * (pebbles - 0.5)
    bank = 0.5 * np.exp(-((off_road / 0.5) ** 2))  # ploughs leave their bank at the edge: last to melt, first to lie
    bareness = lerp(np.clip(stones, 0.0, 1.0) * (1.0 - bank), bareness, grown)
    return image, np.clip(bareness, 0.0, 1.0)


def _repeatable(image: Image) -> Image:
    """Fade the last metre before ``VERGE_END`` into what stands before ``VERGE_REPEAT_FROM``, where c jumps back to."""
    image = image.copy()
    first, last = (round((c + 16.0) * GROUND_TEXELS_PER_M) for c in (Strip.VERGE_REPEAT_FROM, Strip.VERGE_END))
    fade = GROUND_TEXELS_PER_M
    t = (np.arange(fade, dtype=np.float32) + 0.5)[None, :, None] / fade
    image[:, last - fade : last] = lerp(image[:, last - fade : last], image[:, first - fade : first], t)
    image[:, last : last + fade] = image[:, first : first + fade]
    return image


def _road_bareness(c: Image, noises: _Noises) -> Image:
    """Evenly spread over every lane: lowest at edges and between lanes, highest in the wheel tracks."""
    noise = 0.25 * (noises.mid - 0.5) + 0.34 * (noises.low - 0.5) + 0.10 * (noises.high - 0.5)
    tracks = asphalt.wheel_tracks(c, 0.30, wander=0.20 * (noises.low_long - 0.5), power=4)
    between = np.abs(np.abs(c) - Strip.LANE_WIDTH / 2)
    height = 0.30 + noise + 0.62 * tracks * (0.45 + 0.85 * noises.low_long) + 0.16 * (noises.low_long - 0.5)
    height = height - 0.14 * step(between, 1.2, 1.7)
    out: Image = np.empty(SHAPE, np.float32)
    lanes = (c[0] >= Strip.LANE_A - GUARD) & (c[0] < Strip.LANE_B + Strip.LANE_WIDTH)
    out[:, lanes] = ranks(height[:, lanes])
    out[:, ~lanes] = UNTRAVELLED * ranks((0.5 + noise)[:, ~lanes])
    return out


def _slab_bareness(joints: Image, noises: _Noises) -> Image:
    return UNTRAVELLED * ranks(
        0.5 + 0.4 * (noises.mid - 0.5) + 0.3 * (noises.low - 0.5) - 0.25 * cv2.GaussianBlur(joints, (0, 0), 1.0)
    )
