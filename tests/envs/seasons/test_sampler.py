from __future__ import annotations

import pytest

from wormdrive.envs.common.errors import ConditionsError
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS
from wormdrive.envs.seasons.sampler import ConditionsSampler, sampler_names


@pytest.mark.parametrize("name", sampler_names())
def test_same_seed_same_conditions(name):
    sampler = ConditionsSampler.named(name)
    again = ConditionsSampler.named(name)
    drawn = [sampler.sample(seed) for seed in range(20)]
    assert drawn == [again.sample(seed) for seed in range(20)]
    assert len({c.model_dump_json() for c in drawn}) == 20


def test_ranges_hold_and_are_used():
    sampler = ConditionsSampler.named("summer-variants")
    drawn = [sampler.sample(seed).model_dump() for seed in range(200)]
    for path, (low, high) in sampler.ranges.items():
        part, name = path.split(".")
        values = [c[part][name] for c in drawn]
        assert low <= min(values) < low + 0.1 * (high - low)
        assert high >= max(values) > high - 0.1 * (high - low)


def test_summer_variants_never_leave_summer():
    sampler = ConditionsSampler.named("summer-variants")
    for seed in range(50):
        drawn = sampler.sample(seed)
        assert drawn.season.name == "summer"
        assert drawn.season.snow_cover == 0.0
        assert drawn.weather.precipitation == 0.0


def test_all_weathers_meets_every_season():
    sampler = ConditionsSampler.named("all-weathers")
    assert {sampler.sample(seed).season.name for seed in range(60)} == set(SEASONS)


def test_jitter_stays_inside_bounds():
    sampler = ConditionsSampler(seasons=("winter",), weathers=WEATHERS, jitter={"weather.wetness": 100.0})
    values = [sampler.sample(seed).weather.wetness for seed in range(100)]
    assert min(values) == 0.0
    assert max(values) == 100.0


def test_around_a_preset():
    sampler = ConditionsSampler.around("winter", "day", season__snow_cover=(0.2, 0.9))
    values = [sampler.sample(seed).season.snow_cover for seed in range(50)]
    assert 0.2 <= min(values) < max(values) <= 0.9


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ConditionsSampler.named("spring-cleaning"), ("spring-cleaning", "summer-variants")),
        (lambda: ConditionsSampler(seasons=("monsoon",)), ("monsoon", "summer")),
        (lambda: ConditionsSampler(seasons=()), ("seasons",)),
        (lambda: ConditionsSampler(ranges={"weather.fog": (0, 1)}), ("weather.fog", "fog_density")),
        (lambda: ConditionsSampler(ranges={"fog_density": (0, 1)}), ("fog_density", "weather.fog_density")),
        (lambda: ConditionsSampler(ranges={"weather.wetness": (0, 200)}), ("weather.wetness=200", "[0, 100]")),
        (lambda: ConditionsSampler(ranges={"weather.wetness": (9, 2)}), ("weather.wetness", "low <= high")),
        (lambda: ConditionsSampler(jitter={"season.name": 1}), ("name", "snow_cover")),
        (lambda: ConditionsSampler(jitter={"weather.wetness": -1}), ("weather.wetness", "from 0 on")),
        (lambda: ConditionsSampler().sample(-1), ("seed=-1", "from 0 on")),
    ],
)
def test_complaints(make, words):
    with pytest.raises(ConditionsError) as caught:
        make()
    for word in words:
        assert word in str(caught.value)
