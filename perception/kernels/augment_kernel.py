"""The kernel of augmentation: all families on one frame after another, each frame in the core's own cache.

What is drawn for windows and frames comes in tables (``augment_families`` draws it and says what it means); here is how
pictures change by it. Every frame is computed by itself, so that threads do not change bits.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.compilation import inner, jit, sources_digest
from wormdrive.envs.common.simd import LANES, fill, load, store, store_first, total, where_positive
from wormdrive.envs.common.simd_functions import exp, floor, log, sqrt
from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.perception.cross_section import BLUR_STEP_M

__all__ = ["FAMILIES", "FrameDraws", "PixelTables", "WindowDraws", "augment_frames"]

Floats = NDArray[np.float32]

_MARK, _ROAD = int(SemanticLabel.ROAD_LINES), int(SemanticLabel.ROADS)
_PER_BLUR_STEP = np.float32(1.0 / BLUR_STEP_M)
_SKY, _VEGETATION = int(SemanticLabel.SKY), int(SemanticLabel.VEGETATION)


def _numbers(*names: str) -> list[tuple[str, Any]]:
    return [(name, np.float32) for name in names]


LINES = np.dtype(_numbers("amplitude", "shift_m", "half_gauge_m", "width_m", "patch_gain", "patch_level"))
"""Lines along the road, a pair in every lane."""

SECTION = np.dtype(_numbers("amplitude", "steepness", "threshold", "patch_gain", "patch_level"))
"""The asphalt's own cross-section."""

FAMILIES = np.dtype([
    *_numbers("fade_amount", "exaggerate", "rebrighten", "dust_amount", "dust_level"),
    ("tracks", LINES), ("seams", LINES), ("section", SECTION),
    *_numbers("fog_per_m", "fog_beyond_m", "fog_grey"),
    *_numbers("light_field"),
    *_numbers("shadow_cos", "shadow_sin", "shadow_shift", "shadow_light"),
    *_numbers("contrast_gain", "contrast_lift", "contrast_gamma"),
    *_numbers("negative", "blank_from", "blank_to", "blank_grey", "noise"),
])  # fmt: skip
"""One number of each a window; a family whose first number is 0 is left out."""


class WindowDraws(NamedTuple):
    """What is drawn once a window.

    ``families`` (B,) of ``FAMILIES``; ``lift`` and ``gain`` (B, groups) by the group of a pixel's class; ``light``
    (B, 3, 6): logarithms of a coarse field of light.
    """

    families: NDArray[Any]
    lift: Floats
    gain: Floats
    light: Floats


class FrameDraws(NamedTuple):
    """What belongs to single frames.

    ``pose`` (M, 5): offset [m], cosine and sine of the heading error, curvature [1/m], lane width [m]; ``patches``
    (M, 10, 12) in [0, 1); ``noise_at`` (M, 2): stretches of the table of normals.
    """

    pose: Floats
    patches: Floats
    noise_at: NDArray[np.int64]


class PixelTables(NamedTuple):
    """What is known of each pixel beforehand; all (h * w,), filled up to whole vectors.

    ``forward_m``, ``left_m``, ``distance_m``, ``ground`` (0 or 1) and ``blur_m2`` as ``GroundRays`` has them; ``row``
    and ``column`` from -1 to 1. ``group``, ``on_road`` and ``on_ground`` (256,) by class; ``normals``: a table of
    normal numbers; ``section`` (levels, parts): the asphalt's cross-section, ever more blurred (``BLUR_STEP_M``).
    """

    forward_m: Floats
    left_m: Floats
    distance_m: Floats
    ground: Floats
    blur_m2: Floats
    row: Floats
    column: Floats
    group: NDArray[np.uint8]
    on_road: Floats
    on_ground: Floats
    normals: Floats
    section: Floats


@inner
def _clamped(value: Any) -> Any:
    value = where_positive(value, value, fill(np.float32(0)))
    return where_positive(fill(np.float32(1)) - value, value, fill(np.float32(1)))


