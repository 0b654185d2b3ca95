from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wormdrive.envs.seasons import appearance as look
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions, Lens, Season, Weather, blend

SPANS = {"fog_distance": 200.0, "fog_falloff": 5.0, "scattering_intensity": 4.0}  # fields without an upper bound


def numbers(model):
    for name, field in model.model_fields.items():
        if field.annotation is float:
            low = next(limit.ge for limit in field.metadata if hasattr(limit, "ge"))
            high = next((limit.le for limit in field.metadata if hasattr(limit, "le")), SPANS.get(name, 0.2))
            yield name, float(low), float(high)


FIELDS = [
    (part, name, low, high)
    for part, model in (("weather", Weather), ("season", Season), ("lens", Lens))
    for name, low, high in numbers(model)
]


def rgb(vector, place):
    return vector[place : place + 3]


def brightness(vector, place):
    return float(rgb(vector, place).mean())


def test_places_do_not_overlap_and_fill_the_vector():
    triples = {
        "SUN",
        "AMBIENT",
        "FOG",
        "MARK_WHITE",
        "MARK_YELLOW",
        "ZENITH",
        "HORIZON",
        "CLOUD",
        "GLOW_COLOUR",
        "HILL",
    }
    triples |= {"LEAF_TINT", "GRASS_TINT"}
    used: list[int] = []
    for name in look.__all__:
        place = getattr(look, name)
        if name.isupper() and name != "APPEARANCE_SIZE":
            used += range(place, place + (3 if name in triples else 1))
    assert sorted(used) == list(range(look.APPEARANCE_SIZE))


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("weather", WEATHERS)
def test_vectors_are_sound(season, weather):
    vector = look.appearance(Conditions.preset(season, weather))
    assert vector.shape == (look.APPEARANCE_SIZE,)
    assert vector.dtype == np.float32
    assert np.isfinite(vector).all()
    for place in (look.SUN, look.AMBIENT, look.FOG, look.ZENITH, look.HORIZON, look.CLOUD, look.HILL):
        assert (rgb(vector, place) >= 0).all()
        assert (rgb(vector, place) <= 2.5).all()
    assert 0 <= vector[look.SHADOW] <= 1
    assert 0 < vector[look.FOG_BETA] < 0.1


@pytest.mark.parametrize(("part", "name", "low", "high"), FIELDS, ids=lambda v: v if isinstance(v, str) else "")
@pytest.mark.parametrize("base", [("summer", "day"), ("winter", "snowfall"), ("autumn", "dusk")], ids="-".join)
def test_looks_are_continuous_in_every_parameter(part, name, low, high, base):
    conditions = Conditions.preset(*base)
    steps = 200
    sweep = np.array(
        [
            look.appearance(conditions.replace(**{part: {name: low + (high - low) * i / steps}}))
            for i in range(steps + 1)
        ]
    )
    largest = np.abs(np.diff(sweep, axis=0)).max(axis=0)
    spread = sweep.max(axis=0) - sweep.min(axis=0)
    # a jump would cross its whole spread in one step of two hundred; the steepest ramp takes a dozen
    assert (largest <= 0.15 * spread + 1e-6).all(), np.flatnonzero(largest > 0.15 * spread + 1e-6)


@settings(max_examples=30, deadline=None)
@given(t=st.floats(0.0, 0.999), pair=st.tuples(st.sampled_from(WEATHERS), st.sampled_from(WEATHERS)))
def test_cross_fades_do_not_jump(t, pair):
    a, b = (Conditions.preset("spring", weather) for weather in pair)
    step = np.abs(look.appearance(blend(a, b, t + 0.001)) - look.appearance(blend(a, b, t)))
    assert step.max() < 0.05


def test_every_parameter_is_seen_somewhere():
    unseen = set()
    for part, name, low, high in FIELDS:
        seen = False
        for season, weather in (("summer", "day"), ("winter", "snowfall"), ("autumn", "dusk"), ("summer", "fog")):
            base = Conditions.preset(season, weather)
            ends = [look.appearance(base.replace(**{part: {name: value}})) for value in (low, high)]
            seen |= bool(np.abs(ends[0] - ends[1]).max() > 1e-3)
        if not seen:
            unseen.add(name)
    assert unseen == {"road_friction"}  # that one is felt


def test_the_day_gets_darker_towards_night():
    altitudes = (60, 30, 10, 2, -4, -9, -20)
    light = [look.appearance(Conditions().replace(weather={"sun_altitude_angle": a})) for a in altitudes]
    total = [brightness(v, look.SUN) + brightness(v, look.AMBIENT) for v in light]
    assert total == sorted(total, reverse=True)
    assert total[0] > 50 * total[-1]


def test_a_low_sun_is_red():
    low = rgb(look.appearance(Conditions().replace(weather={"sun_altitude_angle": 4})), look.SUN)
    high = rgb(look.appearance(Conditions().replace(weather={"sun_altitude_angle": 60})), look.SUN)
    assert low[0] / low[2] > 2 * high[0] / high[2]


def test_clouds_take_the_sun_and_even_out_the_sky():
    clear = look.appearance(Conditions().replace(weather={"cloudiness": 0}))
    grey = look.appearance(Conditions().replace(weather={"cloudiness": 100}))
    assert brightness(grey, look.SUN) < 0.2 * brightness(clear, look.SUN)
    assert brightness(grey, look.AMBIENT) > brightness(clear, look.AMBIENT)
    assert grey[look.SHADOW] < 0.05 < 0.8 < clear[look.SHADOW]
    zenith, horizon = rgb(clear, look.ZENITH), rgb(grey, look.ZENITH)
    assert zenith[2] / zenith[0] > 2 > horizon[2] / horizon[0]


def test_fog_shortens_sight():
    betas = [
        float(look.appearance(Conditions().replace(weather={"fog_density": f}))[look.FOG_BETA]) for f in (0, 20, 50, 80)
    ]
    assert betas == sorted(betas)
    assert 3.9 / betas[0] > 1500  # Koschmieder: metres of sight
    assert 60 < 3.9 / betas[-1] < 200


def test_fog_rain_and_dust_add_up_to_what_the_air_swallows():
    def extinction(**weather: float) -> float:
        return float(look.appearance(Conditions().replace(weather={"fog_density": 0.0, **weather}))[look.FOG_BETA])

    clear = extinction()
    assert extinction(fog_density=100.0) - clear == pytest.approx(0.045, rel=1e-4)
    assert extinction(precipitation=50.0) - clear == pytest.approx(0.0035, rel=1e-4)
    assert extinction(dust_storm=100.0) - clear == pytest.approx(0.03, rel=1e-4)
    assert extinction(dust_storm=100.0, precipitation=100.0) - clear == pytest.approx(0.037, rel=1e-4)


def test_azimuth_turns_into_iso_axes():
    vector = look.appearance(Conditions().replace(weather={"sun_azimuth_angle": 90.0}))
    assert vector[look.SUN_AZIMUTH] == pytest.approx(-math.pi / 2)  # clockwise 90 from +x is -y


@pytest.mark.parametrize("cover", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_snow_threshold_is_the_cover(cover):
    assert look.snow_threshold(cover) == pytest.approx(cover, abs=0.01)


def test_snow_threshold_leaves_nothing_and_everything_at_its_ends():
    assert look.snow_threshold(0.0) <= -0.5
    assert look.snow_threshold(1.0) >= 1.5
