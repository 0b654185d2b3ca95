"""Sealed ranges: between which bounds each number of the sealed conditions is drawn, and why.

Four choices go before the numbers: how much snow lies (see ``sealed.py``), the ``art`` (what has grown, fallen or
frozen), the ``light`` and the ``sky``. A number's bounds follow from one of them, so that what does not occur together
on a road is not drawn together: leaves and deep snow, a blue sky and rain, darkness and lamps that are off.

The ranges were written down before the seed was opened, and reach beyond the presets' own numbers where a road does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["ARTS_OF_BARE_ROADS", "ARTS_OF_FIRST_SNOW", "DEEP_SNOW", "LIGHTS", "MOST_SNOW", "RANGES", "SKIES", "Range"]

MOST_SNOW: Final = 0.95
"""Largest share of the road under snow: beyond it not even wheel tracks are bare, and there is no lane to be seen."""

DEEP_SNOW: Final = 0.3
"""From this share on it is winter: leaves have fallen; below, snow may have come early or late."""

ARTS_OF_BARE_ROADS: Final = ("summer", "autumn", "winter", "spring")
ARTS_OF_FIRST_SNOW: Final = ("autumn", "winter", "spring")

LIGHTS: Final = {"day": 14, "dusk": 5, "night": 5}
"""How many of 24 conditions: most by day, where everybody has learnt, so that there the season alone is new."""

SKIES: Final = {"fair": 8, "overcast": 6, "fog": 4, "falling": 6}
"""How many of 24 conditions; what falls is rain, sleet or snow, by the art."""


@dataclass(frozen=True)
class Range:
    """Lowest and highest value of one number of ``Conditions``, drawn evenly between.

    Attributes
    ----------
    why:
        Reason for the bounds.
    by:
        The choice that they follow from; ``always`` if none.
    bounds:
        Lowest and highest, by name of what was chosen; ``always`` alone where nothing was.
    """

    why: str
    by: Literal["always", "art", "light", "sky"]
    bounds: Mapping[str, tuple[float, float]]


def _always(why: str, low: float, high: float) -> Range:
    return Range(why, "always", {"always": (low, high)})


def _by_art(
    why: str,
    summer: tuple[float, float],
    autumn: tuple[float, float],
    winter: tuple[float, float],
    spring: tuple[float, float],
) -> Range:
    return Range(why, "art", {"summer": summer, "autumn": autumn, "winter": winter, "spring": spring})


def _by_light(why: str, day: tuple[float, float], dusk: tuple[float, float], night: tuple[float, float]) -> Range:
    return Range(why, "light", {"day": day, "dusk": dusk, "night": night})


def _by_sky(
    why: str,
    fair: tuple[float, float],
    overcast: tuple[float, float],
    fog: tuple[float, float],
    falling: tuple[float, float],
) -> Range:
    return Range(why, "sky", {"fair": fair, "overcast": overcast, "fog": fog, "falling": falling})


# fmt: off
RANGES: Final[Mapping[str, Range]] = {
    "season.foliage": _by_art(
        "summer is in leaf, autumn sheds, winter is bare, spring buds", (0.85, 1), (0.3, 0.9), (0, 0.05), (0.4, 0.9)),
    "season.leaf_litter": _by_art(
        "leaves of autumn, petals of spring, little else", (0, 0.15), (0.2, 0.8), (0, 0.15), (0, 0.3)),
    "season.ground_cover": _by_art(
        "lush to dry; straw in winter", (0.4, 1), (0.4, 1), (0.1, 0.6), (0.6, 1)),
    "season.snowfall": _by_art(
        "rain in summer, sleet around it, snow in winter", (0, 0), (0, 0.5), (0.7, 1), (0, 0.5)),
    "season.road_friction": _by_art(
        "dry asphalt; cold and brine take some of it", (0.9, 1.05), (0.85, 1), (0.75, 0.95), (0.85, 1.05)),
    "season.conifer_share": _always("broadleaf to mixed woods", 0.05, 0.6),
    "season.leaf_variation": _always("trees of one kind to many", 0.05, 0.5),
    "season.tree_density": _always("open fields to forest", 0.2, 1),
    "season.bush_density": _always("mown to overgrown verges", 0.1, 0.9),
    "season.mark_visibility": _always("fresh to faded paint; snow covers it besides", 0.4, 1),
    "season.mark_wear": _always("new to worn paint", 0.2, 0.8),

    "weather.sun_azimuth_angle": _always("roads lead everywhere", 0, 360),
    "weather.sun_altitude_angle": _by_light(
        "a winter's noon to a summer's; around the horizon; none", (8, 60), (-4, 7), (-45, -10)),
    "weather.cloudiness": _by_sky(
        "nothing falls, and no fog lies, from a blue sky", (0, 60), (70, 100), (60, 100), (80, 100)),
    "weather.precipitation": _by_sky(
        "drizzle to cloudbursts, under a sky that gives it", (0, 0), (0, 0), (0, 0), (30, 100)),
    "weather.fog_density": _by_sky(
        "haze; fog that one sees 100 to 240 m through", (0, 12), (0, 30), (50, 88), (10, 45)),
    "weather.wind_intensity": _by_sky(
        "wind drives fog away", (0, 50), (0, 50), (0, 10), (0, 70)),
    "weather.wetness": _by_sky(
        "dry, drying, damp, wet", (0, 30), (0, 60), (10, 60), (50, 100)),
    "weather.precipitation_deposits": _by_art(
        "puddles freeze in winter", (0, 40), (0, 45), (0, 12), (0, 45)),
    "weather.mie_scattering_scale": _always("clear to hazy air", 0, 0.06),

    "lens.exposure": _by_light(
        "an automatic exposure, off by a third", (0.8, 1.5), (1.4, 2), (1.6, 2.3)),
    "lens.noise": _by_light(
        "its gain brings noise", (0.004, 0.03), (0.012, 0.035), (0.02, 0.05)),
    "lens.headlights": _by_light(
        "lamps that are dim or dirty to lamps that are new", (0, 0.3), (0.3, 0.8), (0.55, 1)),
    "lens.vignette": _always("lenses differ", 0.1, 0.45),
}
# fmt: on
"""Every number that is drawn, in the order in which it is. ``season.snow_cover`` comes in steps of its own; fog's
shape (``fog_distance``, ``fog_falloff``, ``scattering_intensity``), the blue of the air and dust stay as ever.
"""
