# mypy: allow-untyped-defs, allow-untyped-calls
"""Sprites: upright pictures of trees, posts and cars, and lit lamps, drawn front to back before all else.

What is to be drawn comes as a list (``things``), nearest first. Besides light, every pixel keeps how much still shows
through. Rows are cut into cells of sixteen pixels; a cell that nothing shows through any more is hidden, and skipped by
whatever would come behind. In a wood that is most of it. For each of a sprite's rows the baked span of opaque columns
bounds the loop; its first and last cell may run over the span, where the texture's border is transparent.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from wormdrive.envs.rendering.camera.ground.rows import AHEAD
from wormdrive.envs.rendering.camera.ground.shading import haze_of
from wormdrive.envs.rendering.camera.lens import SPRITE_CELL
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.seasons.appearance import AMBIENT, FOG, SUN
from wormdrive.envs.seasons.art.layout import SPRITE_TEXELS

__all__ = [
    "BLUE",
    "DISTANCE",
    "GLOW",
    "GREEN",
    "HEIGHT",
    "HIDDEN_BELOW",
    "LABEL",
    "LAMP",
    "LEFT",
    "MIRRORED",
    "NEAREST_M",
    "OPAQUE",
    "RED",
    "SPRITE",
    "TALL",
    "THING_FIELDS",
    "WIDE",
    "SpriteEye",
    "choose_mip",
    "draw_things",
    "label_things",
    "sprite_light",
]

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64

(
    SPRITE,  # row of the atlas, or GLOW
    DISTANCE,  # ahead of the eye, horizontally [m]
    LEFT,  # of the eye [m]
    HEIGHT,  # of the foot above the eye [m]
    WIDE,  # of the whole texture, or radius of a glow [m]
    TALL,  # of the whole texture [m]
    MIRRORED,  # 0 or 1
    RED,  # tint; of a glow, its light
    GREEN,
    BLUE,
    LAMP,  # light from our own headlights
    LABEL,  # class of its pixels
) = range(12)
THING_FIELDS = 12
GLOW = -1
"""Stands in SPRITE for a soft round light."""

HIDDEN_BELOW = 0.25
"""Light that a cell lets through, summed over its pixels, below which it counts as hidden."""
NEAREST_M = 1.2
"""Nearer things are not drawn [m]."""
OPAQUE = 128
"""Alpha from which a sprite owns a pixel's label and depth."""
_LEVELS = 7
_SUNLIT = 0.62
_GLOW_LEAST = 0.45  # radius of the smallest glow [pixel]


class SpriteEye(NamedTuple):
    """Where a frame is seen from: position [m], heading, sines and cosines of heading and pitch, and the lens."""

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


@glue
def choose_mip(width):
    """Mip level of a sprite that is ``width`` pixels wide."""
    return min(int(math.log2(max(f4(SPRITE_TEXELS) / max(width, f4(0.5)), f4(1))) + f4(0.4)), _LEVELS - 1)


@glue
def sprite_light(appearance, k, lamp):
    """Channel ``k`` of the light on a sprite; ``lamp`` is that of our own headlights, in this channel."""
    return appearance[AMBIENT + k] + f4(_SUNLIT) * appearance[SUN + k] + lamp


