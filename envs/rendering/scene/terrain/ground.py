# mypy: allow-untyped-defs, allow-untyped-calls
"""Ground: colour and class of every pixel that shows the ground, by the road camera's own texture and shading.

The road camera shades rows, since in a row of a level picture little varies but the place across the road. Here a
cell of eight pixels takes the row's part: it has one footprint, one level of the texture, one haze.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M, WHEEL_WANDER
from wormdrive.envs.rendering.camera.ground.ground_texture import GRAIN_FROM_M, add_grain, choose_level, fetch_ground
from wormdrive.envs.rendering.camera.ground.litter import lay_litter
from wormdrive.envs.rendering.camera.ground.road_marks import PAINT
from wormdrive.envs.rendering.camera.ground.rows import AHEAD, DEPTH, DROP, FOOT_AHEAD, FOOT_D, FOOT_S, HAZE
from wormdrive.envs.rendering.camera.ground.shading import haze_of, shade_ground
from wormdrive.envs.rendering.camera.ground.shadows import SHADOW_BITS, TEXELS_PER_M, shadow_in, shadow_level
from wormdrive.envs.rendering.camera.lens import CELL
from wormdrive.envs.rendering.camera.road_layout.marks_table import KERB
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.kernels.hashing import hash_pair, share, smooth_noise
from wormdrive.envs.rendering.scene.raster.car_light import MOST_NEAR, cars_near, cast_on_ground
from wormdrive.envs.rendering.scene.terrain.ground_lookup import locate
from wormdrive.envs.rendering.scene.terrain.road_strips import STATION as ROAD_STATION
from wormdrive.envs.seasons.appearance import (
    HEADLIGHTS,
    LITTER,
    MARK_STRENGTH,
    MARK_WEAR,
    MARK_WHITE,
    MARK_YELLOW,
    SUN_AZIMUTH,
    SUN_ELEVATION,
)
from wormdrive.envs.seasons.art.layout import GROUND_TEXELS_PER_M, SHADOW_TEXELS
from wormdrive.envs.seasons.art.mips import RIPMAP_LEVELS_D, RIPMAP_LEVELS_S

__all__ = ["PIXEL_ROWS", "draw_ground", "wander_of"]

f4, i4, u4 = np.float32, np.int32, np.uint32

(
    ACROSS, STATION, PAVED, LATERAL, COVERED, COLOUR, SHADOW_ACROSS, SHADOW_ALONG, KEPT, SHADOWED, BEAM, SEEN, RED,
    GREEN, BLUE, BARE, SHADE, LIGHT_R, LIGHT_G, LIGHT_B,
) = range(20)  # fmt: skip
PIXEL_ROWS: Final = 20
"""Rows of float32 work space that a row of pixels needs."""

_PERIOD_M: Final = 256.0
_GROUND: Final = 0  # what ``owner`` holds where nothing stands before the ground
_LEAST_FALL: Final = 0.004  # of a ray towards the ground, for the footprint's sake
_LONGEST_M: Final = 60.0  # side of a footprint


@glue
def _footprint(camera, a, b, depth):
    """Sides of a pixel's footprint on level ground: along the picture's rows, then down its columns; x, y each [m]."""
    x = camera.forward_x + a * camera.right_x + b * camera.down_x
    y = camera.forward_y + a * camera.right_y + b * camera.down_y
    z = min(camera.forward_z + a * camera.right_z + b * camera.down_z, -_LEAST_FALL)
    scale = depth / camera.focal
    across = camera.right_z / z
    down = camera.down_z / z
    across_x, across_y = scale * (camera.right_x - x * across), scale * (camera.right_y - y * across)
    deep_x, deep_y = scale * (camera.down_x - x * down), scale * (camera.down_y - y * down)
    longest = math.sqrt(deep_x * deep_x + deep_y * deep_y + across_x * across_x + across_y * across_y)
    if longest > _LONGEST_M:
        part = _LONGEST_M / longest
        across_x, across_y, deep_x, deep_y = across_x * part, across_y * part, deep_x * part, deep_y * part
    return across_x, across_y, deep_x, deep_y


@kernel
def _paint(appearance, begin, end, red, green, blue, covered, colour):
    for u in range(begin, end):
        share_of = covered[u]
        if share_of <= f4(0):
            continue
        kind = int(colour[u])
        r, g, b = PAINT[kind, 0], PAINT[kind, 1], PAINT[kind, 2]
        if kind < 2:
            at = MARK_WHITE if kind == 0 else MARK_YELLOW
            r, g, b = appearance[at], appearance[at + 1], appearance[at + 2]
        if kind != KERB:
            fresh = min(max((green[u] - f4(0.10)) * f4(6), f4(0)), f4(1))
            share_of *= appearance[MARK_STRENGTH] * (f4(1) - appearance[MARK_WEAR] * (f4(1) - fresh))
        red[u] += (r - red[u]) * share_of
        green[u] += (g - green[u]) * share_of
        blue[u] += (b - blue[u]) * share_of


@kernel
def _shade(tile, offsets, across, along, shadowed, deep, wide, begin, end, shade):
    """Fill the shadow, 0 (lit) to 1, of places in the tile of ``camera/ground/shadows.py``, or of vehicles."""
    level = shadow_level(deep * f4(TEXELS_PER_M), wide * f4(TEXELS_PER_M))
    scale = f4(256.0) / f4(1 << level)
    mask = u4((SHADOW_TEXELS >> level) - 1)
    line = u4(SHADOW_BITS - level)
    origin = u4(offsets[level])
    for i in range(end - begin):
        u = np.uint64(begin) + np.uint64(i)
        px = i4(math.floor(across[u] * scale - f4(127.5)))
        py = i4(math.floor(along[u] * scale - f4(127.5)))
        t = tile[origin + (((u4(py >> i4(8)) & mask) << line) | (u4(px >> i4(8)) & mask))]
        shade[u] = max(shadow_in(t, px, py), shadowed[u])


@glue
def _place_cell(
    terrain, strips, wander, cars, near_cars, sun, camera, eye_z, v, cell, stride, depths, owner, appearance, shift,
    beam, colour, labelled, through, pixels, rows, labels,
):  # fmt: skip
    """Locate the pixels of a cell and set up its row; say whether it shows any ground."""
    begin = cell * CELL
    middle = -1
    for u in range(begin, begin + CELL):
        at = v * stride + u
        if owner[at] == _GROUND and depths[at] <= f4(FURTHEST_GROUND_M):
            middle = u
            if u >= begin + CELL // 2:
                break
    if middle < 0:
        return False
    west, south, window, cells = terrain.west, terrain.south, terrain.window, terrain.cells
    samples, section, roads, ends, junctions = strips.samples, strips.section, strips.road, strips.ends, strips.junction
    run_count, run_edges, run_values = strips.run_count, strips.run_edges, strips.run_values
    run_label, mark_count, marks = strips.run_label, strips.mark_count, strips.marks
    b = (v + 0.5 - camera.centre_v) / camera.focal
    ray_x, ray_y = camera.forward_x + b * camera.down_x, camera.forward_y + b * camera.down_y
    ray_z = camera.forward_z + b * camera.down_z
    a, depth = (middle + 0.5 - camera.centre_u) / camera.focal, float(depths[v * stride + middle])
    across_x, across_y, deep_x, deep_y = _footprint(camera, a, b, depth)
    if colour:
        middle_x, middle_y = depth * (ray_x + a * camera.right_x), depth * (ray_y + a * camera.right_y)
        ahead = abs(middle_x * sun.level_x + middle_y * sun.level_y)
        rows[cell, AHEAD] = max(ahead, 0.05)
        rows[cell, DROP] = max(-depth * (ray_z + a * camera.right_z), 0.05)
        rows[cell, HAZE] = haze_of(appearance, f4(max(ahead, depth)))
        rows[cell, FOOT_AHEAD] = math.sqrt(deep_x * deep_x + deep_y * deep_y)
        rows[cell, DEPTH] = math.sqrt(across_x * across_x + across_y * across_y)
        spread = CELL * (rows[cell, FOOT_AHEAD] + rows[cell, DEPTH])
        near = cars_near(
            cars, camera.x + middle_x, camera.y + middle_y, spread, sun.cos, sun.sin, sun.reach, sun.lamps, near_cars
        )  # fmt: skip
        # what our own headlights would give here, to which shading refers all lamps
        head = math.exp(-max(ahead, 0.05) / 26.0) * min(1.0, max((ahead - 1.5) * 0.25, 0.1))
    for u in range(begin, begin + CELL):
        at = v * stride + u
        if owner[at] != _GROUND or depths[at] > f4(FURTHEST_GROUND_M):
            for field in range(SEEN + 1):
                pixels[field, u] = f4(0)
            continue
        a, depth = (u + 0.5 - camera.centre_u) / camera.focal, float(depths[at])
        x = camera.x + depth * (ray_x + a * camera.right_x)
        y = camera.y + depth * (ray_y + a * camera.right_y)
        z = eye_z + depth * (ray_z + a * camera.right_z)
        spot = locate(
            west, south, window, cells, samples, section, roads, ends, junctions, run_count, run_edges, run_values,
            run_label, mark_count, marks, wander, x, y, z, across_x, across_y, deep_x, deep_y,
        )  # fmt: skip
        if labelled:
            labels[at] = np.uint8(spot.label)
        if not colour:
            continue
        pixels[ACROSS, u], pixels[STATION, u] = spot.across, _wrapped(spot.station + shift)
        pixels[PAVED, u], pixels[LATERAL, u] = spot.paved, _wrapped(spot.lateral)
        pixels[COVERED, u], pixels[COLOUR, u] = spot.covered, spot.colour
        pixels[SHADOW_ACROSS, u] = _wrapped((y * sun.cos - x * sun.sin) * TEXELS_PER_M)
        pixels[SHADOW_ALONG, u] = _wrapped((x * sun.cos + y * sun.sin) * TEXELS_PER_M * sun.stretch)
        pixels[KEPT, u], pixels[SHADOWED, u], pixels[BEAM, u] = f4(1), f4(0), beam[u]
        if near > 0:
            kept, shadowed, lamp = cast_on_ground(
                cars, near_cars, near, x, y, z, sun.cos, sun.sin, sun.reach, sun.lamps
            )  # fmt: skip
            pixels[KEPT, u], pixels[SHADOWED, u] = kept, shadowed
            pixels[BEAM, u] += f4(lamp / max(head, 1e-9))
        pixels[SEEN, u] = through[at]
        if u == middle:
            foot_d = abs(across_y * spot.cos - across_x * spot.sin) + 0.7 * abs(deep_y * spot.cos - deep_x * spot.sin)
            foot_s = abs(across_x * spot.cos + across_y * spot.sin) + abs(deep_x * spot.cos + deep_y * spot.sin)
            rows[cell, FOOT_D], rows[cell, FOOT_S] = max(foot_d, 0.004), max(foot_s, 0.004)
    return True


@glue
def _wrapped(place):
    """Keep a coordinate within what float32 holds to a millimetre; all textures repeat within this length."""
    return place - _PERIOD_M * math.floor(place / _PERIOD_M)


@kernel
def _add(begin, end, at, kept, from_red, from_green, from_blue, red, green, blue):
    first = np.uint64(at)
    for i in range(end - begin):
        u = np.uint64(begin) + np.uint64(i)
        red[first + u] += kept[u] * from_red[u]
        green[first + u] += kept[u] * from_green[u]
        blue[first + u] += kept[u] * from_blue[u]


@glue
def _draw_row(
    terrain, strips, wander, cars, near_cars, sun, ground, ground_offsets, litter, litter_offsets, shadow,
    shadow_offsets, camera, eye_z, v, stride, depths, owner, appearance, shift, beam, noise, fine, colour, labelled,
    hidden, through, pixels, rows, red, green, blue, labels,
):  # fmt: skip
    across, station, paved, lateral = pixels[ACROSS], pixels[STATION], pixels[PAVED], pixels[LATERAL]
    tint_r, tint_g, tint_b, bare, shade = pixels[RED], pixels[GREEN], pixels[BLUE], pixels[BARE], pixels[SHADE]
    light_r, light_g, light_b = pixels[LIGHT_R], pixels[LIGHT_G], pixels[LIGHT_B]
    cells = stride // CELL
    for cell in range(cells):
        seen = colour and hidden[v * cells + cell] == 0
        if not (seen or labelled):
            continue
        if not _place_cell(
            terrain, strips, wander, cars, near_cars, sun, camera, eye_z, v, cell, stride, depths, owner, appearance,
            shift, beam, seen, labelled, through, pixels, rows, labels,
        ) or not seen:  # fmt: skip
            continue
        begin, end = cell * CELL, cell * CELL + CELL
        foot_s, foot_d = rows[cell, FOOT_S], rows[cell, FOOT_D]
        level_s = choose_level(foot_s, GROUND_TEXELS_PER_M, RIPMAP_LEVELS_S - 1)
        level_d = choose_level(foot_d, GROUND_TEXELS_PER_M, RIPMAP_LEVELS_D - 1)
        fetch_ground(
            ground, ground_offsets[level_s, level_d], level_s, level_d, GROUND_TEXELS_PER_M, across, station, begin,
            end, tint_r, tint_g, tint_b, bare,
        )  # fmt: skip
        if foot_d < f4(GRAIN_FROM_M):
            strength = f4(3.0) * (f4(GRAIN_FROM_M) - foot_d)
            add_grain(noise, strength, lateral, station, begin, end, tint_r, tint_g, tint_b)
        _paint(appearance, begin, end, tint_r, tint_g, tint_b, pixels[COVERED], pixels[COLOUR])
        if appearance[LITTER] > f4(0.01):
            lay_litter(
                rows, cell, litter, litter_offsets, appearance[LITTER], f4(0), fine, lateral, station, begin, end, bare,
                tint_r, tint_g, tint_b,
            )  # fmt: skip
        _shade(
            shadow, shadow_offsets, pixels[SHADOW_ACROSS], pixels[SHADOW_ALONG], pixels[SHADOWED],
            rows[cell, FOOT_AHEAD], rows[cell, DEPTH], begin, end, shade,
        )  # fmt: skip
        for u in range(begin, end):
            light_r[u] = light_g[u] = light_b[u] = f4(0)
        shade_ground(
            rows, cell, appearance, pixels[BEAM], paved, bare, shade, tint_r, tint_g, tint_b, begin, end, 0,
            pixels[SEEN], light_r, light_g, light_b,
        )  # fmt: skip
        _add(begin, end, v * stride, pixels[KEPT], light_r, light_g, light_b, red, green, blue)


class Sun(NamedTuple):
    """What a frame's ground needs to know once.

    Direction to the sun, how far the tile of shadows is stretched along it, length of a shadow over height, whether
    vehicles light the ground, and the camera's heading.
    """

    cos: float
    sin: float
    stretch: float
    reach: float
    lamps: bool
    level_x: float
    level_y: float


@glue
def draw_ground(
    terrain, strips, wander, cars, ground, ground_offsets, litter, litter_offsets, shadow, shadow_offsets, camera,
    eye_z, first, last, stride, depths, owner, appearance, seed, beam, noise, fine, colour, labelled, hidden, through,
    pixels, rows, red, green, blue, labels,
):  # fmt: skip
    """Draw rows ``first`` to ``last`` of the ground wherever nothing else stands.

    ``depths`` and ``owner`` (H * stride,) say what each pixel shows, ``beam`` (stride,) how much of our own headlights
    it gets. ``pixels`` (PIXEL_ROWS, stride) and ``rows`` (cells, ROW_FIELDS) are work space. Light is added to the
    planes, classes are written to ``labels``.
    """
    level = max(math.sqrt(camera.forward_x * camera.forward_x + camera.forward_y * camera.forward_y), 1e-9)
    rise = max(math.tan(appearance[SUN_ELEVATION]), 0.12)
    sun = Sun(
        math.cos(appearance[SUN_AZIMUTH]), math.sin(appearance[SUN_AZIMUTH]), 1.25 * rise, 1.0 / rise,
        appearance[HEADLIGHTS] > f4(0) and len(cars) > 0, camera.forward_x / level, camera.forward_y / level,
    )  # fmt: skip
    near_cars = np.empty(MOST_NEAR, np.int64)
    shift = 32.0 * share(hash_pair(1, seed), 0)
    for v in range(first, last):
        _draw_row(
            terrain, strips, wander, cars, near_cars, sun, ground, ground_offsets, litter, litter_offsets, shadow,
            shadow_offsets, camera, eye_z, v, stride, depths, owner, appearance, shift, beam, noise, fine, colour,
            labelled, hidden, through, pixels, rows, red, green, blue, labels,
        )  # fmt: skip


@glue
def wander_of(samples, seed, wander):
    """Fill ``wander`` (P,): how far the wheel tracks stray at each sample, as a share of the lane's width."""
    for j in range(len(samples)):
        s = samples[j, ROAD_STATION]
        wander[j] = WHEEL_WANDER * (
            0.7 * smooth_noise(s / 43.0, seed) + 0.3 * smooth_noise(s / 11.0, seed + u4(5))
        )  # fmt: skip