@inner
def _fade_marks(plane: Floats, classes: Any, height: int, width: int, amount: np.float32, painted: Any) -> None:
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
def _exaggerate(plane: Floats, classes: Any, on_road: Floats, width: int, gain: np.float32, even: Floats) -> None:
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
def _rebrighten(plane: Floats, classes: Any, group: Any, lift: Floats, gain: Floats) -> None:
    zero, one = np.float32(0), np.float32(1)
    for i in range(len(classes)):
        which = group[classes[i]]
        plane[i] = min(max(lift[which] + gain[which] * plane[i], zero), one)


@inner
def _cover(plane: Floats, classes: Any, on_ground: Floats, amount: np.float32, level: np.float32) -> None:
    for i in range(len(classes)):
        plane[i] += on_ground[classes[i]] * amount * (level - plane[i])


@inner
def _spread(grid: Any, height: int, width: int, rows: Floats, field: Floats) -> None:
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
def _make_lines(pixels: PixelTables, classes: Any, lines: Any, pose: Floats, road: Floats, field: Floats) -> None:
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
        store(field, i, here * (amplitude * _clamped(track * (load(field, i) * gain + level))))


@inner
def _make_section(pixels: PixelTables, classes: Any, section: Any, pose: Floats, field: Floats) -> None:
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


@inner
def _add(plane: Floats, field: Floats) -> None:
    for i in range(0, len(plane), LANES):
        store(plane, i, load(plane, i) + load(field, i))


@inner
def _add_fog(plane: Floats, pixels: PixelTables, window: Any) -> None:
    zero, one, grey = fill(np.float32(0)), fill(np.float32(1)), fill(window.fog_grey)
    beyond, per_m = fill(window.fog_beyond_m), fill(window.fog_per_m)
    distances, grounds = pixels.distance_m, pixels.ground
    for i in range(0, len(plane), LANES):
        distance, value = load(distances, i), load(plane, i)
        distance = where_positive(load(grounds, i), where_positive(beyond - distance, distance, beyond), beyond)
        store(plane, i, value + (one - exp(zero - distance * per_m)) * (grey - value))


@inner
def _light(plane: Floats, field: Floats) -> None:
    for i in range(0, len(plane), LANES):
        store(plane, i, load(plane, i) * exp(load(field, i)))


@inner
def _shade(plane: Floats, pixels: PixelTables, window: Any) -> None:
    cos, sin, shift = fill(window.shadow_cos), fill(window.shadow_sin), fill(window.shadow_shift)
    taken, one = fill(np.float32(1) - window.shadow_light), fill(np.float32(1))
    ten, half = fill(np.float32(10)), fill(np.float32(0.5))
    rows, columns = pixels.row, pixels.column
    for i in range(0, len(plane), LANES):
        side = cos * load(columns, i) + sin * load(rows, i) - shift
        store(plane, i, load(plane, i) * (one - _clamped(side * ten + half) * taken))


@inner
def _sum(plane: Floats, count: int) -> Any:
    sums = fill(np.float32(0))
    whole = count // LANES * LANES
    for i in range(0, whole, LANES):
        sums = sums + load(plane, i)
    light = total(sums)
    for i in range(whole, count):
        light += plane[i]
    return light


@inner
def _change_contrast(plane: Floats, mean: np.float32, window: Any) -> None:
    middle, gain, gamma = fill(mean), fill(window.contrast_gain), fill(window.contrast_gamma)
    lifted, least = fill(mean + window.contrast_lift), fill(np.float32(1e-3))
    for i in range(0, len(plane), LANES):
        value = _clamped((load(plane, i) - middle) * gain + lifted)
        value = where_positive(value - least, value, least)
        store(plane, i, exp(gamma * log(value)))


@inner
def _turn(plane: Floats) -> None:
    for i in range(0, len(plane), LANES):
        store(plane, i, fill(np.float32(1)) - load(plane, i))


