from __future__ import annotations

import pydantic
import pytest

from wormdrive.envs.common.errors import ConditionsError
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions, Lens, Season, Weather, blend
from wormdrive.envs.simulation.scenario import Scenario

PAIRS = [(season, weather) for season in SEASONS for weather in WEATHERS]


def test_weather_has_the_fields_of_carla():
    carla = pytest.importorskip("carla", reason="carla's wheel is not for this platform")
    theirs = {
        name for name in dir(carla.WeatherParameters()) if isinstance(getattr(carla.WeatherParameters(), name), float)
    }
    assert set(Weather.model_fields) == theirs


@pytest.mark.parametrize("model", [Weather, Season, Lens])
def test_every_number_has_bounds_and_words(model):
    for name, field in model.model_fields.items():
        assert field.description, name
        if field.annotation is float:
            assert any(hasattr(limit, "ge") for limit in field.metadata), name


@pytest.mark.parametrize(("season", "weather"), PAIRS)
def test_every_preset_loads(season, weather):
    conditions = Conditions.preset(season, weather)
    assert conditions.season.name == season
    assert SEASONS[conditions.art_index] == season
    assert Conditions(**conditions.model_dump()) == conditions


def test_presets_are_all_different():
    assert len({Conditions.preset(*pair).model_dump_json() for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("season", SEASONS)
def test_snow_falls_where_it_should(season):
    snowfall, rain = Conditions.preset(season, "snowfall"), Conditions.preset(season, "rain")
    assert snowfall.season.snowfall == 1.0
    assert rain.season.snowfall <= 0.5
    assert snowfall.weather.precipitation > 30
    assert rain.weather.precipitation > 30
    assert snowfall.season.snow_cover > rain.season.snow_cover


@pytest.mark.parametrize("season", SEASONS)
def test_night_is_dark_and_fog_is_thick(season):
    by = {weather: Conditions.preset(season, weather) for weather in WEATHERS}
    assert by["night"].weather.sun_altitude_angle < -18 < 0 < by["dusk"].weather.sun_altitude_angle
    assert by["dusk"].weather.sun_altitude_angle < 10 < by["day"].weather.sun_altitude_angle
    assert by["fog"].weather.fog_density > by["day"].weather.fog_density + 30


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Conditions.preset("monsoon"), ("season='monsoon'", "summer", "winter")),
        (lambda: Conditions.preset("summer", "hail"), ("weather='hail'", "snowfall")),
        (lambda: Weather(cloudiness=120), ("weather.cloudiness=120", "[0, 100]")),
        (lambda: Weather(sun_azimuth_angle=-1), ("weather.sun_azimuth_angle=-1", "[0, 360]")),
        (lambda: Weather(wetness=float("nan")), ("weather.wetness=nan",)),
        (lambda: Weather(fog_distance=float("inf")), ("weather.fog_distance=inf",)),
        (lambda: Weather(cloud=3), ("weather.cloud=3", "no such field", "cloudiness")),
        (lambda: Season(name="monsoon"), ("season.name='monsoon'", "'autumn'")),
        (lambda: Conditions(weather={"wetness": "soaked"}), ("weather.wetness='soaked'", "[0, 100]")),
        (lambda: Conditions().replace(lense={"noise": 0}), ("lense", "lens")),
        (lambda: blend(Conditions(), Conditions(), 1.5), ("t=1.5", "[0, 1]")),
    ],
)
def test_complaints_name_field_value_and_what_is_allowed(make, words):
    with pytest.raises(ConditionsError) as caught:
        make()
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_inside_a_scenario_the_complaint_is_kept():
    with pytest.raises(pydantic.ValidationError, match=r"weather\.cloudiness=120"):
        Scenario.model_validate({"conditions": {"weather": {"cloudiness": 120}}})


def test_models_are_frozen():
    with pytest.raises(pydantic.ValidationError):
        Conditions().weather.cloudiness = 3.0  # type: ignore[misc]


def test_blend_ends_where_it_should():
    a, b = Conditions.preset("summer", "day"), Conditions.preset("winter", "night")
    assert blend(a, b, 0.0) == a
    assert blend(a, b, 1.0) == b


def test_blend_moves_every_number_between():
    a, b = Conditions.preset("summer", "day"), Conditions.preset("winter", "snowfall")
    middle = blend(a, b, 0.25)
    for part in ("season", "weather", "lens"):
        first, second, mixed = (getattr(c, part).model_dump() for c in (a, b, middle))
        for name, value in mixed.items():
            if isinstance(value, float):
                assert value == pytest.approx(0.75 * first[name] + 0.25 * second[name]), name
    assert middle.season.name == "summer"
    assert blend(a, b, 0.75).season.name == "winter"


def test_blend_takes_the_sun_the_short_way():
    a = Conditions().replace(weather={"sun_azimuth_angle": 350.0})
    b = Conditions().replace(weather={"sun_azimuth_angle": 20.0})
    assert blend(a, b, 0.5).weather.sun_azimuth_angle == pytest.approx(5.0)
    assert blend(b, a, 0.9).weather.sun_azimuth_angle == pytest.approx(353.0)
