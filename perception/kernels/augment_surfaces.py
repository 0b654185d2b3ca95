"""How augmentation changes surfaces: marks, regions, dust, and lines along the road; compiled into its kernel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wormdrive.envs.common.compilation import inner
from wormdrive.envs.common.simd import LANES, fill, load, store, total, where_positive
from wormdrive.envs.common.simd_functions import exp, floor, sqrt
from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.perception.cross_section import BLUR_STEP_M
from wormdrive.perception.kernels.augment_tables import Floats, PixelTables

__all__ = ["clamped", "cover", "exaggerate", "fade_marks", "make_lines", "make_section", "rebrighten", "spread"]

_MARK, _ROAD = int(SemanticLabel.ROAD_LINES), int(SemanticLabel.ROADS)
_PER_BLUR_STEP = np.float32(1.0 / BLUR_STEP_M)
_SKY, _VEGETATION = int(SemanticLabel.SKY), int(SemanticLabel.VEGETATION)


@inner
def clamped(value: Any) -> Any:
    """Return lanes clamped to [0, 1]."""
    value = where_positive(value, value, fill(np.float32(0)))
    return where_positive(fill(np.float32(1)) - value, value, fill(np.float32(1)))


@inner
def fade_marks(plane: Floats, classes: Any, height: int, width: int, amount: np.float32, painted: Any) -> None:
    """Move marks, and what they have brightened beside them, towards the road around them; beyond it if amount > 1."""
    top, bottom = height, 0
    for i in range(height * width):
        painted[i] = 0
    for y in range(height):
        for x in range(width):
            if classes[y * width + x] == _MARK:
                top, bottom = min(top, y - 1), max(bottom, y + 2)
                for near_y in range(max(y - 1, 0), min(y + 2, height)):
                    for near_x in range(max(x - 1, 0), min(x + 2, width)):
                        near = near_y * width + near_x
                        if classes[near] != _SKY and classes[near] != _VEGETATION:
                            painted[near] = 1
    for y in range(max(top, 0), min(bottom, height)):
        for x in range(width):
            if painted[y * width + x]:
                count, light = 0, np.float32(0)
                for near_y in range(max(y - 1, 0), min(y + 2, height)):
                    for near_x in range(max(x - 4, 0), min(x + 5, width)):
                        near = near_y * width + near_x
                        if classes[near] == _ROAD and not painted[near]:
                            count += 1
                            light += plane[near]
                if count:
                    here = y * width + x
                    plane[here] += amount * (light / np.float32(count) - plane[here])


@inner
def exaggerate(plane: Floats, classes: Any, on_road: Floats, width: int, gain: np.float32, even: Floats) -> None:
    """Multiply what a row of road, smoothed along it, differs from the row's mean."""
    zero, one, least = np.float32(0), np.float32(1), 8
    for first in range(0, len(classes), width):
        count, light = 0, zero
        for i in range(first, first + width):
            if on_road[classes[i]] != 0:
                count += 1
                light += plane[i]
        if count >= least:
            mean = light / np.float32(count)
            for i in range(first, first + width):
                even[i - first] = plane[i]
                if on_road[classes[i]] != 0:
                    near, weight = plane[i], one
                    if i > first and on_road[classes[i - 1]] != 0:
                        near, weight = near + plane[i - 1], weight + one
                    if i + 1 < first + width and on_road[classes[i + 1]] != 0:
                        near, weight = near + plane[i + 1], weight + one
                    even[i - first] = min(max(mean + gain * (near / weight - mean), zero), one)
            for i in range(first, first + width):
                plane[i] = even[i - first]


@inner
def rebrighten(plane: Floats, classes: Any, group: Any, lift: Floats, gain: Floats) -> None:
    """Lift and multiply each pixel by its group's numbers."""
    zero, one = np.float32(0), np.float32(1)
    for i in range(len(classes)):
        which = group[classes[i]]
        plane[i] = min(max(lift[which] + gain[which] * plane[i], zero), one)


@inner
def cover(plane: Floats, classes: Any, on_ground: Floats, amount: np.float32, level: np.float32) -> None:
    """Mix the road and the verges with one grey."""
    for i in range(len(classes)):
        plane[i] += on_ground[classes[i]] * amount * (level - plane[i])