@inner
def _finish(plane: Floats, normals: Floats, first: int, second: int, deviation: np.float32, target: Floats) -> None:
    """Add noise, clamp, and put the plane back; a sum of two normal numbers has sqrt(2) times their deviation."""
    scale = fill(deviation * np.float32(0.5**0.5))
    for i in range(0, len(plane), LANES):
        value = load(plane, i)
        if deviation != 0:
            value = value + scale * (load(normals, first + i) + load(normals, second + i))
        store_first(target, i, _clamped(value), len(target) - i)


def _compile(sources: str) -> Any:
    """Compile the kernel; ``sources``, a digest, makes numba's cache notice a change in other files too."""

    @jit
    def augment_frames(
        images: Floats, classes: NDArray[np.uint8], size: tuple[int, int], pixels: PixelTables, windows: WindowDraws,
        frames: FrameDraws, first: int, last: int,
    ) -> None:  # fmt: skip
        """Change frames ``first`` to ``last`` in place.

        ``images`` (M, C, h * w) in [0, 1], ``classes`` (M, h * w), ``size`` (h, w); frame m is of window m // (M / B).
        """
        if sources == "":
            return
        height, width = size
        count, room = height * width, len(pixels.row)
        planes = np.zeros((images.shape[1], room), np.float32)
        field, rows = np.zeros(room, np.float32), np.zeros(16 * width, np.float32)
        road = np.zeros(room, np.float32)
        painted = np.zeros(count, np.uint8)
        families, normals = windows.families, pixels.normals
        per_window = len(images) // len(families)
        for m in range(first, last):
            b = m // per_window
            window = families[b]
            for c in range(len(planes)):
                planes[c, :count] = images[m, c]
            if window.fade_amount != 0:
                for c in range(len(planes)):
                    _fade_marks(planes[c], classes[m], height, width, window.fade_amount, painted)
            if window.exaggerate != 0:
                for c in range(len(planes)):
                    _exaggerate(planes[c], classes[m], pixels.on_road, width, window.exaggerate, rows)
            if window.rebrighten != 0:
                for c in range(len(planes)):
                    _rebrighten(planes[c], classes[m], pixels.group, windows.lift[b], windows.gain[b])
            if window.dust_amount != 0:
                for c in range(len(planes)):
                    _cover(planes[c], classes[m], pixels.on_ground, window.dust_amount, window.dust_level)
            for lines in (window.tracks, window.seams):
                if lines.amplitude != 0:
                    _spread(frames.patches[m], height, width, rows, field)
                    _make_lines(pixels, classes[m], lines, frames.pose[m], road, field)
                    for c in range(len(planes)):
                        _add(planes[c], field)
            if window.section.amplitude != 0:
                _spread(frames.patches[m], height, width, rows, field)
                _make_section(pixels, classes[m], window.section, frames.pose[m], field)
                for c in range(len(planes)):
                    _add(planes[c], field)
            if window.fog_per_m != 0:
                for c in range(len(planes)):
                    _add_fog(planes[c], pixels, window)
            if window.light_field != 0:
                _spread(windows.light[b], height, width, rows, field)
                for c in range(len(planes)):
                    _light(planes[c], field)
            if window.shadow_light != 0:
                for c in range(len(planes)):
                    _shade(planes[c], pixels, window)
            if window.contrast_gain != 0:
                mean = np.float32(0)
                for c in range(len(planes)):
                    mean += _sum(planes[c], count)
                mean /= np.float32(count * len(planes))
                for c in range(len(planes)):
                    _change_contrast(planes[c], mean, window)
            if window.negative != 0:
                for c in range(len(planes)):
                    _turn(planes[c])
            if window.blank_to != window.blank_from:
                begin, end = int(window.blank_from * height) * width, int(window.blank_to * height) * width
                for c in range(len(planes)):
                    planes[c, begin:end] = window.blank_grey
            for c in range(len(planes)):
                begin, again = frames.noise_at[m, 0] + c * count, frames.noise_at[m, 1] + c * count
                _finish(planes[c], normals, begin, again, window.noise, images[m, c])

    return augment_frames


augment_frames = _compile(sources_digest())
