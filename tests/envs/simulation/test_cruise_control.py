from __future__ import annotations

import numpy as np
import pytest

from tests.support.routes import synthetic_route
from wormdrive.agents.expert import Expert
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation import cruise_control
from wormdrive.envs.simulation.scenario import Scenario

TWISTY = synthetic_route(3, tightest_radius_m=10.0)
STATION = np.arange(len(TWISTY.x)) * TWISTY.spacing_m


@pytest.mark.parametrize("friction", [0.2, 0.4, 1.0, 1.2])
def test_wanted_speed_respects_bends_and_can_be_braked_for(friction: float) -> None:
    speed = cruise_control.cruise_speed(cruise_control.speed_profile(TWISTY), friction)
    grip = min(friction, 1.0)
    fast = speed > cruise_control.CREEPING_MPS
    lateral = speed**2 * np.abs(TWISTY.curvature)
    assert (lateral[fast] <= cruise_control.LATERAL_ACCELERATION * grip * (1.0 + 1e-9)).all()
    assert speed.max() <= cruise_control.CRUISING_MPS
    braking = -np.diff(speed**2) / (2.0 * TWISTY.spacing_m)
    assert braking.max() <= cruise_control.BRAKING * max(
        grip, cruise_control.LIMIT_BRAKING / cruise_control.BRAKING
    ) * (1.0 + 1e-6)
    assert speed.min() < 0.8 * speed.max()


def test_speed_limits_are_met_where_they_begin() -> None:
    limits = np.full(len(TWISTY.x), np.inf)
    limits[800:] = 5.0
    straight = Route(**{**TWISTY.__dict__, "curvature": np.zeros(len(TWISTY.x)), "speed_limit_mps": limits})
    speed = cruise_control.cruise_speed(cruise_control.speed_profile(straight), 1.0)
    assert speed[800] == pytest.approx(5.0)
    assert (speed[800:] <= 5.0 + 1e-9).all()
    assert speed[0] == pytest.approx(cruise_control.CRUISING_MPS)


@pytest.mark.parametrize(("season", "friction"), [("summer", 1.0), ("winter", 0.41)])
def test_driven_speed_slows_for_bends(season: str, friction: float) -> None:
    """Not only the wanted speed: what the car does on a twisty road, steered by the expert."""
    conditions = Conditions.preset(season)
    assert conditions.friction == pytest.approx(friction, abs=0.01)
    sim = EmbeddedSimulator(1, camera=None, find_route=lambda _: TWISTY)
    expert = Expert(sim)
    seen = sim.reset([Scenario(conditions=conditions, route_length_m=500.0)])
    speeds, lateral = [], []
    while not seen.end_reason[0]:
        seen = sim.step(expert.act(seen))
        speeds.append(float(seen.state.speed_mps[0]))
        lateral.append(float(seen.state.speed_mps[0] ** 2 * abs(seen.state.curvature[0])))
    assert max(lateral) < 1.1 * cruise_control.LATERAL_ACCELERATION * min(friction, 1.0)
    assert 7.0 < max(speeds) < cruise_control.CRUISING_MPS + 0.2
    assert min(speeds) < 7.0
