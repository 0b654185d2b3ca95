"""Physics values: every blueprint has its own, good ones, and says where each comes from."""

from __future__ import annotations

import pytest

from tests.carla_server.world.worlds import PLAIN
from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.blueprints import library
from wormdrive.carla_server.actors.physics_control import keep_physics, model_and_grip, physics_of
from wormdrive.carla_server.actors.physics_values import SALOON, fresh_values, physics_table
from wormdrive.carla_server.common.pose import ORIGIN
from wormdrive.carla_server.world import VEHICLE_MODELS

VEHICLES = [name for name in library() if name.startswith("vehicle.")]
GROUPS = {"engine", "gears", "mass", "drag", "tyres", "brakes"}
SOURCES = {"defaults", "printed", "maker", "class"}


def test_every_vehicle_but_the_saloon_stands_in_the_table() -> None:
    assert set(physics_table()) == set(VEHICLES) - {SALOON}
    assert PLAIN is not None
    for name, entry in physics_table().items():
        assert set(entry["source"]) == GROUPS, name
        assert set(entry["source"].values()) <= SOURCES, name


@pytest.mark.parametrize("name", VEHICLES)
def test_what_is_said_can_be_applied_and_changes_nothing(name: str) -> None:
    vehicle = Vehicle(1, library()[name], {}, ORIGIN)
    before = model_and_grip(vehicle)
    said = physics_of(vehicle)
    keep_physics(vehicle, said)
    assert model_and_grip(vehicle) == before
    assert [*said[:15]] == [*fresh_values(name)[:15]]


def test_the_saloon_s_words_are_its_law() -> None:
    parameters = VEHICLE_MODELS["car"].parameters
    torque, final, radius = fresh_values(SALOON)[0], 8.0, 0.35
    for rpm, newton_metres in torque[:4]:
        speed = rpm * 3.141592653589793 / 30.0 * radius / final
        law = parameters.max_acceleration * min(1.0, parameters.power_speed_mps / max(speed, 1.0))
        assert newton_metres * final / radius / parameters.mass_kg == pytest.approx(law)
