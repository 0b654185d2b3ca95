from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.arriving_snow import STEP_M, conditions_at
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M


def cover(scenario: Scenario, share: float) -> float:
    return conditions_at(scenario, START_M + share * scenario.route_length_m).season.snow_cover


def test_the_cover_rises_between_two_shares_of_the_route() -> None:
    snow = {"first": 0.1, "last": 0.9, "begin": 0.2, "end": 0.6}
    scenario = Scenario(route_length_m=1000.0, disturbances={"arriving_snow": snow})
    assert cover(scenario, -0.001) == cover(scenario, 0.0) == cover(scenario, 0.199) == 0.1
    assert cover(scenario, 0.6) == cover(scenario, 1.0) == 0.9
    assert cover(scenario, 0.4) == pytest.approx(0.5)
    covers = [cover(scenario, share) for share in np.linspace(0.0, 1.0, 4001)]
    assert (np.diff(covers) >= 0.0).all()
    assert len(set(covers)) == 1 + round(0.4 * 1000.0 / STEP_M)


def test_nothing_else_changes_and_without_it_nothing_at_all() -> None:
    scenario = Scenario(conditions=Conditions.preset("winter", "dusk"), route_length_m=100.0)
    assert conditions_at(scenario, 50.0) is scenario.conditions
    snowing = scenario.model_copy(update={"disturbances": Scenario(disturbances={"arriving_snow": {}}).disturbances})
    changed = conditions_at(snowing, 105.0)
    assert changed == scenario.conditions.replace(season={"snow_cover": 1.0})
