"""Two short flights of the expert, flown once, and two networks that are not trained."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.find_target.audit.stage import Stage
from wormdrive.find_target.flights import ExpertPilot, fly
from wormdrive.find_target.policy import FlightPolicy


@pytest.fixture(scope="package")
def flights() -> list[FlightEpisode]:
    worlds = FlightWorlds(2, WoodCamera())
    scenarios = [FlightScenario(seed=seed, distance_m=9.0, target="box") for seed in (1, 2)]
    return fly(worlds, scenarios, ExpertPilot(), keep=True)


@pytest.fixture
def stage(flights: list[FlightEpisode]) -> Iterator[Stage]:
    stage = Stage(flights)
    yield stage
    stage.close()


@pytest.fixture(scope="package")
def policies() -> dict[str, FlightPolicy]:
    return {kind: FlightPolicy(kind).eval() for kind in ("ncp", "cnn")}
