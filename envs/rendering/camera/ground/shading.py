# mypy: allow-untyped-defs, allow-untyped-calls
"""Shading: from the ground's reflectance to the light that reaches the lens.

Snow, water, shadow, sun, sky light, headlights and haze, one row of pixels at a time.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.ground.rows import AHEAD, DROP, FOOT_D, HAZE
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.seasons.appearance import (
    AMBIENT,
    FOG,
    FOG_BETA,
    FOG_START,
    GRASS_TINT,
    HEADLIGHTS,
    HORIZON,
    PUDDLES,
    SHADOW,
    SNOW,
    SUN,
    WET,
    ZENITH,
)

__all__ = ["haze_of", "shade_ground"]

f4 = np.float32


@glue
def haze_of(appearance, distance):
    """Share of light that the air lets through over ``distance`` [m]."""
    return f4(math.exp(-appearance[FOG_BETA] * max(distance - appearance[FOG_START], f4(0))))


@kernel
def shade_ground(
    rows, v, appearance, beam, paved, bareness, shade, red, green, blue, begin, end, at, through,
    out_red, out_green, out_blue,
):  # fmt: skip
    """Light pixels ``begin`` to ``end`` of row ``v``, which begins at ``out_red[at]``; ``through`` is what shows."""
    ahead, drop, haze = rows[v, AHEAD], rows[v, DROP], rows[v, HAZE]
    snow, wet, puddles = appearance[SNOW], appearance[WET], appearance[PUDDLES]
    snow_edge = f4(0.5) / min(f4(0.06) + f4(0.06) * rows[v, FOOT_D], f4(0.5))
    shadow_verge, shadow_paved = appearance[SHADOW], f4(-0.2) * appearance[SHADOW]
    cos_incidence = drop / math.sqrt(ahead * ahead + drop * drop)
    glancing = f4(1) - cos_incidence
    fresnel = f4(0.03) + f4(0.97) * glancing * glancing * glancing * glancing * glancing
    # what a puddle mirrors lies as high above the horizon as the eye looks down on it
    up = f4(1) - f4(math.exp(f4(-3) * cos_incidence))
    mirror_r = f4(0.85) * haze * (appearance[HORIZON] + (appearance[ZENITH] - appearance[HORIZON]) * up)
    mirror_g = f4(0.85) * haze * (appearance[HORIZON + 1] + (appearance[ZENITH + 1] - appearance[HORIZON + 1]) * up)
    mirror_b = f4(0.85) * haze * (appearance[HORIZON + 2] + (appearance[ZENITH + 2] - appearance[HORIZON + 2]) * up)
    near = min(f4(1), max((ahead - f4(1.5)) * f4(0.25), f4(0.1)))
    head = appearance[HEADLIGHTS] * f4(2.2) * f4(math.exp(ahead * f4(-1 / 26.0))) * near
    veil = f4(1) - haze
    fog_r, fog_g, fog_b = appearance[FOG] * veil, appearance[FOG + 1] * veil, appearance[FOG + 2] * veil
    sun_r, sun_g, sun_b = appearance[SUN], appearance[SUN + 1], appearance[SUN + 2]
    sky_r, sky_g, sky_b = appearance[AMBIENT], appearance[AMBIENT + 1], appearance[AMBIENT + 2]
    tint_r, tint_g, tint_b = (
        appearance[GRASS_TINT] - f4(1),
        appearance[GRASS_TINT + 1] - f4(1),
        appearance[GRASS_TINT + 2] - f4(1),
    )
    first = np.uint64(at)
    for i in range(end - begin):
        u = np.uint64(begin) + np.uint64(i)
        road, bare = paved[u], bareness[u]
        r, g, b = red[u], green[u], blue[u]
        fresh = min(max((g - f4(0.10)) * f4(6), f4(0)), f4(1))
        grass = f4(1) - road
        r, g, b = r * (f4(1) + tint_r * grass), g * (f4(1) + tint_g * grass), b * (f4(1) + tint_b * grass)
        over = snow - bare
        cover = min(max(over * snow_edge + f4(0.5), f4(0)), f4(1))
        white = f4(0.70) + f4(0.28) * min(max(over, f4(-0.2)), f4(0.6)) + f4(0.05) * (fresh - f4(0.5))
        r += (white * f4(0.97) - r) * cover
        g += (white * f4(0.985) - g) * cover
        b += (white * f4(1.03) - b) * cover
        damp = wet * (f4(0.35) + f4(0.65) * road) * (f4(1) - f4(0.6) * cover)
        dark = f4(1) - f4(0.45) * min(damp * f4(1.6), f4(1))
        water = min(max((bare + puddles - f4(1)) * f4(6), f4(0)), f4(1)) * road * (f4(1) - cover)
        mirror = fresnel * min(damp * road * f4(0.75) + water, f4(1))
        lit = f4(1) - shade[u] * (shadow_verge + shadow_paved * road)
        lit = lit * lit
        lamp = head * beam[u]
        kept = (f4(1) - mirror) * dark * haze
        out = first + u
        seen = through[out]
        out_red[out] += seen * (r * (sky_r + sun_r * lit + lamp) * kept + mirror * mirror_r + fog_r)
        out_green[out] += seen * (g * (sky_g + sun_g * lit + lamp * f4(0.95)) * kept + mirror * mirror_g + fog_g)
        out_blue[out] += seen * (b * (sky_b + sun_b * lit + lamp * f4(0.82)) * kept + mirror * mirror_b + fog_b)
