"""Sky: a panorama of masks (clouds, near ridge and its texture, far ridge) coloured by the weather's light."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.camera.numba_options import glue, kernel
from wormdrive.envs.embedded.camera.shading import haze_of
from wormdrive.envs.seasons.appearance import (
    AMBIENT,
    CLOUD,
    CLOUD_COVER,
    FOG,
    GLOW,
    GLOW_COLOUR,
    HILL,
    HORIZON,
    SUN,
    SUN_AZIMUTH,
    SUN_ELEVATION,
    ZENITH,
)
from wormdrive.envs.seasons.art.layout import SKY_COLUMNS, SKY_ROWS

__all__ = ["SKY_LEVELS", "draw_sky_row", "sky_colours", "sky_levels"]

f4, i4, u4 = np.float32, np.int32, np.uint32

SKY_LEVELS = 3
"""Panoramas of full, half and quarter size, one behind the other."""

_LOWEST_DEG = -3.0
_SPAN_DEG = 48.0
_NEAR_RIDGE_M, _FAR_RIDGE_M = 190.0, 1500.0
_TURN = 2.0 * math.pi
_COLUMN_BITS = SKY_COLUMNS.bit_length() - 1


class SkyColours(NamedTuple):
    """What one frame's sky rows share: colours (3,) float32 of clouds, both ridges and the veil before them."""

    cloud: NDArray[np.float32]
    near_ridge: NDArray[np.float32]
    near_veil: NDArray[np.float32]
    far_ridge: NDArray[np.float32]
    glow: NDArray[np.float32]


def sky_levels(sky: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Put the panorama and its halved copies one behind the other, so that small pictures need not skip texels."""
    image = np.stack([(sky.reshape(SKY_ROWS, SKY_COLUMNS) >> shift) & 255 for shift in (0, 8, 16, 24)], -1)
    level = image.astype(np.float32)
    flat = [sky]
    for _ in range(SKY_LEVELS - 1):
        level = 0.25 * (level[0::2, 0::2] + level[1::2, 0::2] + level[0::2, 1::2] + level[1::2, 1::2])
        texel = np.round(level).astype(np.uint32)
        flat.append((texel[..., 0] | texel[..., 1] << 8 | texel[..., 2] << 16 | texel[..., 3] << 24).ravel())
    return np.concatenate(flat).astype(np.uint32)


@glue
def sky_colours(looks, cloud, near_ridge, near_veil, far_ridge, glow):
    """Fill the colours that all sky rows share."""
    near, far = haze_of(looks, f4(_NEAR_RIDGE_M)), haze_of(looks, f4(_FAR_RIDGE_M))
    dim = (f4(0.8), f4(0.9), f4(1))
    for c in range(3):
        light = looks[AMBIENT + c] + f4(0.5) * looks[SUN + c]
        cloud[c] = looks[CLOUD + c]
        near_ridge[c] = looks[HILL + c] * light * near
        near_veil[c] = looks[FOG + c] * (f4(1) - near)
        blue = f4(0.05) if c == 2 else f4(0)
        far_ridge[c] = (looks[HILL + c] + blue) * light * dim[c] * far + looks[FOG + c] * (f4(1) - far)
        glow[c] = looks[GLOW_COLOUR + c] * looks[GLOW]


@kernel
def _draw(
    panorama, origin, level, azimuth, cos_azimuth, turn, elevation, tilt, sun_turn, sun_elevation, cloud_cover, width,
    base_r, base_g, base_b, cloud, near_ridge, near_veil, far_ridge, glow, out_r, out_g, out_b,
):  # fmt: skip
    line = u4(_COLUMN_BITS - level)
    mask = u4((SKY_COLUMNS >> level) - 1)
    highest = f4((SKY_ROWS >> level) - 1)
    per_degree = f4(SKY_ROWS / _SPAN_DEG) / f4(1 << level)
    per_radian = f4(SKY_COLUMNS / _TURN) / f4(1 << level)
    to_unit = f4(1 / 255.0)
    byte = u4(255)
    cr, cg, cb = cloud[0], cloud[1], cloud[2]
    nr, ng, nb = near_ridge[0], near_ridge[1], near_ridge[2]
    vr, vg, vb = near_veil[0], near_veil[1], near_veil[2]
    fr, fg, fb = far_ridge[0], far_ridge[1], far_ridge[2]
    gr, gg, gb = glow[0], glow[1], glow[2]
    start = u4(origin)
    for u in range(width):
        up = elevation * cos_azimuth[u] + tilt * azimuth[u]
        y = min(max((up - f4(_LOWEST_DEG)) * per_degree, f4(0)), highest)
        x = (turn + azimuth[u]) * per_radian
        texel = panorama[start + ((u4(i4(y)) << line) | (u4(i4(math.floor(x))) & mask))]
        cloud_share = f4(i4(texel & byte)) * to_unit * cloud_cover
        near_share = f4(i4((texel >> u4(8)) & byte)) * to_unit
        wood = f4(i4((texel >> u4(16)) & byte)) * (to_unit * f4(1.4)) + f4(0.15)
        far_share = f4(i4(texel >> u4(24))) * to_unit
        aside = sun_turn + azimuth[u]
        aside = (aside - f4(_TURN) * math.floor(aside * f4(1 / _TURN) + f4(0.5))) * f4(57.2958)
        above = up - sun_elevation
        shine = f4(1) / (f4(1) + (aside * aside + above * above * f4(3)) * f4(0.0016))
        r = base_r + (cr - base_r) * cloud_share + gr * shine
        g = base_g + (cg - base_g) * cloud_share + gg * shine
        b = base_b + (cb - base_b) * cloud_share + gb * shine
        r += (fr - r) * far_share
        g += (fg - g) * far_share
        b += (fb - b) * far_share
        out_r[u] = r + (nr * wood + vr - r) * near_share
        out_g[u] = g + (ng * wood + vg - g) * near_share
        out_b[u] = b + (nb * wood + vb - b) * near_share


@glue
def draw_sky_row(
    panorama, level, looks, azimuth, cos_azimuth, heading, elevation, tilt, width, colours, out_r, out_g, out_b
):  # fmt: skip
    """Draw one row whose middle looks up by ``elevation`` [deg]; ``tilt`` [deg/rad] raises it to the right."""
    origin = 0
    for finer in range(level):
        origin += (SKY_ROWS >> finer) * (SKY_COLUMNS >> finer)
    high = f4(1) - f4(math.exp(-0.055 * max(elevation, 0.0)))
    fade = f4(min(max(0.12 * elevation, 0.0), 1.0))
    _draw(
        panorama, origin, level, azimuth, cos_azimuth, f4(-heading), f4(elevation), f4(tilt),
        f4(looks[SUN_AZIMUTH] - heading), looks[SUN_ELEVATION] * f4(57.2958), looks[CLOUD_COVER] * fade, width,
        looks[HORIZON] + (looks[ZENITH] - looks[HORIZON]) * high,
        looks[HORIZON + 1] + (looks[ZENITH + 1] - looks[HORIZON + 1]) * high,
        looks[HORIZON + 2] + (looks[ZENITH + 2] - looks[HORIZON + 2]) * high,
        colours.cloud, colours.near_ridge, colours.near_veil, colours.far_ridge, colours.glow, out_r, out_g, out_b,
    )  # fmt: skip
