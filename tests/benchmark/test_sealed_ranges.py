from __future__ import annotations

import pytest

from wormdrive.benchmark.sealed_ranges import LIGHTS, RANGES, SKIES
from wormdrive.envs.seasons.conditions import SEASONS, Conditions

NOT_DRAWN = {
    "season.name", "season.snow_cover",
    "weather.fog_distance", "weather.fog_falloff", "weather.scattering_intensity", "weather.rayleigh_scattering_scale",
    "weather.dust_storm",
}  # fmt: skip
CHOICES = {"always": {"always"}, "art": set(SEASONS), "light": set(LIGHTS), "sky": set(SKIES)}


def test_every_number_of_conditions_is_drawn_or_left_on_purpose() -> None:
    fields = {f"{part}.{name}" for part, values in Conditions().model_dump().items() for name in values}
    assert set(RANGES) == fields - NOT_DRAWN
    assert fields >= NOT_DRAWN


@pytest.mark.parametrize("path", RANGES)
def test_bounds_are_in_order_allowed_and_there_for_whatever_is_chosen(path: str) -> None:
    of = RANGES[path]
    assert set(of.bounds) == CHOICES[of.by]
    part, name = path.split(".")
    for low, high in of.bounds.values():
        assert low <= high
        for value in (low, high):
            held = Conditions().replace(**{part: {name: value}})
            assert getattr(getattr(held, part), name) == value
    assert len({*of.bounds.values()}) > 1 or of.by == "always"
    assert max(high - low for low, high in of.bounds.values()) > 0


def test_what_does_not_occur_together_cannot_be_drawn() -> None:
    def bounds(path: str, chosen: str) -> tuple[float, float]:
        return RANGES[path].bounds[chosen]

    assert bounds("season.foliage", "winter")[1] <= 0.05
    assert bounds("season.snowfall", "summer") == (0, 0)
    for sky in ("fair", "overcast", "fog"):
        assert bounds("weather.precipitation", sky) == (0, 0)
    assert bounds("weather.cloudiness", "falling")[0] > bounds("weather.cloudiness", "fair")[1]
    assert bounds("lens.headlights", "night")[0] > bounds("lens.headlights", "day")[1]
    assert bounds("weather.sun_altitude_angle", "night")[1] < 0 < bounds("weather.sun_altitude_angle", "day")[0]
