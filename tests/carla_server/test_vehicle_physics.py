"""What clients set about a vehicle's physics acts, reads back, and can be taken back; controls that do not stick."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.carla_server.world.worlds import PLAIN
from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.physics_control import keep_physics, physics_of
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description, VehicleControl
from wormdrive.carla_server.world import spawn_points
from wormdrive.envs.seasons.conditions import Conditions

DRAG, WHEELS = 12, 15
DT_S = 0.05


@pytest.fixture
def episode() -> CarlaEpisode:
    return plain()


def plain() -> CarlaEpisode:
    return CarlaEpisode(1, "plain", PLAIN, Conditions(), 0)


def car(episode: CarlaEpisode, **attributes: str) -> Vehicle:
    """A car on a straight lane."""
    made = episode.spawn(Description("vehicle.audi.tt", attributes), spawn_points(episode.road_map)[0])
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


def frictions(vehicle: Vehicle) -> set[float]:
    return {wheel[0] for wheel in physics_of(vehicle)[WHEELS]}


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


def test_a_friction_trigger_changes_tyres_while_they_are_in_it(episode: CarlaEpisode) -> None:
    vehicle = car(episode)
    own = frictions(vehicle)
    ahead = vehicle.pose.carrying(Pose(x=20.0))
    box = {"extent_x": "500", "extent_y": "300", "extent_z": "700", "friction": "0.5"}
    trigger = episode.spawn(Description("static.trigger.friction", box), ahead)
    episode.world.set_velocity(vehicle.body, vehicle.pose.turned((20.0, 0.0, 0.0)))
    seen = []
    for _ in range(30):
        episode.step(DT_S)
        seen.append(frictions(vehicle))
    inside = [k for k, each in enumerate(seen) if each == {0.5}]
    assert inside == list(range(inside[0], inside[0] + 10))  # 10 m at 20 m/s
    assert inside[0] in (15, 16)  # 15 m ahead
    assert seen[0] == seen[-1] == own
    episode.move(vehicle, ahead)
    episode.step(DT_S)
    assert frictions(vehicle) == {0.5}
    episode.destroy(trigger)
    assert frictions(vehicle) == own


def test_of_two_friction_triggers_the_later_one_counts(episode: CarlaEpisode) -> None:
    vehicle = car(episode)
    size = {"extent_x": "500", "extent_y": "500", "extent_z": "500"}
    first, second = (
        episode.spawn(Description("static.trigger.friction", {**size, "friction": friction}), vehicle.pose)
        for friction in ("0.5", "2.0")
    )
    episode.step(DT_S)
    assert frictions(vehicle) == {2.0}
    episode.destroy(second)
    assert frictions(vehicle) == {0.5}
    episode.destroy(first)
    assert frictions(vehicle) == {3.5}  # CARLA's own


@pytest.mark.parametrize("given", ["wide", "nan", ""])
def test_a_friction_trigger_of_no_size_is_refused(episode: CarlaEpisode, given: str) -> None:
    with pytest.raises(RequestError):
        episode.spawn(Description("static.trigger.friction", {"extent_x": given}), Pose())
    episode.step(DT_S)


def started(sticky: str) -> tuple[float, list[float]]:
    """Throttle in the end and speeds after full throttle was asked for once."""
    episode = plain()
    vehicle = car(episode, sticky_control=sticky)
    episode.control(vehicle, VehicleControl(1.0, 0.0))
    speeds = []
    for _ in range(3):
        episode.step(DT_S)
        speeds.append(vehicle.pose.into(vehicle.velocity)[0])
    return vehicle.control.throttle, speeds


def test_a_control_that_does_not_stick_holds_for_one_tick() -> None:
    throttle, speeds = started("true")
    loose_throttle, loose_speeds = started("False")
    assert throttle == 1.0
    assert loose_throttle == 0.0
    assert loose_speeds[0] == speeds[0] > 0.1
    assert speeds[2] > speeds[0] > loose_speeds[2]
