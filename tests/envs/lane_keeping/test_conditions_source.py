from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError, WormdriveError
from wormdrive.envs.lane_keeping.conditions_source import parse_conditions
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.sampler import ConditionsSampler

ID = "wormdrive/LaneKeeping-v0"
AUTUMN = {"season": "autumn", "weather": {"fog_density": 40.0}, "lens": {"noise": 0.1}}
AROUND = {"seasons": ["winter"], "weathers": ["day"], "ranges": {"season.snow_cover": [0.2, 0.9]}}


def test_a_mapping_of_conditions_fields() -> None:
    winter = Conditions.preset("winter", "night")
    assert parse_conditions(winter.model_dump()) == winter
    assert parse_conditions({"season": "winter", "weather": "night"}) == winter
    assert parse_conditions({"weather": "night"}) == Conditions.preset("summer", "night")
    assert parse_conditions({}) == Conditions()
    mixed = Conditions.preset("autumn").replace(weather={"fog_density": 40.0}, lens={"noise": 0.1})
    assert parse_conditions(AUTUMN) == mixed


def test_what_is_one_already_stays() -> None:
    def draw(_: np.random.Generator) -> Conditions:
        return Conditions()

    for source in (None, draw, Conditions(), ConditionsSampler.named("summer-variants")):
        assert parse_conditions(source) is source


def test_samplers_by_mapping_name_and_file(tmp_path: Path) -> None:
    sampler = ConditionsSampler.around("winter", season__snow_cover=(0.2, 0.9))
    file = tmp_path / "around.yaml"
    file.write_text("seasons: [winter]\nweathers: [day]\nranges: {season.snow_cover: [0.2, 0.9]}\n")
    for value in (AROUND, file, str(file)):
        assert parse_conditions(value) == sampler
    assert parse_conditions("summer-variants") == ConditionsSampler.named("summer-variants")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("winter", r"conditions='winter': allowed are .*summer-variants.*the path of a YAML file"),
        ("missing.yaml", r"conditions missing.yaml: cannot be read"),
        ({"sesaon": "winter"}, r"'sesaon': allowed are season, weather, lens, or seasons, weathers"),
        ({3: 1}, r"3: allowed are season"),
        ({"season": "monsoon"}, r"season='monsoon': allowed are summer"),
        ({"season": "winter", "weather": 3}, r"weather=3: allowed is a mapping"),
        ({"season": "winter", "weather": {"fog": 3}}, r"weather\.fog=3: no such field"),
        ({"weather": {"fog_density": 300}}, r"fog_density=300"),
        ({"ranges": {"season.snow": [0, 1]}}, r"snow"),
        (3, r"conditions=3: allowed are Conditions, a ConditionsSampler, a mapping"),
    ],
)
def test_what_is_not_allowed_is_named(value: Any, message: str) -> None:
    with pytest.raises(WormdriveError, match=message):
        parse_conditions(value)


def test_a_file_at_fault_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("sesaon: winter\n")
    with pytest.raises(ArgumentError, match=r"mine\.yaml: 'sesaon': allowed"):
        parse_conditions(file)


@pytest.mark.parametrize("conditions", [AUTUMN, AROUND, "summer-variants"], ids=["mapping", "ranges", "name"])
def test_an_environment_is_made_again_from_its_spec_as_json(conditions: Any) -> None:
    first = gym.make(ID, observation="state", conditions=conditions)
    assert first.spec is not None
    again = gym.make(gym.envs.registration.EnvSpec.from_json(first.spec.to_json()))
    drawn = [[env.reset(seed=seed)[1]["scenario"] for seed in range(3)] for env in (first, again)]
    assert drawn[0] == drawn[1]
    assert drawn[0][0].conditions != Conditions.preset("summer")
