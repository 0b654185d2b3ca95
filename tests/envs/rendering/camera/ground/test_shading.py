from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.envs.rendering.camera.ground.rows import AHEAD, DROP, HAZE, ROW_FIELDS
from wormdrive.envs.rendering.camera.ground.shading import shade_ground
from wormdrive.envs.seasons.appearance import (
    AMBIENT,
    APPEARANCE_SIZE,
    FOG,
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

AHEAD_M, DROP_M = 10.0, 1.4


def shaded(
    reflectance: float = 0.0,
    *,
    bareness: float = 0.0,
    paved: float = 1.0,
    shade: float = 0.0,
    haze: float = 1.0,
    beam: float = 1.0,
    **values: float,
) -> np.ndarray:
    """Light (3,) of ground 10 m ahead; ``values``: of the appearance, by name, the same in all channels."""
    vector = np.zeros(APPEARANCE_SIZE, np.float32)
    vector[SNOW] = -1.0
    vector[GRASS_TINT : GRASS_TINT + 3] = 1.0
    for name, value in values.items():
        place = PLACES[name]
        vector[place : place + (3 if name in COLOURS else 1)] = value
    rows = np.zeros((1, ROW_FIELDS), np.float32)
    rows[0, AHEAD], rows[0, DROP], rows[0, HAZE] = AHEAD_M, DROP_M, haze
    light = np.zeros((3, 8), np.float32)
    per_pixel = [np.full(8, value, np.float32) for value in (beam, paved, bareness, shade)]
    ground = np.full((3, 8), reflectance, np.float32)
    shade_ground(rows, 0, vector, *per_pixel, *ground, 0, 8, 0, np.ones(8, np.float32), *light)
    np.testing.assert_array_equal(light, light[:, :1].repeat(8, axis=1))
    return light[:, 0]


PLACES = {
    "sun": SUN, "ambient": AMBIENT, "fog": FOG, "horizon": HORIZON, "zenith": ZENITH, "snow": SNOW, "wet": WET,
    "puddles": PUDDLES, "shadow": SHADOW, "headlights": HEADLIGHTS, "tint": GRASS_TINT,
}  # fmt: skip
COLOURS = {"sun", "ambient", "fog", "horizon", "zenith", "tint"}
COSINE = DROP_M / math.hypot(AHEAD_M, DROP_M)
FRESNEL = 0.03 + 0.97 * (1.0 - COSINE) ** 5  # Schlick


def test_dry_ground_sends_back_sun_and_sky_and_a_shadow_takes_the_sun() -> None:
    assert shaded(0.3, sun=1.5, ambient=0.4) == pytest.approx(0.3 * 1.9, rel=1e-5)
    assert shaded(0.3, sun=1.5, ambient=0.4, shadow=0.5, shade=1.0, paved=0.0) == pytest.approx(
        0.3 * (0.4 + 1.5 * 0.5**2), rel=1e-5
    )
    assert shaded(0.3, sun=1.5, ambient=0.4, shadow=0.5, shade=1.0) == pytest.approx(
        0.3 * (0.4 + 1.5 * 0.6**2),
        rel=1e-5,  # a fifth fainter on the road
    )


def test_haze_takes_the_grounds_light_and_adds_its_own() -> None:
    assert shaded(0.3, ambient=1.0, haze=0.25, fog=0.8) == pytest.approx(0.3 * 0.25 + 0.8 * 0.75, rel=1e-5)


def test_puddles_stand_where_the_road_is_bare_enough_and_mirror_the_sky() -> None:
    """Black ground: all light is what water mirrors of an even sky, 0.85 of it by the law of Fresnel."""
    mirrored = 0.85 * FRESNEL
    for bareness, share in ((1.0, 1.0), (0.85, 0.9), (0.75, 0.3), (0.7, 0.0), (0.2, 0.0)):
        light = shaded(bareness=bareness, puddles=0.3, horizon=1.0, zenith=1.0)
        assert light == pytest.approx(share * mirrored, abs=1e-5)
    assert not shaded(bareness=1.0, puddles=0.3, horizon=1.0, zenith=1.0, paved=0.0).any()
    assert shaded(wet=1.0, horizon=1.0, zenith=1.0) == pytest.approx(0.75 * mirrored, rel=1e-5)


def test_a_wet_road_is_darker() -> None:
    assert shaded(0.3, ambient=1.0, wet=1.0) == pytest.approx(0.3 * 0.55 * (1.0 - 0.75 * FRESNEL), rel=1e-5)


def test_snow_lies_where_bareness_is_below_its_threshold() -> None:
    green = 0.3 * 0.0 + 0.985 * (0.70 + 0.28 * 0.4 + 0.05 * 0.5)
    assert shaded(0.3, ambient=1.0, snow=0.6, bareness=0.2)[1] == pytest.approx(green, rel=1e-5)
    assert shaded(0.3, ambient=1.0, snow=0.2, bareness=0.6) == pytest.approx(0.3, rel=1e-5)


def test_headlights_fade_ahead_and_are_yellowish() -> None:
    lamp = 1.5 * 2.2 * math.exp(-AHEAD_M / 26.0) * 0.7
    assert shaded(0.3, headlights=1.5, beam=0.7) == pytest.approx(
        [0.3 * lamp * share for share in (1.0, 0.95, 0.82)], rel=1e-5
    )


def test_a_tint_colours_the_verge_alone() -> None:
    assert shaded(0.3, ambient=1.0, tint=1.2, paved=0.0) == pytest.approx(0.36, rel=1e-5)
    assert shaded(0.3, ambient=1.0, tint=1.2) == pytest.approx(0.3, rel=1e-5)
