"""A server that knows no seasons, as CARLA's own: grip through the tyres, colours through textures, or a warning."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import carla
import numpy as np
import pytest

from tests.envs.carla.client.faulty import FaultyServer, faulty_server
from tests.envs.carla.client.witness import Witness
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.scenario import Scenario

WINTER = Scenario(route_length_m=100.0, conditions=Conditions.preset("winter"))
SUMMER = Scenario(route_length_m=100.0)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    with faulty_server() as started:
        yield started


@pytest.fixture
def simulator(server: FaultyServer) -> Iterator[CarlaSimulator]:
    made = CarlaSimulator(1, ports=[server.port], camera=None)
    yield made
    made.close()


def tyre_friction(server: FaultyServer) -> float:
    vehicle = next(actor for actor in Witness(server.port).actors() if actor.type_id.startswith("vehicle."))
    return float(vehicle.get_physics_control().wheels[0].tire_friction)


def test_without_such_objects_a_warning_says_so_once(server: FaultyServer, simulator: CarlaSimulator) -> None:
    server.set("objects", "Road_Town_12 BP_Lamp")
    with pytest.warns(UserWarning, match="colours of winter are left out: it has no objects"):
        simulator.reset([WINTER])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        simulator.reset([SUMMER])


def test_the_tyres_have_the_roads_grip(server: FaultyServer, simulator: CarlaSimulator) -> None:
    server.set("objects", "Terrain_1")
    simulator.reset([SUMMER])
    dry = tyre_friction(server)
    for _ in range(2):  # not of what was left from the episode before
        simulator.reset([WINTER])
        share = WINTER.conditions.friction / SUMMER.conditions.friction
        assert tyre_friction(server) == pytest.approx(share * dry, rel=1e-3)

    def braking_m(scenario: Scenario) -> float:
        before = after = simulator.reset([scenario])
        while after.state.speed_mps[0] > 0.1:
            after = simulator.step(np.array([[0.0, -1.0]]))
        return float(after.state.station_m[0] - before.state.station_m[0])

    assert braking_m(WINTER) > 1.5 * braking_m(SUMMER)


def test_slippery_roads_take_their_share_of_it_and_snow_on_the_way_is_refused(
    server: FaultyServer, simulator: CarlaSimulator
) -> None:
    server.set("objects", "Terrain_1")
    simulator.reset([SUMMER])
    dry = tyre_friction(server)
    simulator.reset([SUMMER.model_copy(update={"disturbances": Disturbances(grip={"factor": 0.3})})])
    assert tyre_friction(server) == pytest.approx(0.3 * dry, rel=1e-3)
    snowing = SUMMER.model_copy(update={"disturbances": Disturbances(arriving_snow={})})
    with pytest.raises(SimulatorError, match=r"disturbances\.arriving_snow.*no snow; allowed are `wormdrive serve`"):
        simulator.reset([snowing])
    simulator.reset([SUMMER])
    assert tyre_friction(server) == pytest.approx(dry, rel=1e-3)


def test_ground_and_foliage_take_the_seasons_colours(server: FaultyServer, simulator: CarlaSimulator) -> None:
    server.set("objects", "Terrain_Grass_3 SM_Tree_Oak_2 InstancedFoliageActor_0 Road_Town_12")
    witness = Witness(server.port)
    before = len(witness.call("test.painted"))
    simulator.reset([WINTER])
    simulator.reset([WINTER.model_copy(update={"seed": 1})])  # dressed already
    ground, foliage = witness.call("test.painted")[before:]
    assert ground[:2] == [["Terrain_Grass_3"], int(carla.MaterialParameter.Diffuse)]
    assert foliage[:2] == [["SM_Tree_Oak_2", "InstancedFoliageActor_0"], int(carla.MaterialParameter.Diffuse)]
    width, height, pixels = ground[2]
    assert (width, height, len(pixels)) == (64, 64, 64 * 64)
    snowy = np.array([pixel[:3] for pixel in pixels], float).mean()
    simulator.reset([SUMMER])
    green = np.array([pixel[:3] for pixel in witness.call("test.painted")[-2][2][2]], float).mean(axis=0)
    assert snowy > 150.0
    assert green.argmax() == 1
    assert green.mean() < 120.0
