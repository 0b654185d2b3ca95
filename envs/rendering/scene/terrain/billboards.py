# mypy: allow-untyped-defs, allow-untyped-calls
r"""Billboards: trees, bushes, tufts and posts for a camera that is turned in any way.

A sprite shows a thing from the side. Its foot and its crown are projected, so that trunks lean as perspective has it
and shorten from above; the crown is taken for an ellipsoid, as tall as the sprite's crown and as deep as it is wide, so
that from above it becomes round and hides the trunk:

       ___                            ___
      /   \   crown: 1 +- E     _    /   \
      \___/                    from  | C |
        |     trunk             above \___/
        |     foot

Things are drawn front to back, each pixel with a depth test against the ground and the cars.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.camera.ground.shading import haze_of
from wormdrive.envs.rendering.camera.lens import CELL
from wormdrive.envs.rendering.camera.scenery.sprites import (
    HIDDEN_BELOW,
    NEAREST_M,
    OPAQUE,
    choose_mip,
    sprite_light,
)
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.scene.terrain.world_scenery import (
    CLASS,
    KIND,
    MIRRORED,
    PLACE_X,
    PLACE_Y,
    PLACE_Z,
    RANGE,
    TALL,
    TINT_B,
    TINT_G,
    TINT_R,
    WIDE,
)
from wormdrive.envs.seasons.appearance import FOG
from wormdrive.envs.seasons.art.layout import SPRITE_TEXELS, Sprite

__all__ = ["draw_billboards", "list_near"]

f4, i4, u4 = np.float32, np.int32, np.uint32

_SLACK_M, _SLACK = 0.3, 0.03  # the ground in front of a foot does not hide it
_BUSH, _POST, _TUFT = int(Sprite.BUSH), int(Sprite.POST), int(Sprite.TUFT)
_FIRST_CLUMP, _LAST_CLUMP = int(Sprite.CLUMP_BROADLEAF), int(Sprite.CLUMP_CONIFER)
_BROADLEAF, _CONIFER = int(Sprite.BROADLEAF_0), int(Sprite.CONIFER_0)
_FROM_ABOVE: Final = 0.42
_RADIAL: Final = 0.72


@glue
def list_near(places, count, camera, reach, chosen, depths, listed):
    """Append the indices of those of the first ``count`` places that may be in sight; return how many there are."""
    reach_u, reach_v = camera.centre_u / camera.focal, camera.centre_v / camera.focal
    for n in range(count):
        dx, dy, dz = places[n, PLACE_X] - camera.x, places[n, PLACE_Y] - camera.y, places[n, PLACE_Z] - camera.z
        far = reach * places[n, RANGE]
        if dx * dx + dy * dy > far * far:
            continue
        dz += 0.5 * places[n, TALL]
        depth = dx * camera.forward_x + dy * camera.forward_y + dz * camera.forward_z
        radius = 0.7 * max(places[n, TALL], places[n, WIDE])
        if depth < max(NEAREST_M, 0.0):
            continue
        right = dx * camera.right_x + dy * camera.right_y + dz * camera.right_z
        down = dx * camera.down_x + dy * camera.down_y + dz * camera.down_z
        if abs(right) > reach_u * depth + radius * (1.0 + reach_u):
            continue
        if abs(down) > reach_v * depth + radius * (1.0 + reach_v):
            continue
        chosen[listed], depths[listed] = n, depth
        listed += 1
    return listed


@glue
def _build_of(sprite):
    """Share of the texture's height below the crown, and the crown's depth over its width."""
    if sprite == _POST:
        return f4(0), f4(0.10)
    if sprite == _BUSH or sprite == _TUFT:
        return f4(0), f4(0.80)
    if _FIRST_CLUMP <= sprite <= _LAST_CLUMP:
        return f4(0.12), f4(0.55)
    return f4(0.24), f4(0.85)


@glue
def _filtered(a, b, c, d, w00, w01, w10, w11, shift):
    """Mean of one channel of four texels, 0 to 255; ``shift`` is where in them it begins [bit]."""
    byte = u4(255)
    return (
        f4(i4((a >> u4(shift)) & byte)) * w00
        + f4(i4((b >> u4(shift)) & byte)) * w01
        + f4(i4((c >> u4(shift)) & byte)) * w10
        + f4(i4((d >> u4(shift)) & byte)) * w11
    )


@kernel
def _blit(
    texels, origin, side, middle_u, middle_v, up_u, up_v, half, crown, foot, trunk_share, mirrored, radial, foot_depth,
    crown_depth, label, light_r, light_g, light_b, fog_r, fog_g, fog_b, fine, as_labels, first, last, width,
    stride, opaque, hidden, through, red, green, blue, labels, depths,
):  # fmt: skip
    """Draw one sprite about its crown's middle; ``up`` points to its top, ``foot`` is the way to its foot [pixel]."""
    lowest = min(-crown, -foot)
    reach_v = abs(up_u) * half + max(abs(up_v * lowest), abs(up_v * crown))
    top, bottom = max(int(middle_v - reach_v), first), min(int(middle_v + reach_v) + 2, last)
    to_unit, byte = f4(1 / 255.0), u4(255)
    per_half, per_crown = f4(0.5) / half, f4(0.5) * (f4(1) - trunk_share) / crown
    per_trunk = trunk_share / max(foot - crown, f4(1e-3))
    whole = f4(side)
    cells = stride // CELL
    for v in range(top, bottom):
        y = f4(v) + f4(0.5) - middle_v
        # across = x * right_u + y * right_v within half; up = x * up_u + y * up_v between lowest and crown
        right_u, right_v = -up_v, up_u
        begin, end = f4(-1e9), f4(1e9)
        if abs(right_u) > f4(1e-4):
            one, other = (-half - y * right_v) / right_u, (half - y * right_v) / right_u
            begin, end = max(begin, min(one, other)), min(end, max(one, other))
        elif abs(y * right_v) > half:
            continue
        if abs(up_u) > f4(1e-4):
            one, other = (lowest - y * up_v) / up_u, (crown - y * up_v) / up_u
            begin, end = max(begin, min(one, other)), min(end, max(one, other))
        elif y * up_v < lowest or y * up_v > crown:
            continue
        left = max(int(math.ceil(min(max(middle_u + begin - f4(0.5), f4(0)), f4(width)))), 0)
        right = min(int(math.floor(min(max(middle_u + end - f4(0.5), f4(-1)), f4(width)))) + 1, width)
        for cell in range(left // CELL, (right + CELL - 1) // CELL):
            covered = hidden[v * cells + cell] != 0
            if covered and not as_labels:
                continue
            touched = False
            for u in range(max(cell * CELL, left), min(cell * CELL + CELL, right)):
                at = v * stride + u
                x = f4(u) + f4(0.5) - middle_u
                p, q = x * right_u + y * right_v, x * up_u + y * up_v
                share = (
                    trunk_share + (q + crown) * per_crown if q >= -crown else (q + foot) * per_trunk
                )  # fmt: skip
                depth = foot_depth + (crown_depth - foot_depth) * min(share * f4(1.6), f4(1))
                if opaque[at] < depth * f4(1 - _SLACK) - f4(_SLACK_M):
                    continue
                tx = (p * per_half + f4(0.5)) * whole
                if mirrored:
                    tx = whole - tx
                ty = share * whole
                if radial:  # a round of boughs, with ragged tips, about a stem that one looks down
                    out_x, out_y = p / half, q / crown
                    out = math.sqrt(out_x * out_x + out_y * out_y)
                    c = out_x / max(out, f4(1e-3))
                    c *= f4(16) * c * c * c * c - f4(20) * c * c + f4(5)  # cosine of five times the angle
                    if out > f4(0.80) + f4(0.18) * (f4(2) * c * c - f4(1)):
                        continue
                    tx = (f4(0.5) + f4(0.34) * out_x) * whole
                    ty = (f4(0.36) + f4(0.20) * out_y) * whole
                column, row = min(max(i4(tx), i4(0)), i4(side - 1)), min(max(i4(ty), i4(0)), i4(side - 1))
                texel = texels[origin + u4(row * side + column)]
                if as_labels and (texel >> u4(24)) >= u4(OPAQUE) and depth < depths[at]:
                    labels[at], depths[at] = label, depth
                if as_labels:
                    continue
                if fine:
                    fx, fy = max(tx - f4(0.5), f4(0)), max(ty - f4(0.5), f4(0))
                    column, row = min(i4(fx), i4(side - 1)), min(i4(fy), i4(side - 1))
                    beside, above = min(column + 1, side - 1), min(row + 1, side - 1)
                    wx, wy = fx - f4(column), fy - f4(row)
                    a, b = texels[origin + u4(row * side + column)], texels[origin + u4(row * side + beside)]
                    c, d = texels[origin + u4(above * side + column)], texels[origin + u4(above * side + beside)]
                    w11 = wx * wy
                    w01, w10 = wx - w11, wy - w11
                    w00 = f4(1) - wx - w10
                    alpha = _filtered(a, b, c, d, w00, w01, w10, w11, 24) * to_unit
                    if alpha <= f4(0):
                        continue
                    r = _filtered(a, b, c, d, w00, w01, w10, w11, 0)
                    g = _filtered(a, b, c, d, w00, w01, w10, w11, 8)
                    bl = _filtered(a, b, c, d, w00, w01, w10, w11, 16)
                else:
                    if texel < u4(1 << 24):
                        continue
                    alpha = f4(i4(texel >> u4(24))) * to_unit
                    r, g = f4(i4(texel & byte)), f4(i4((texel >> u4(8)) & byte))
                    bl = f4(i4((texel >> u4(16)) & byte))
                seen = through[at]
                red[at] += seen * (r * r * light_r + alpha * fog_r)
                green[at] += seen * (g * g * light_g + alpha * fog_g)
                blue[at] += seen * (bl * bl * light_b + alpha * fog_b)
                through[at] = seen * (f4(1) - alpha)
                touched = True
            if touched:
                passing = f4(0)
                for u in range(cell * CELL, cell * CELL + CELL):
                    passing += through[v * stride + u]
                if passing < f4(HIDDEN_BELOW):
                    hidden[v * cells + cell] = np.uint8(1)


@glue
def draw_billboards(
    places, order, camera, appearance, headlights, texels, offsets, fine, as_labels, first, last, width, stride,
    opaque, hidden, through, red, green, blue, labels, depths,
):  # fmt: skip
    """Draw things ``order``, nearest first, into rows ``first`` to ``last``: light, or with ``as_labels`` classes.

    ``opaque`` (H * stride,) is the depth of ground and cars. Light goes into the planes; ``labels`` and ``depths``
    receive what the things own.
    """
    for n in order:
        sprite, tall, wide = int(places[n, KIND]), places[n, TALL], places[n, WIDE]
        dx, dy, dz = places[n, PLACE_X] - camera.x, places[n, PLACE_Y] - camera.y, places[n, PLACE_Z] - camera.z
        fallen = -dz / math.sqrt(dx * dx + dy * dy + dz * dz + 1e-9)  # 0 seen from the side, 1 from right above
        if sprite == _FIRST_CLUMP and fallen > _FROM_ABOVE:  # rows of trunks are for those who stand before them
            sprite, wide = _BROADLEAF + n % 3, 0.62 * wide
        elif sprite == _LAST_CLUMP and fallen > _FROM_ABOVE:
            sprite, wide = _CONIFER + n % 2, 0.42 * wide
        radial = _CONIFER <= sprite < _BUSH and fallen > _RADIAL
        trunk_share, deep = _build_of(sprite)
        crown_up = 0.5 * (1.0 + trunk_share) * tall
        foot_right = dx * camera.right_x + dy * camera.right_y + dz * camera.right_z
        foot_down = dx * camera.down_x + dy * camera.down_y + dz * camera.down_z
        foot_depth = dx * camera.forward_x + dy * camera.forward_y + dz * camera.forward_z
        right = foot_right + crown_up * camera.right_z
        down = foot_down + crown_up * camera.down_z
        depth = foot_depth + crown_up * camera.forward_z
        if depth < NEAREST_M:
            continue
        a, b, scale = right / depth, down / depth, camera.focal / depth
        up_u, up_v = camera.right_z - a * camera.forward_z, camera.down_z - b * camera.forward_z
        upright = math.sqrt(up_u * up_u + up_v * up_v)
        if upright < 1e-3:
            up_u, up_v = 0.0, -1.0
        else:
            up_u, up_v = up_u / upright, up_v / upright
        upright = min(upright, 1.0)
        flat = math.sqrt(max(1.0 - upright * upright, 0.0))
        tall_half, deep_half = 0.5 * (1.0 - trunk_share) * tall, 0.5 * deep * wide
        crown = scale * math.sqrt(
            (tall_half * upright) * (tall_half * upright) + (deep_half * flat) * (deep_half * flat)
        )
        middle_u, middle_v = camera.centre_u + right * scale, camera.centre_v + down * scale
        near = max(foot_depth, 0.3)
        foot_u, foot_v = (
            camera.centre_u + camera.focal * foot_right / near,
            camera.centre_v + camera.focal * foot_down / near,
        )
        foot = -((foot_u - middle_u) * up_u + (foot_v - middle_v) * up_v)
        half = 0.5 * wide * scale
        if half < 0.2 or crown < 0.1:
            continue
        level = choose_mip(f4(2.0 * half))
        haze = haze_of(appearance, f4(depth))
        veil, gain = f4(1) - haze, haze * f4(1 / 65025.0)
        lamp = f4(0)
        if headlights > f4(0):
            aslant = a
            lamp = headlights * f4((4.4 if sprite == _POST else 1.1) * math.exp(-depth / 28.0 - 3.0 * aslant * aslant))
        light_r = sprite_light(appearance, 0, lamp) * f4(places[n, TINT_R]) * gain
        light_g = sprite_light(appearance, 1, lamp * f4(0.95)) * f4(places[n, TINT_G]) * gain
        light_b = sprite_light(appearance, 2, lamp * f4(0.82)) * f4(places[n, TINT_B]) * gain
        _blit(
            texels, u4(offsets[sprite, level]), SPRITE_TEXELS >> level, f4(middle_u), f4(middle_v), f4(up_u), f4(up_v),
            f4(half), f4(crown), f4(foot), trunk_share, places[n, MIRRORED] > 0.0, radial, f4(foot_depth), f4(depth),
            np.uint8(places[n, CLASS]), light_r, light_g, light_b, appearance[FOG] * veil, appearance[FOG + 1] * veil,
            appearance[FOG + 2] * veil, fine, as_labels, first, last, width, stride, opaque, hidden, through, red,
            green, blue, labels, depths,
        )  # fmt: skip
