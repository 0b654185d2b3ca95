"""Controls give the presets at their ends and something between in between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wormdrive.envs.common.errors import ConditionsError
from wormdrive.envs.seasons.appearance import appearance
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("weather", WEATHERS)
def test_presets_are_where_the_controls_say(season: str, weather: str) -> None:
    made, preset = WeatherControls.preset(season, weather).conditions, Conditions.preset(season, weather)
    if (season, weather) == ("spring", "fog"):  # spring's road is wetter than the fog's
        assert made.weather.wetness == 30.0
        made = made.replace(weather={"wetness": preset.weather.wetness})
    assert made == preset


@given(st.sampled_from(SEASONS), st.floats(0, 1), st.floats(0, 1), st.floats(0, 24), st.booleans())
def test_every_position_is_a_condition(season: str, rain: float, fog: float, hour: float, snow: bool) -> None:
    made = WeatherControls(season, rain, fog, hour, snow).conditions
    assert made.season.name == season
    assert np.isfinite(appearance(made)).all()


@pytest.mark.parametrize("season", SEASONS)
def test_the_hour_goes_round_without_a_jump(season: str) -> None:
    hours = np.linspace(0.0, 24.0, 24 * 60 + 1)
    made = [WeatherControls(season, hour=hour).conditions for hour in hours]
    for read in (
        lambda c: c.weather.sun_altitude_angle / 30.0,
        lambda c: c.lens.exposure,
        lambda c: c.lens.headlights,
        lambda c: c.weather.cloudiness / 30.0,
    ):
        values = np.array([read(one) for one in made])
        assert np.abs(np.diff(values)).max() < 0.02
        assert values[0] == pytest.approx(values[-1])


def test_the_words() -> None:
    assert WeatherControls.preset("summer", "day").words == "day"
    assert WeatherControls("winter", precipitation=0.3, fog=0.9, hour=2.0, snow=True).words == "light snow, fog, night"
    assert WeatherControls(hour=6.5).words == "dawn"


def test_wrong_positions_are_named() -> None:
    with pytest.raises(ConditionsError, match=r"hour=25\.0: allowed is a number in"):
        _ = WeatherControls(hour=25.0).conditions
    with pytest.raises(ConditionsError, match="weather='hail': allowed are day"):
        WeatherControls.preset("summer", "hail")