@glue
def _frame_of(things, n, eye, rows, top_row, width, height):
    """Where sprite ``n`` falls in the picture and in its texture.

    Returns distance along the axis (0: out of sight), mip level, x and step of its texture at the left pixel, row of
    its foot, step down the texture, and top, bottom, left and right pixel.
    """
    ahead, up = things[n, DISTANCE], things[n, HEIGHT]
    distance = f4(ahead * eye.cos_pitch - up * eye.sin_pitch)
    nothing = (f4(0), 0, f4(0), f4(0), f4(0), f4(0), 0, 0, 0, 0)
    if distance < f4(NEAREST_M):
        return nothing
    scale = f4(eye.focal) / distance
    base_v = f4(eye.centre_v - (ahead * eye.sin_pitch + up * eye.cos_pitch) * scale)
    w, h = things[n, WIDE] * scale, things[n, TALL] * scale
    begin = f4(eye.centre_u) - things[n, LEFT] * scale - f4(0.5) * w
    if begin + w <= f4(0) or begin >= f4(width) or base_v - h >= f4(height) or base_v <= f4(0):
        return nothing
    left, right = max(int(math.floor(begin + f4(0.5))), 0), min(int(math.floor(begin + w + f4(0.5))), width)
    top = max(int(math.floor(base_v - h + f4(0.5))), 0)
    bottom = min(int(math.floor(base_v + f4(0.5))), height)
    before = ahead * f4(0.96) - f4(1.5)
    while bottom > top and bottom > top_row and rows[bottom - 1, AHEAD] < before:
        bottom -= 1  # nearer ground hides the foot: it stands behind a crest
    if right <= left or bottom <= top:
        return nothing
    level = choose_mip(w)
    side = f4(SPRITE_TEXELS >> level)
    step, step_v = side / w, side / h
    x = (f4(left) + f4(0.5) - begin) * step
    if things[n, MIRRORED] > f4(0):
        x, step = side - x, -step
    x = max(min(x, side - f4(0.01)), f4(0))
    return distance, level, x, step, base_v, step_v, top, bottom, left, right


