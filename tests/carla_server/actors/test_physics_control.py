"""What clients set about a vehicle's physics acts, reads back, and can be taken back."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.carla_server.world.worlds import PLAIN
from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.physics_control import keep_physics, physics_of
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description
from wormdrive.carla_server.world import spawn_points
from wormdrive.envs.seasons.conditions import Conditions

DRAG, WHEELS = 12, 15
DT_S = 0.05


@pytest.fixture
def episode() -> CarlaEpisode:
    return CarlaEpisode(1, "plain", PLAIN, Conditions(), 0)


def car(episode: CarlaEpisode) -> Vehicle:
    """A car on a straight lane."""
    made = episode.spawn(Description("vehicle.audi.tt", {}), spawn_points(episode.road_map)[0])
    assert isinstance(made, Vehicle)
    return made


def change(
    episode: CarlaEpisode, vehicle: Vehicle, friction: float | None = None, drag: float | None = None
) -> list[Any]:
    values = physics_of(vehicle)
    if drag is not None:
        values[DRAG] = drag
    if friction is not None:
        values[WHEELS] = [[friction, *wheel[1:]] for wheel in values[WHEELS]]
    keep_physics(vehicle, values)
    episode.apply_physics(vehicle)
    return values


def roll(episode: CarlaEpisode, vehicle: Vehicle, seconds: float, speed: float = 20.0) -> float:
    """Speed after rolling freely."""
    episode.world.set_velocity(vehicle.body, vehicle.pose.turned((speed, 0.0, 0.0)))
    for _ in range(round(seconds / DT_S)):
        episode.step(DT_S)
    return vehicle.pose.into(vehicle.velocity)[0]


def test_what_is_applied_is_read_back(episode: CarlaEpisode) -> None:
    vehicle = car(episode)
    applied = change(episode, vehicle, friction=5.0, drag=1.7)
    read = physics_of(vehicle)
    assert read[:WHEELS] == applied[:WHEELS]
    assert [wheel[:9] for wheel in read[WHEELS]] == [wheel[:9] for wheel in applied[WHEELS]]


@pytest.mark.parametrize(
    ("place", "wrong", "complaint"),
    [
        ((11,), float("nan"), "mass=nan: allowed is a finite number"),
        ((11,), 0.0, "mass=0: allowed are numbers above 0"),
        ((11,), -1.0, "mass=-1: allowed are numbers above 0"),
        ((1,), "many", "max_rpm='many': allowed is a number"),
        ((6,), 1.0, "use_gear_autobox=1.0: allowed are true, false"),
        ((0, 1, 1), float("inf"), "torque_curve[1].y=inf: allowed is a finite number"),
        ((10, 2), [1.0], "forward_gears[2]: allowed are at least 3 values"),
        ((13, 2), None, "center_of_mass.z=None: allowed is a number"),
        ((14,), 3.0, "steering_curve: allowed is an array"),
        ((WHEELS, 2, 2), float("nan"), "wheels[2].max_steer_angle=nan: allowed is a finite number"),
        ((WHEELS, 0), [1.0] * 8, "wheels[0]: allowed are at least 9 values"),
    ],
)
def test_a_refusal_names_the_field_and_leaves_the_vehicle_as_it_was(
    episode: CarlaEpisode, place: tuple[int, ...], wrong: Any, complaint: str
) -> None:
    vehicle = car(episode)
    before = physics_of(vehicle)
    values = copy.deepcopy(before)
    inner = values
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = wrong
    with pytest.raises(RequestError) as refused:
        keep_physics(vehicle, values)
    assert str(refused.value) == complaint
    assert physics_of(vehicle) == before


def test_without_friction_and_drag_nothing_slows_a_vehicle_and_both_can_be_given_back(episode: CarlaEpisode) -> None:
    vehicle = car(episode)
    as_made = episode.world.model(vehicle.body)
    before = physics_of(vehicle)
    change(episode, vehicle, friction=0.0, drag=0.0)
    assert roll(episode, vehicle, 2.0) == pytest.approx(20.0, abs=1e-3)
    change(episode, vehicle, friction=before[WHEELS][0][0], drag=before[DRAG])
    assert episode.world.model(vehicle.body).parameters == as_made.parameters
    assert roll(episode, vehicle, 2.0) < 19.6


def test_wheels_that_carry_nothing_do_not_resist_rolling(episode: CarlaEpisode) -> None:
    vehicle = car(episode)
    change(episode, vehicle, drag=0.0)
    assert roll(episode, vehicle, 2.0) < 19.9
    episode.world.set_gravity(vehicle.body, False)
    assert roll(episode, vehicle, 2.0) == pytest.approx(20.0, abs=1e-3)