@inner
def spread(grid: Any, height: int, width: int, rows: Floats, field: Floats) -> None:
    """Enlarge a coarse grid to the picture's size, bilinearly, its cells' middles in place; the rim is continued."""
    grid_height, grid_width = grid.shape
    for x in range(width):
        at = min(max((x + 0.5) * grid_width / width - 0.5, 0.0), grid_width - 1.0)
        left = min(int(at), grid_width - 2)
        share = np.float32(at - left)
        for g in range(grid_height):
            rows[g * width + x] = grid[g, left] + share * (grid[g, left + 1] - grid[g, left])
    for y in range(height):
        at = min(max((y + 0.5) * grid_height / height - 0.5, 0.0), grid_height - 1.0)
        above = min(int(at), grid_height - 2)
        share = np.float32(at - above)
        first, second, target = above * width, (above + 1) * width, y * width
        for x in range(width):
            field[target + x] = rows[first + x] + share * (rows[second + x] - rows[first + x])


@inner
def make_lines(pixels: PixelTables, classes: Any, lines: Any, pose: Floats, road: Floats, field: Floats) -> None:
    """Turn ``field``, patches from 0 to 1, into what lines along the road add to each pixel."""
    on_road, ground = pixels.on_road, pixels.ground
    for i in range(len(classes)):
        road[i] = on_road[classes[i]] * ground[i]
    one, half = fill(np.float32(1)), fill(np.float32(0.5))
    forward, left, blur = pixels.forward_m, pixels.left_m, pixels.blur_m2
    offset, cos, sin = fill(pose[0]), fill(pose[1]), fill(pose[2])
    k, lane_width, per_m = fill(pose[3]), fill(pose[4]), fill(np.float32(1) / pose[4])
    shift, half_gauge = fill(lines.shift_m), fill(lines.half_gauge_m)
    width2 = fill(lines.width_m * lines.width_m)
    gain, level, amplitude = fill(lines.patch_gain), fill(lines.patch_level), fill(lines.amplitude)
    zero = fill(np.float32(0))
    for i in range(0, len(field), LANES):
        here = load(road, i)
        if total(here) == 0:
            store(field, i, zero)
            continue
        ahead, aside = load(forward, i), load(left, i)
        # Lateral position on a road of curvature k, as `GroundRays.lateral_m` derives it.
        x = ahead * cos - aside * sin
        y = ahead * sin + aside * cos + offset
        kx, ky = k * x, one - k * y
        lateral = (y + y - k * (x * x + y * y)) / (one + sqrt(kx * kx + ky * ky))
        lanes = lateral * per_m + half
        in_lane = (lanes - floor(lanes) - half) * lane_width + shift
        from_track = where_positive(in_lane, in_lane, zero - in_lane) - half_gauge
        track = exp(zero - from_track * from_track / (width2 + load(blur, i)))
        store(field, i, here * (amplitude * clamped(track * (load(field, i) * gain + level))))


@inner
def make_section(pixels: PixelTables, classes: Any, section: Any, pose: Floats, field: Floats) -> None:
    """Turn ``field``, patches from 0 to 1, into what the asphalt's cross-section adds to each pixel."""
    levels, parts = pixels.section.shape
    one, half = np.float32(1), np.float32(0.5)
    offset, cos, sin, k, lane_width = pose[0], pose[1], pose[2], pose[3], pose[4]
    for i in range(len(field)):
        added = np.float32(0)
        if i < len(classes) and pixels.on_road[classes[i]] * pixels.ground[i] != 0:
            ahead, aside = pixels.forward_m[i], pixels.left_m[i]
            x = ahead * cos - aside * sin
            y = ahead * sin + aside * cos + offset
            kx, ky = k * x, one - k * y
            lateral = (y + y - k * (x * x + y * y)) / (one + np.float32(math.sqrt(kx * kx + ky * ky)))
            lanes = lateral / lane_width + half
            at = (lanes - np.float32(math.floor(lanes))) * np.float32(parts) - half
            before = math.floor(at)
            share = at - np.float32(before)
            level = min(int(np.float32(math.sqrt(pixels.blur_m2[i])) * _PER_BLUR_STEP), levels - 1)
            left, right = pixels.section[level, before % parts], pixels.section[level, (before + 1) % parts]
            value = section.steepness * (left + share * (right - left) - section.threshold)
            # the logistic function: a band darker than the threshold to one side of it, the rest to the other
            worn = one / (one + np.float32(math.exp(-value)))
            added = section.amplitude * min(max(worn * (field[i] * section.patch_gain + section.patch_level), 0), 1)
        field[i] = added
