from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.scenario import FlightScenario, ScenarioRanges, draw_scenario
from wormdrive.envs.seasons.conditions import Conditions

RANGES = ScenarioRanges(
    ("country_loop", "suburb"),
    5,
    (Conditions.preset("winter"),),
    0,
    ("chair", "car"),
    ("red",),
    (10.0, 12.0),
    0.0,
    0,
    9.0,
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("site", -1), ("seed", 0.5), ("target", "sofa"), ("colour", "green"), ("distance_m", 2.0),
        ("distance_m", float("nan")), ("target_speed_mps", 9.0), ("occluders", 9), ("time_limit_s", 0.0),
        ("conditions", "winter"), ("art_seed", True),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_named(name: str, value: Any) -> None:
    with pytest.raises(ArgumentError, match=f"{name}=.*allowed"):
        FlightScenario(**{name: value})


def test_scenarios_are_drawn_from_the_ranges() -> None:
    found = [draw_scenario(RANGES, np.random.default_rng(k)) for k in range(60)]
    assert {one.map for one in found} == {"country_loop", "suburb"}
    assert {one.site for one in found} == set(range(5))
    assert {one.target for one in found} == {"chair", "car"}
    assert all(10.0 <= one.distance_m <= 12.0 for one in found)
    assert len({one.seed for one in found}) == 60


def test_the_same_generator_draws_the_same() -> None:
    one, other = (draw_scenario(RANGES, np.random.default_rng(3)) for _ in range(2))
    assert one == other
