# mypy: allow-untyped-defs, allow-untyped-calls
"""Wood ground: the ground of a site where it shows, out of its baked texture, with litter, shadows, snow and haze."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.find_target.picture.canvas import (
    ACROSS,
    ALONG,
    BARE,
    PAVED,
    SHADE,
    SHADOW_ACROSS,
    SHADOW_ALONG,
    TINT_B,
    TINT_G,
    TINT_R,
)
from wormdrive.envs.find_target.picture.ground_patch import LEVELS, PATCH_BITS, PATCH_M, TEXELS_PER_M, level_offset
from wormdrive.envs.rendering.camera.frame import FURTHEST_GROUND_M
from wormdrive.envs.rendering.camera.ground.ground_texture import GRAIN_FROM_M, add_grain
from wormdrive.envs.rendering.camera.ground.litter import lay_litter
from wormdrive.envs.rendering.camera.ground.rows import AHEAD, DEPTH, DROP, FOOT_AHEAD, FOOT_D, FOOT_S, HAZE
from wormdrive.envs.rendering.camera.ground.shading import haze_of, shade_ground
from wormdrive.envs.rendering.camera.ground.shadows import SHADOW_BITS, shadow_in, shadow_level
from wormdrive.envs.rendering.camera.ground.shadows import TEXELS_PER_M as SHADOW_TEXELS_PER_M
from wormdrive.envs.rendering.camera.lens import SPRITE_CELL
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.rendering.kernels.texel_pair import load_pair
from wormdrive.envs.rendering.scene.raster.car_light import cars_near, cast_on_ground
from wormdrive.envs.rendering.scene.raster.mesh_raster import CAR_X, CAR_Y
from wormdrive.envs.seasons.appearance import LITTER, SUN_AZIMUTH, SUN_ELEVATION
from wormdrive.envs.seasons.art.layout import SHADOW_TEXELS

__all__ = ["draw_wood_ground"]

f4, i4, u4, u8 = np.float32, np.int32, np.uint32, np.uint64

_HALF_TARGET_M: Final = 2.5


@kernel
def _fetch_patch(patch, level, begin, end, across, along, red, green, blue, bare):
    """Fill colour and bareness of pixels at places [m] in the patch, filtered; it repeats beyond its edge."""
    to_texel = f4(256.0 * TEXELS_PER_M) / f4(1 << level)
    bits = u4(PATCH_BITS - level)
    mask = (u4(1) << bits) - u4(1)
    origin = u4(level_offset(level))
    pair, low, scale = u4(0xFF00FF), u4(0xFFFF), f4(1.0 / 65280.0)
    for i in range(end - begin):
        u = u8(begin) + u8(i)
        x = u4(i4((across[u] + f4(4 * PATCH_M)) * to_texel - f4(127.5)))
        y = u4(i4((along[u] + f4(4 * PATCH_M)) * to_texel - f4(127.5)))
        wx, wy = x & u4(255), y & u4(255)
        column, row = (x >> u4(8)) & mask, y >> u4(8)
        near = load_pair(patch, u4(origin + ((row & mask) << bits) + column))
        far = load_pair(patch, u4(origin + (((row + u4(1)) & mask) << bits) + column))
        a, b, c, d = u4(near), u4(near >> u8(32)), u4(far), u4(far >> u8(32))
        w11 = (wx * wy) >> u4(8)
        w01, w10 = wx - w11, wy - w11
        w00 = u4(256) - wx - w10
        rb = u4(u4(u4((a & pair) * w00) + u4((b & pair) * w01)) + u4(u4((c & pair) * w10) + u4((d & pair) * w11)))
        a, b, c, d = (a >> u4(8)) & pair, (b >> u4(8)) & pair, (c >> u4(8)) & pair, (d >> u4(8)) & pair
        ga = u4(u4(u4(a * w00) + u4(b * w01)) + u4(u4(c * w10) + u4(d * w11)))
        r, g, bl = f4(i4(rb & low)) * scale, f4(i4(ga & low)) * scale, f4(i4(rb >> u4(16))) * scale
        red[u], green[u], blue[u] = r * r, g * g, bl * bl
        bare[u] = f4(i4(ga >> u4(16))) * scale


@kernel
def _fetch_shade(tile, offsets, deep, wide, begin, end, across, along, shade):
    """Darken by the shadows of trees; ``across`` and ``along`` the sun [texel]."""
    level = shadow_level(deep * f4(SHADOW_TEXELS_PER_M), wide * f4(SHADOW_TEXELS_PER_M))
    scale = f4(256.0) / f4(1 << level)
    mask = u4((SHADOW_TEXELS >> level) - 1)
    line = u4(SHADOW_BITS - level)
    origin = u4(offsets[level])
    for i in range(end - begin):
        u = u8(begin) + u8(i)
        px, py = i4(math.floor(across[u] * scale - f4(127.5))), i4(math.floor(along[u] * scale - f4(127.5)))
        t = tile[origin + (((u4(py >> i4(8)) & mask) << line) | (u4(px >> i4(8)) & mask))]
        shade[u] = max(shade[u], shadow_in(t, px, py))


@kernel
def _place_cell(begin, end, at, ray_x, ray_y, step_x, step_y, eye_x, eye_y, cos, sin, stretch, depths, work):
    """Places of a cell's pixels: in the patch [m], and in the tile of shadows [texel]."""
    for i in range(end - begin):
        u = u8(begin) + u8(i)
        depth = min(depths[u8(at) + u], f4(2 * PATCH_M))
        x = eye_x + depth * (ray_x + f4(i4(u)) * step_x)
        y = eye_y + depth * (ray_y + f4(i4(u)) * step_y)
        work[ACROSS, u], work[ALONG, u] = x, y
        work[SHADOW_ACROSS, u] = (y * cos - x * sin) * f4(SHADOW_TEXELS_PER_M)
        work[SHADOW_ALONG, u] = (x * cos + y * sin) * f4(SHADOW_TEXELS_PER_M) * stretch
        work[SHADE, u] = f4(0)


