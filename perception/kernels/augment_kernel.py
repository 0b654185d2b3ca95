"""The kernel of augmentation: all families on one frame after another, each frame in the core's own cache.

What is drawn for windows and frames comes in tables (``augment_families`` draws it and says what it means); here is how
pictures change by it. Every frame is computed by itself, so that threads do not change bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.compilation import inner, jit, sources_digest
from wormdrive.envs.common.simd import LANES, fill, load, store, store_first, total, where_positive
from wormdrive.envs.common.simd_functions import exp, log
from wormdrive.perception.kernels import augment_surfaces
from wormdrive.perception.kernels.augment_surfaces import (
    clamped,
    cover,
    exaggerate,
    fade_marks,
    make_lines,
    make_section,
    rebrighten,
    spread,
)
from wormdrive.perception.kernels.augment_tables import Floats, FrameDraws, PixelTables, WindowDraws

__all__ = ["augment_frames"]


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
        store(plane, i, load(plane, i) * (one - clamped(side * ten + half) * taken))


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
        value = clamped((load(plane, i) - middle) * gain + lifted)
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
        store_first(target, i, clamped(value), len(target) - i)


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
                    fade_marks(planes[c], classes[m], height, width, window.fade_amount, painted)
            if window.exaggerate != 0:
                for c in range(len(planes)):
                    exaggerate(planes[c], classes[m], pixels.on_road, width, window.exaggerate, rows)
            if window.rebrighten != 0:
                for c in range(len(planes)):
                    rebrighten(planes[c], classes[m], pixels.group, windows.lift[b], windows.gain[b])
            if window.dust_amount != 0:
                for c in range(len(planes)):
                    cover(planes[c], classes[m], pixels.on_ground, window.dust_amount, window.dust_level)
            for lines in (window.tracks, window.seams):
                if lines.amplitude != 0:
                    spread(frames.patches[m], height, width, rows, field)
                    make_lines(pixels, classes[m], lines, frames.pose[m], road, field)
                    for c in range(len(planes)):
                        _add(planes[c], field)
            if window.section.amplitude != 0:
                spread(frames.patches[m], height, width, rows, field)
                make_section(pixels, classes[m], window.section, frames.pose[m], field)
                for c in range(len(planes)):
                    _add(planes[c], field)
            if window.fog_per_m != 0:
                for c in range(len(planes)):
                    _add_fog(planes[c], pixels, window)
            if window.light_field != 0:
                spread(windows.light[b], height, width, rows, field)
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


augment_frames = _compile(sources_digest(augment_surfaces))