@kernel
def _blit(
    texels, spans, sprite, level, origin, side, x, step, base_v, step_v, top, bottom, left, right, stride,
    light_r, light_g, light_b, fog_r, fog_g, fog_b, hidden, through, red, green, blue,
):  # fmt: skip
    to_unit, byte, last, per_step = f4(1 / 255.0), u4(255), i4(side - 1), f4(1) / step
    cells = stride // SPRITE_CELL
    for v in range(top, bottom):
        line = min(max(int((base_v - f4(v) - f4(0.5)) * step_v), 0), side - 1)
        first, end = f4(spans[sprite, level, line, 0]), f4(spans[sprite, level, line, 1])
        if end <= first:
            continue
        one, other = (first - x) * per_step, (end - x) * per_step
        begin = max(left, left + int(math.ceil(min(one, other))))
        count = min(right, left + int(math.floor(max(one, other))) + 1) - begin
        if count <= 0:
            continue
        source = origin + u4(line * side)
        for cell in range(begin // SPRITE_CELL, (begin + count + SPRITE_CELL - 1) // SPRITE_CELL):
            if hidden[v * cells + cell]:
                continue
            cell_x = x + step * f4(cell * SPRITE_CELL - left)
            first_at = u8(v * stride + cell * SPRITE_CELL)
            passing = f4(0)
            for u in range(SPRITE_CELL):
                column = min(max(i4(cell_x + step * f4(i4(u))), i4(0)), last)
                texel = texels[source + u4(column)]
                alpha = f4(i4(texel >> u4(24))) * to_unit
                r = f4(i4(texel & byte))
                g = f4(i4((texel >> u4(8)) & byte))
                b = f4(i4((texel >> u4(16)) & byte))
                at = first_at + u8(u)
                seen = through[at]
                red[at] += seen * (r * r * light_r + alpha * fog_r)
                green[at] += seen * (g * g * light_g + alpha * fog_g)
                blue[at] += seen * (b * b * light_b + alpha * fog_b)
                rest = seen * (f4(1) - alpha)
                through[at] = rest
                passing += rest
            hidden[v * cells + cell] = np.uint8(1) if passing < f4(HIDDEN_BELOW) else np.uint8(0)  # no branch to miss


@kernel
def _blit_fine(
    texels, spans, sprite, level, origin, side, x, step, base_v, step_v, top, bottom, left, right, stride,
    light_r, light_g, light_b, fog_r, fog_g, fog_b, hidden, through, red, green, blue,
):  # fmt: skip
    to_unit, byte, last, per_step = f4(1 / 255.0), u4(255), i4(side - 1), f4(1) / step
    cells = stride // SPRITE_CELL
    for v in range(top, bottom):
        y = max((base_v - f4(v) - f4(0.5)) * step_v - f4(0.5), f4(0))
        line = min(int(y), side - 1)
        above = min(line + 1, side - 1)
        first = f4(min(spans[sprite, level, line, 0], spans[sprite, level, above, 0])) - f4(1)
        end = f4(max(spans[sprite, level, line, 1], spans[sprite, level, above, 1])) + f4(1)
        if (
            spans[sprite, level, line, 1] <= spans[sprite, level, line, 0]
            and spans[sprite, level, above, 1] <= spans[sprite, level, above, 0]
        ):
            continue
        if spans[sprite, level, line, 1] <= spans[sprite, level, line, 0]:
            first = f4(spans[sprite, level, above, 0]) - f4(1)
        elif spans[sprite, level, above, 1] <= spans[sprite, level, above, 0]:
            first = f4(spans[sprite, level, line, 0]) - f4(1)
        one, other = (first - x) * per_step, (end - x) * per_step
        begin = max(left, left + int(math.ceil(min(one, other))))
        count = min(right, left + int(math.floor(max(one, other))) + 1) - begin
        if count <= 0:
            continue
        near, far = origin + u4(line * side), origin + u4(above * side)
        wy = min(y - f4(line), f4(1))
        for cell in range(begin // SPRITE_CELL, (begin + count + SPRITE_CELL - 1) // SPRITE_CELL):
            if hidden[v * cells + cell]:
                continue
            cell_x = x + step * f4(cell * SPRITE_CELL - left)
            first_at = u8(v * stride + cell * SPRITE_CELL)
            passing = f4(0)
            for u in range(SPRITE_CELL):
                place = max(cell_x + step * f4(i4(u)) - f4(0.5), f4(0))
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
                at = first_at + u8(u)
                seen = through[at]
                red[at] += seen * (r * r * light_r + alpha * fog_r)
                green[at] += seen * (g * g * light_g + alpha * fog_g)
                blue[at] += seen * (bl * bl * light_b + alpha * fog_b)
                rest = seen * (f4(1) - alpha)
                through[at] = rest
                passing += rest
            hidden[v * cells + cell] = np.uint8(1) if passing < f4(HIDDEN_BELOW) else np.uint8(0)  # no branch to miss


@kernel
def _stamp_label(
    texels, origin, side, x, step, base_v, step_v, top, bottom, every, left, right, stride, label, labels
):  # fmt: skip
    last = i4(side - 1)
    for v in range(top + (every // 2 - top) % every, bottom, every):
        line = min(max(int((base_v - f4(v) - f4(0.5)) * step_v), 0), side - 1)
        source = origin + u4(line * side)
        target = u8(v * stride + left)
        for u in range(right - left):
            column = min(max(i4(x + step * f4(i4(u))), i4(0)), last)
            at = target + u8(u)
            labels[at] = label if texels[source + u4(column)] >= u4(OPAQUE << 24) else labels[at]


@kernel
def _stamp_depth(
    texels, origin, side, x, step, base_v, step_v, top, bottom, left, right, width, distance, depths
):  # fmt: skip
    last = i4(side - 1)
    for v in range(top, bottom):
        line = min(max(int((base_v - f4(v) - f4(0.5)) * step_v), 0), side - 1)
        source = origin + u4(line * side)
        target = u8(v * width + left)
        for u in range(right - left):
            column = min(max(i4(x + step * f4(i4(u))), i4(0)), last)
            at = target + u8(u)
            depths[at] = distance if texels[source + u4(column)] >= u4(OPAQUE << 24) else depths[at]


@glue
def _draw_glow(things, n, eye, width, first, last, stride, through, red, green, blue):
    distance = f4(things[n, DISTANCE] * eye.cos_pitch - things[n, HEIGHT] * eye.sin_pitch)
    if distance < f4(NEAREST_M):
        return
    scale = f4(eye.focal) / distance
    size = things[n, WIDE] * scale
    radius = max(size, f4(_GLOW_LEAST))
    faint = min(f4(1), size * size / f4(_GLOW_LEAST * _GLOW_LEAST) + f4(0.25))
    middle_u = f4(eye.centre_u) - things[n, LEFT] * scale
    middle_v = f4(eye.centre_v - (things[n, DISTANCE] * eye.sin_pitch + things[n, HEIGHT] * eye.cos_pitch) * scale)
    reach = f4(2.5) * radius + f4(0.5)
    for v in range(max(int(middle_v - reach), first), min(int(middle_v + reach) + 1, last)):
        for u in range(max(int(middle_u - reach), 0), min(int(middle_u + reach) + 1, width)):
            du, dv = (f4(u) + f4(0.5) - middle_u) / radius, (f4(v) + f4(0.5) - middle_v) / radius
            light = faint * f4(math.exp(-(du * du + dv * dv)))
            at = v * stride + u
            light *= through[at]
            red[at] += things[n, RED] * light
            green[at] += things[n, GREEN] * light
            blue[at] += things[n, BLUE] * light


@kernel
def draw_things(
    things, count, eye, appearance, rows, top_row, width, height, first, last, texels, offsets, spans, fine, stride,
    hidden, through, red, green, blue,
):  # fmt: skip
    """Draw what the first ``count`` things, nearest first, show in rows ``first`` to ``last``."""
    for n in range(count):
        sprite = int(things[n, SPRITE])
        if sprite == GLOW:
            _draw_glow(things, n, eye, width, first, last, stride, through, red, green, blue)
            continue
        distance, level, x, step, base_v, step_v, top, bottom, left, right = _frame_of(
            things, n, eye, rows, top_row, width, height
        )
        top, bottom = max(top, first), min(bottom, last)
        if distance == f4(0) or bottom <= top:
            continue
        haze = haze_of(appearance, distance)
        veil = f4(1) - haze
        gain = haze * f4(1 / 65025.0)
        lamp = things[n, LAMP]
        light_r = sprite_light(appearance, 0, lamp) * things[n, RED] * gain
        light_g = sprite_light(appearance, 1, lamp * f4(0.95)) * things[n, GREEN] * gain
        light_b = sprite_light(appearance, 2, lamp * f4(0.82)) * things[n, BLUE] * gain
        fog_r, fog_g, fog_b = appearance[FOG] * veil, appearance[FOG + 1] * veil, appearance[FOG + 2] * veil
        side, origin = SPRITE_TEXELS >> level, u4(offsets[sprite, level])
        if fine:
            _blit_fine(
                texels, spans, sprite, level, origin, side, x, step, base_v, step_v, top, bottom, left, right, stride,
                light_r, light_g, light_b, fog_r, fog_g, fog_b, hidden, through, red, green, blue,
            )  # fmt: skip
        else:
            _blit(
                texels, spans, sprite, level, origin, side, x, step, base_v, step_v, top, bottom, left, right, stride,
                light_r, light_g, light_b, fog_r, fog_g, fog_b, hidden, through, red, green, blue,
            )  # fmt: skip


@kernel
def label_things(
    things, count, eye, rows, top_row, width, height, first, last, stride, texels, offsets, label_rows, deep, labels,
    depths,
):  # fmt: skip
    """Write classes, and depths if they are wanted (``deep``), of the first ``count`` things, nearest last.

    Only into rows ``first`` to ``last``; classes into the middle row of every ``label_rows``, into none if it is 0.
    """
    for back in range(count):
        n = count - 1 - back
        sprite = int(things[n, SPRITE])
        if sprite == GLOW:
            continue
        distance, level, x, step, base_v, step_v, top, bottom, left, right = _frame_of(
            things, n, eye, rows, top_row, width, height
        )
        top, bottom = max(top, first), min(bottom, last)
        if distance > f4(0) and bottom > top:
            origin, side = u4(offsets[sprite, level]), SPRITE_TEXELS >> level
            if label_rows > 0:
                _stamp_label(
                    texels, origin, side, x, step, base_v, step_v, top, bottom, label_rows,
                    left, right, stride, np.uint8(things[n, LABEL]), labels,
                )  # fmt: skip
            if deep:
                _stamp_depth(
                    texels, origin, side, x, step, base_v, step_v, top, bottom, left, right, width, distance, depths
                )  # fmt: skip
