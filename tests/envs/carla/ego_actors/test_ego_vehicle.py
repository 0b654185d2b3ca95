from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.support.fake_carla import fake_server
from wormdrive.envs.carla.ego_actors.ego_vehicle import CarFacts, is_car, read_facts
from wormdrive.envs.simulation.vehicle import VehicleParameters


def wheel(x_cm: float, y_cm: float, most_deg: float) -> SimpleNamespace:
    return SimpleNamespace(position=SimpleNamespace(x=x_cm, y=y_cm), max_steer_angle=most_deg)


def vehicle(**changes: Any) -> SimpleNamespace:
    """Axles 2.9 m apart, the car headed along y; steers by 70 degrees, half as far at 72 km/h."""
    physics = {
        "wheels": [wheel(180.0, 300.0, 70.0), wheel(340.0, 300.0, 70.0), wheel(180.0, 10.0, 0.0), wheel(340, 10, 0.0)],
        "steering_curve": [SimpleNamespace(x=72.0, y=0.5), SimpleNamespace(x=0.0, y=1.0)],
        "mass": 1800.0,
    } | changes
    body = SimpleNamespace(extent=SimpleNamespace(x=2.4, y=1.0, z=0.7))
    return SimpleNamespace(get_physics_control=lambda: SimpleNamespace(**physics), bounding_box=body)


def test_measures_of_a_vehicle() -> None:
    facts = read_facts(fake_server(), vehicle())
    assert facts.parameters.wheelbase_m == pytest.approx(2.9)
    assert (facts.parameters.mass_kg, facts.parameters.length_m, facts.parameters.width_m) == (1800.0, 4.8, 2.0)
    assert facts.parameters.max_steer_rad == VehicleParameters().max_steer_rad
    assert facts.most_rad == pytest.approx(math.radians(70.0))
    np.testing.assert_allclose(facts.curve, [[0.0, 1.0], [20.0, 0.5]])


def test_nonsense_gives_way_to_what_is_usual() -> None:
    here = [wheel(0.0, 0.0, 40.0), wheel(0.0, 0.0, 0.0)]
    facts = read_facts(fake_server(), vehicle(wheels=here, steering_curve=[], mass=1.0))
    assert facts.parameters.wheelbase_m == pytest.approx(0.6 * 4.8)
    assert facts.parameters.mass_kg == VehicleParameters().mass_kg
    np.testing.assert_array_equal(facts.curve, [[0.0, 1.0]])
    short = read_facts(fake_server(), vehicle(wheels=[wheel(0.0, 300.0, 10.0), wheel(0.0, 10.0, 0.0)]))
    assert short.parameters.max_steer_rad == pytest.approx(math.radians(10.0))


@pytest.mark.parametrize(("speed_mps", "full"), [(0.0, 0.5), (10.0, 0.5 / 0.75), (20.0, 1.0), (40.0, 1.0)])
def test_a_command_turns_the_wheels_as_far_as_the_embedded_vehicles(speed_mps: float, full: float) -> None:
    most = VehicleParameters().max_steer_rad
    facts = CarFacts(VehicleParameters(), 2.0 * most, np.array([[0.0, 1.0], [20.0, 0.5]]))
    for command in (-1.0, -0.3, 0.0, 0.8, 1.0):
        steer = facts.steer(command, speed_mps)
        assert steer == pytest.approx(command * full)
        assert facts.wheel_rad(steer, speed_mps) == pytest.approx(-command * most)  # CARLA's right is our negative
    assert facts.steer(5.0, speed_mps) == pytest.approx(full)
    weak = CarFacts(VehicleParameters(), 0.5 * most, np.array([[0.0, 1.0]]))
    assert weak.steer(-1.0, speed_mps) == -1.0  # as far as it goes


def test_steering_speaks_of_the_inner_wheel() -> None:
    facts = read_facts(fake_server(), vehicle())
    assert facts.inside == pytest.approx(1.6 / 2.9 / 2.0)
    steer = facts.steer(0.6, 0.0)
    middle = 0.6 * facts.parameters.max_steer_rad
    assert 1.0 / math.tan(steer * math.radians(70.0)) == pytest.approx(1.0 / math.tan(middle) - facts.inside)
    assert facts.wheel_rad(steer, 0.0) == pytest.approx(-middle)
    ours = vehicle()
    ours.type_id = "vehicle.wormdrive.saloon"
    assert read_facts(fake_server(), ours).inside == 0.0


def test_a_car_has_four_wheels_or_does_not_say() -> None:
    def blueprint(wheels: str | None) -> SimpleNamespace:
        return SimpleNamespace(has_attribute=lambda _: wheels is not None, get_attribute=lambda _: wheels)

    assert [is_car(blueprint(wheels)) for wheels in ("4", "2", None)] == [True, False, True]