@glue
def draw_wood_ground(
    camera, west, south, patch, litter, litter_offsets, shadow, shadow_offsets, cars, appearance, beam,
    noise, width, height, canvas,
):  # fmt: skip
    """Draw the ground where it shows; return one more than the last row in which there is sky."""
    planes, hidden, work, row, near = canvas.planes, canvas.hidden, canvas.work, canvas.row, canvas.near
    red, green, blue, through, depths, seen = planes[0], planes[1], planes[2], planes[3], planes[7], planes[8]
    across, along, bare, shade = work[ACROSS], work[ALONG], work[BARE], work[SHADE]
    r, g, b = work[TINT_R], work[TINT_G], work[TINT_B]
    cells = width // SPRITE_CELL
    level_ahead = max(math.sqrt(camera.forward_x * camera.forward_x + camera.forward_y * camera.forward_y), 1e-9)
    rise = max(math.tan(appearance[SUN_ELEVATION]), 0.12)
    cos, sin = math.cos(appearance[SUN_AZIMUTH]), math.sin(appearance[SUN_AZIMUTH])
    eye_x, eye_y = camera.x - west, camera.y - south
    target_x, target_y = cars[0, CAR_X], cars[0, CAR_Y]
    shadow_m = min(2.0 / rise, 12.0) + 2.0 * _HALF_TARGET_M
    sky_rows = 0
    for v in range(height):
        down = (v + 0.5 - camera.centre_v) / camera.focal
        left = (0.5 - camera.centre_u) / camera.focal
        ray_x = camera.forward_x + down * camera.down_x + left * camera.right_x
        ray_y = camera.forward_y + down * camera.down_y + left * camera.right_y
        ray_z = camera.forward_z + down * camera.down_z
        step_x, step_y = camera.right_x / camera.focal, camera.right_y / camera.focal
        for cell in range(cells):
            if hidden[v * cells + cell]:
                continue
            begin, end, at = cell * SPRITE_CELL, (cell + 1) * SPRITE_CELL, v * width
            nearest, sky = f4(1e9), 0
            for u in range(begin, end):
                is_ground = depths[at + u] <= f4(FURTHEST_GROUND_M)
                seen[at + u] = through[at + u] if is_ground else f4(0)
                through[at + u] = f4(0) if is_ground else through[at + u]
                sky += 0 if is_ground else 1
                nearest = min(nearest, depths[at + u])
            if sky > 0:
                sky_rows = v + 1
            else:
                hidden[v * cells + cell] = np.uint8(1)
            if sky == SPRITE_CELL:
                continue
            middle = begin + SPRITE_CELL // 2
            depth = depths[at + middle] if depths[at + middle] <= f4(FURTHEST_GROUND_M) else nearest
            _place_cell(
                begin, end, at, f4(ray_x), f4(ray_y), f4(step_x), f4(step_y), f4(eye_x), f4(eye_y), f4(cos), f4(sin),
                f4(1.25 * rise), depths, work,
            )  # fmt: skip
            fall = max(-ray_z, 0.02)
            wide, deep = depth / camera.focal, min(depth / (camera.focal * fall), 30.0)
            row[0, AHEAD] = max(depth * level_ahead, f4(0.05))
            row[0, DROP] = max(f4(-depth * ray_z), f4(0.05))
            row[0, DEPTH], row[0, FOOT_AHEAD], row[0, FOOT_D], row[0, FOOT_S] = wide, deep, wide, deep
            row[0, HAZE] = haze_of(appearance, f4(depth))
            if max(abs(across[middle] - f4(0.5 * PATCH_M)), abs(along[middle] - f4(0.5 * PATCH_M))) > f4(0.5 * PATCH_M):
                level = LEVELS - 1  # beyond its edge the patch is no more than a mean colour
            else:
                level = min(max(int(math.log2(math.sqrt(wide * deep) * TEXELS_PER_M) + 0.3), 0), LEVELS - 1)
            _fetch_patch(patch, level, begin, end, across, along, r, g, b, bare)
            if wide < GRAIN_FROM_M:
                add_grain(noise, f4(2.0) * f4(GRAIN_FROM_M - wide), across, along, begin, end, r, g, b)
            if appearance[LITTER] > f4(0.01):
                lay_litter(
                    row, 0, litter, litter_offsets, appearance[LITTER], f4(0), False, across, along, begin, end, bare,
                    r, g, b,
                )  # fmt: skip
            x, y = west + across[middle], south + along[middle]
            reach = shadow_m + SPRITE_CELL * wide + deep
            if (x - target_x) * (x - target_x) + (y - target_y) * (y - target_y) < reach * reach:
                count = cars_near(cars, x, y, reach, cos, sin, 1.0 / rise, False, near)
                for u in range(begin, end if count > 0 else begin):
                    z = camera.z + depths[at + u] * ray_z
                    kept, dark, _ = cast_on_ground(
                        cars, near, count, west + across[u], south + along[u], z, cos, sin, 1.0 / rise, False
                    )
                    shade[u] = dark
                    seen[at + u] *= f4(kept)
            _fetch_shade(
                shadow, shadow_offsets, f4(deep), f4(wide), begin, end, work[SHADOW_ACROSS], work[SHADOW_ALONG], shade
            )
            shade_ground(
                row, 0, appearance, beam, work[PAVED], bare, shade, r, g, b, begin, end, at, seen, red, green, blue
            )
    return sky_rows
