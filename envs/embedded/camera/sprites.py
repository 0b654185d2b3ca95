"""Sprites: upright pictures of trees, posts and cars, drawn back to front over the ground.

A sprite is one call: for each of its rows the baked span of opaque columns bounds the loop, which runs in blocks of fixed
length. A block may run over its span, where the texture's border column is transparent.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.camera.numba_options import glue, kernel
from wormdrive.envs.embedded.camera.rows import AHEAD
from wormdrive.envs.embedded.camera.shading import haze_of
from wormdrive.envs.seasons.appearance import AMBIENT, FOG, SUN
from wormdrive.envs.seasons.art.layout import SPRITE_TEXELS

__all__ = ["OVERHANG", "Canvas", "Eye", "draw_sprite"]

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64

OVERHANG = 16
"""Picture planes are this much longer than the picture, since blocks may run over its end."""

_LEVELS = 7
_NEAREST_M = 1.2
_SUNLIT = 0.62
_OPAQUE = 128  # alpha from which a sprite owns a pixel's label and depth


class Canvas(NamedTuple):
    """What a frame is drawn on.

    ``red, green, blue`` (H * W + OVERHANG,) float32 linear light; ``label`` (H * W,) uint8 and ``depth`` (H * W,)
    float32 [m], or (1,) when not wanted; ``top``: first row of ground; ``rows`` the row table.
    """

    width: int
    height: int
    red: NDArray[np.float32]
    green: NDArray[np.float32]
    blue: NDArray[np.float32]
    label: NDArray[np.uint8]
    depth: NDArray[np.float32]
    colour: bool
    labelled: bool
    top: int
    rows: NDArray[np.float32]


class Eye(NamedTuple):
    """Where a frame is seen from: position [m], heading and its sine and cosine, pitch's, and the lens's centre."""

    x: float
    y: float
    z: float
    heading: float
    cos_heading: float
    sin_heading: float
    cos_pitch: float
    sin_pitch: float
    focal: float
    centre_u: float
    centre_v: float


@kernel
def _blit(
    texels, spans, origin, side, x, step, base_v, step_v, top, bottom, left, right, width,
    light_r, light_g, light_b, fog_r, fog_g, fog_b, red, green, blue,
):  # fmt: skip
    to_unit, byte, last, per_step = f4(1 / 255.0), u4(255), i4(side - 1), f4(1) / step
    for v in range(top, bottom):
        line = min(max(int((base_v - f4(v) - f4(0.5)) * step_v), 0), side - 1)
        first, end = f4(spans[line, 0]), f4(spans[line, 1])
        if end <= first:
            continue
        one, other = (first - x) * per_step, (end - x) * per_step
        begin = max(left, left + int(math.ceil(min(one, other))))
        count = min(right, left + int(math.floor(max(one, other))) + 1) - begin
        if count <= 0:
            continue
        start = x + step * f4(begin - left)
        target = u8(v * width + begin)
        source = origin + u4(line * side)
        for block in range((count + 7) >> 3):
            block_x = start + step * f4(block * 8)
            block_at = target + u8(block * 8)
            for u in range(8):
                column = min(max(i4(block_x + step * f4(i4(u))), i4(0)), last)
                texel = texels[source + u4(column)]
                alpha = f4(i4(texel >> u4(24))) * to_unit
                r = f4(i4(texel & byte))
                g = f4(i4((texel >> u4(8)) & byte))
                b = f4(i4((texel >> u4(16)) & byte))
                rest = f4(1) - alpha
                at = block_at + u8(u)
                red[at] = red[at] * rest + (r * r * light_r + alpha * fog_r)
                green[at] = green[at] * rest + (g * g * light_g + alpha * fog_g)
                blue[at] = blue[at] * rest + (b * b * light_b + alpha * fog_b)


@kernel
def _blit_fine(
    texels, spans, origin, side, x, step, base_v, step_v, top, bottom, left, right, width,
    light_r, light_g, light_b, fog_r, fog_g, fog_b, red, green, blue,
):  # fmt: skip
    to_unit, byte, last, per_step = f4(1 / 255.0), u4(255), i4(side - 1), f4(1) / step
    for v in range(top, bottom):
        y = max((base_v - f4(v) - f4(0.5)) * step_v - f4(0.5), f4(0))
        line = min(int(y), side - 1)
        above = min(line + 1, side - 1)
        first = f4(min(spans[line, 0], spans[above, 0])) - f4(1)
        end = f4(max(spans[line, 1], spans[above, 1])) + f4(1)
        if spans[line, 1] <= spans[line, 0] and spans[above, 1] <= spans[above, 0]:
            continue
        if spans[line, 1] <= spans[line, 0]:
            first = f4(spans[above, 0]) - f4(1)
        elif spans[above, 1] <= spans[above, 0]:
            first = f4(spans[line, 0]) - f4(1)
        one, other = (first - x) * per_step, (end - x) * per_step
        begin = max(left, left + int(math.ceil(min(one, other))))
        count = min(right, left + int(math.floor(max(one, other))) + 1) - begin
        if count <= 0:
            continue
        start = x + step * f4(begin - left)
        target = u8(v * width + begin)
        near, far = origin + u4(line * side), origin + u4(above * side)
        wy = min(y - f4(line), f4(1))
        for block in range((count + 7) >> 3):
            block_x = start + step * f4(block * 8)
            block_at = target + u8(block * 8)
            for u in range(8):
                place = max(block_x + step * f4(i4(u)) - f4(0.5), f4(0))
                column = i4(place)
                wx = place - f4(column)
                here, beside = u4(min(column, last)), u4(min(column + i4(1), last))
                a, b, c, d = texels[near + here], texels[near + beside], texels[far + here], texels[far + beside]
                w11 = wx * wy
                w10, w01 = wy - w11, wx - w11
                w00 = f4(1) - wx - w10
                r = f4(i4(a & byte)) * w00 + f4(i4(b & byte)) * w01 + f4(i4(c & byte)) * w10 + f4(i4(d & byte)) * w11
                g = (
                    f4(i4((a >> u4(8)) & byte)) * w00
                    + f4(i4((b >> u4(8)) & byte)) * w01
                    + f4(i4((c >> u4(8)) & byte)) * w10
                    + f4(i4((d >> u4(8)) & byte)) * w11
                )
                bl = (
                    f4(i4((a >> u4(16)) & byte)) * w00
                    + f4(i4((b >> u4(16)) & byte)) * w01
                    + f4(i4((c >> u4(16)) & byte)) * w10
                    + f4(i4((d >> u4(16)) & byte)) * w11
                )
                alpha = (
                    f4(i4(a >> u4(24))) * w00
                    + f4(i4(b >> u4(24))) * w01
                    + f4(i4(c >> u4(24))) * w10
                    + f4(i4(d >> u4(24))) * w11
                ) * to_unit
                rest = f4(1) - alpha
                at = block_at + u8(u)
                red[at] = red[at] * rest + (r * r * light_r + alpha * fog_r)
                green[at] = green[at] * rest + (g * g * light_g + alpha * fog_g)
                blue[at] = blue[at] * rest + (bl * bl * light_b + alpha * fog_b)


@kernel
def _stamp(
    texels, origin, side, x, step, base_v, step_v, top, bottom, left, right, width, label, distance, labels, depths
):  # fmt: skip
    last = i4(side - 1)
    for v in range(top, bottom):
        line = min(max(int((base_v - f4(v) - f4(0.5)) * step_v), 0), side - 1)
        source = origin + u4(line * side)
        target = u8(v * width + left)
        for u in range(right - left):
            column = min(max(i4(x + step * f4(i4(u))), i4(0)), last)
            hit = texels[source + u4(column)] >= u4(_OPAQUE << 24)
            at = target + u8(u)
            labels[at] = label if hit else labels[at]
            depths[at] = distance if hit else depths[at]


@glue
def draw_sprite(
    canvas, eye, looks, atlas, offsets, spans, sprite, ahead, left_m, height_m, wide, tall, mirrored, tint_r, tint_g, tint_b,
    lamp, label, fine,
):  # fmt: skip
    """Draw one sprite whose foot stands ``ahead``, ``left_m`` and ``height_m`` [m] of the eye.

    ``wide`` and ``tall`` [m] is the size of the whole texture; the tint multiplies its colours; ``lamp`` is light from our
    own headlights.
    """
    distance = ahead * eye.cos_pitch - height_m * eye.sin_pitch
    if distance < _NEAREST_M:
        return
    scale = eye.focal / distance
    middle = eye.centre_u - left_m * scale
    base_v = f4(eye.centre_v - (ahead * eye.sin_pitch + height_m * eye.cos_pitch) * scale)
    w, h = f4(wide * scale), f4(tall * scale)
    begin = f4(middle) - f4(0.5) * w
    if begin + w <= f4(0) or begin >= f4(canvas.width):
        return
    if base_v - h >= f4(canvas.height) or base_v <= f4(0):
        return
    level = min(int(math.log2(max(f4(SPRITE_TEXELS) / max(w, f4(0.5)), f4(1))) + f4(0.4)), _LEVELS - 1)
    side = SPRITE_TEXELS >> level
    left, right = max(int(math.floor(begin + f4(0.5))), 0), min(int(math.floor(begin + w + f4(0.5))), canvas.width)
    top = max(int(math.floor(base_v - h + f4(0.5))), 0)
    bottom = min(int(math.floor(base_v + f4(0.5))), canvas.height)
    before = f4(ahead * 0.96 - 1.5)
    while bottom > top and bottom > canvas.top and canvas.rows[bottom - 1, AHEAD] < before:
        bottom -= 1  # nearer ground hides the foot: it stands behind a crest
    if right <= left or bottom <= top:
        return
    step, step_v = f4(side) / w, f4(side) / h
    x = (f4(left) + f4(0.5) - begin) * step
    if mirrored:
        x, step = f4(side) - x, -step
    x = max(min(x, f4(side) - f4(0.01)), f4(0))
    origin = u4(offsets[sprite, level])
    if canvas.colour:
        haze = haze_of(looks, f4(distance))
        veil = f4(1) - haze
        gain = haze * f4(1 / 65025.0)
        light_r = (looks[AMBIENT] + f4(_SUNLIT) * looks[SUN] + lamp) * tint_r * gain
        light_g = (looks[AMBIENT + 1] + f4(_SUNLIT) * looks[SUN + 1] + lamp * f4(0.95)) * tint_g * gain
        light_b = (looks[AMBIENT + 2] + f4(_SUNLIT) * looks[SUN + 2] + lamp * f4(0.82)) * tint_b * gain
        fog_r, fog_g, fog_b = looks[FOG] * veil, looks[FOG + 1] * veil, looks[FOG + 2] * veil
        if fine:
            _blit_fine(
                atlas, spans[sprite, level], origin, side, x, step, base_v, step_v, top, bottom, left, right, canvas.width,
                light_r, light_g, light_b, fog_r, fog_g, fog_b, canvas.red, canvas.green, canvas.blue,
            )  # fmt: skip
        else:
            _blit(
                atlas, spans[sprite, level], origin, side, x, step, base_v, step_v, top, bottom, left, right, canvas.width,
                light_r, light_g, light_b, fog_r, fog_g, fog_b, canvas.red, canvas.green, canvas.blue,
            )  # fmt: skip
    if canvas.labelled:
        _stamp(
            atlas, origin, side, x, step, base_v, step_v, top, bottom, left, right, canvas.width, np.uint8(label),
            f4(distance), canvas.label, canvas.depth,
        )  # fmt: skip
