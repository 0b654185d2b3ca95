"""Appearance: what conditions look like as the vector that the camera's kernels read; where each number lies in it.

Colours are linear light, three places each (the constant is the place of red). Brightness is relative: a white
surface in full summer sun is near 2. The mapping from ``Conditions`` stands in ``light.py`` and below; it is
continuous in every parameter.

How the camera is meant to use the numbers that need a word:

==================  ================================================================================================
``FOG_BETA``        extinction [1/m]: what lies x metres away keeps exp(-beta * max(x - FOG_START, 0)) of its light
``SNOW``            snow lies where bareness (the ground's alpha, 0..1) is below this number
``PUDDLES``         water stands on the road where bareness is above 1 - this number
``SHADOW``          opacity of tree shadows, 0..1
``SUN_AZIMUTH``     [rad] counter-clockwise from the map's x axis; ``SUN_ELEVATION`` [rad], at least 0.05
``MARK_STRENGTH``   opacity of road marks; ``MARK_WEAR`` how much of it is lost where the asphalt is dark
``CLOUD_COVER``     opacity of the panorama's clouds; ``GLOW`` light around the sun, in ``GLOW_COLOUR``
``STARS``           0 by day, 1 on a clear night
``LITTER``          amount of leaves: see ``Art.litter``
``LEAF_TINT``       factor on the colours of broadleaf trees and bushes; ``GRASS_TINT`` on grass and tufts
``PRECIPITATION``   0..1; ``FLAKES`` 0 rain, 1 snow, sleet between; ``WIND`` slant, 0..1
``TRAFFIC_LAMPS``   0..1: other cars drive with lamps on
==================  ================================================================================================
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons import light
from wormdrive.envs.seasons.ramp import mix, ramp, smoothstep

if TYPE_CHECKING:
    from wormdrive.envs.seasons.conditions import Conditions

__all__ = [
    "AMBIENT",
    "APPEARANCE_SIZE",
    "BUSHES",
    "CLOUD",
    "CLOUD_COVER",
    "CONIFERS",
    "EXPOSURE",
    "FLAKES",
    "FOG",
    "FOG_BETA",
    "FOG_START",
    "GLOW",
    "GLOW_COLOUR",
    "GRASS_TINT",
    "HEADLIGHTS",
    "HILL",
    "HORIZON",
    "LEAF_TINT",
    "LEAF_VARIATION",
    "LITTER",
    "MARK_STRENGTH",
    "MARK_WEAR",
    "MARK_WHITE",
    "MARK_YELLOW",
    "NOISE",
    "POSTS",
    "PRECIPITATION",
    "PUDDLES",
    "SHADOW",
    "SNOW",
    "STARS",
    "SUN",
    "SUN_AZIMUTH",
    "SUN_ELEVATION",
    "TRAFFIC_LAMPS",
    "TREE_DENSITY",
    "TUFTS",
    "VIGNETTE",
    "WET",
    "WIND",
    "ZENITH",
    "appearance",
    "snow_threshold",
]

SUN: Final = 0
AMBIENT: Final = 3
FOG: Final = 6
FOG_BETA: Final = 9
FOG_START: Final = 10
SNOW: Final = 11
WET: Final = 12
PUDDLES: Final = 13
SHADOW: Final = 14
SUN_AZIMUTH: Final = 15
SUN_ELEVATION: Final = 16
HEADLIGHTS: Final = 17
EXPOSURE: Final = 18
NOISE: Final = 19
VIGNETTE: Final = 20
MARK_STRENGTH: Final = 21
MARK_WEAR: Final = 22
MARK_WHITE: Final = 23
MARK_YELLOW: Final = 26
ZENITH: Final = 29
HORIZON: Final = 32
CLOUD_COVER: Final = 35
CLOUD: Final = 36
GLOW: Final = 39
GLOW_COLOUR: Final = 40
HILL: Final = 43
PRECIPITATION: Final = 46
FLAKES: Final = 47
WIND: Final = 48
TREE_DENSITY: Final = 49
CONIFERS: Final = 50
LEAF_VARIATION: Final = 51
BUSHES: Final = 52
POSTS: Final = 53
TUFTS: Final = 54
LITTER: Final = 55
LEAF_TINT: Final = 56
GRASS_TINT: Final = 59
STARS: Final = 62
TRAFFIC_LAMPS: Final = 63
APPEARANCE_SIZE: Final = 64

_HILLS = {
    "summer": (0.10, 0.16, 0.07),
    "autumn": (0.26, 0.15, 0.05),
    "winter": (0.20, 0.20, 0.21),
    "spring": (0.20, 0.28, 0.09),
}
_SNOWY_HILLS = (0.46, 0.47, 0.50)


def appearance(conditions: Conditions) -> NDArray[np.float32]:
    """Work out how ``conditions`` look: (APPEARANCE_SIZE,) float32."""
    season, weather, lens = conditions.season, conditions.weather, conditions.lens
    sky = light.sky_light(weather)
    vector = np.zeros(APPEARANCE_SIZE, np.float64)

    vector[SUN : SUN + 3] = sky.sun
    vector[AMBIENT : AMBIENT + 3] = sky.ambient
    vector[FOG : FOG + 3] = sky.fog
    vector[FOG_BETA] = sky.fog_beta
    vector[FOG_START] = weather.fog_distance
    vector[SHADOW] = sky.shadow * mix(0.65, 1.0, season.foliage)
    vector[SUN_AZIMUTH] = -math.radians(weather.sun_azimuth_angle)
    vector[SUN_ELEVATION] = max(math.radians(weather.sun_altitude_angle), 0.05)
    vector[ZENITH : ZENITH + 3] = sky.zenith
    vector[HORIZON : HORIZON + 3] = sky.horizon
    vector[CLOUD_COVER] = sky.cloud_cover
    vector[CLOUD : CLOUD + 3] = sky.cloud
    vector[GLOW] = sky.glow
    vector[GLOW_COLOUR : GLOW_COLOUR + 3] = sky.glow_colour
    vector[STARS] = sky.stars

    vector[SNOW] = snow_threshold(season.snow_cover)
    vector[WET] = weather.wetness / 100.0
    vector[PUDDLES] = weather.precipitation_deposits / 100.0
    vector[LITTER] = season.leaf_litter
    vector[MARK_STRENGTH] = season.mark_visibility
    vector[MARK_WEAR] = season.mark_wear
    vector[MARK_WHITE : MARK_WHITE + 3] = 0.64, 0.64, 0.61
    vector[MARK_YELLOW : MARK_YELLOW + 3] = 0.66, 0.42, 0.06

    vector[HILL : HILL + 3] = mix(
        np.array(_HILLS[season.name]), np.array(_SNOWY_HILLS), min(1.0, 1.6 * season.snow_cover)
    )
    vector[PRECIPITATION] = weather.precipitation / 100.0
    vector[FLAKES] = season.snowfall
    vector[WIND] = weather.wind_intensity / 100.0
    vector[TREE_DENSITY] = season.tree_density
    vector[CONIFERS] = season.conifer_share
    vector[LEAF_VARIATION] = season.leaf_variation
    vector[BUSHES] = season.bush_density
    vector[POSTS] = 1.0
    vector[TUFTS] = mix(0.5, 1.0, season.ground_cover)
    vector[LEAF_TINT : LEAF_TINT + 3] = mix(np.array((0.86, 0.80, 0.74)), np.ones(3), season.foliage)
    vector[GRASS_TINT : GRASS_TINT + 3] = mix(np.array((1.22, 1.02, 0.90)), np.ones(3), season.ground_cover)

    vector[EXPOSURE] = lens.exposure
    vector[NOISE] = lens.noise
    vector[VIGNETTE] = lens.vignette
    vector[HEADLIGHTS] = 1.5 * lens.headlights
    vector[TRAFFIC_LAMPS] = max(
        smoothstep(12.0, -2.0, weather.sun_altitude_angle),
        ramp(weather.precipitation, ((0, 0), (40, 1))),
        ramp(weather.fog_density, ((20, 0), (50, 1))),
    )
    return vector.astype(np.float32)


def snow_threshold(cover: float) -> float:
    """Bareness below which snow lies, so that ``cover`` of the road is white.

    Bareness is spread evenly over the road's surface, so the threshold is the cover itself; at both ends it moves
    out by half a unit, past the soft edge that far-off snow has.
    """
    return cover - 0.5 * (1.0 - cover) ** 40 + 0.5 * cover**40
