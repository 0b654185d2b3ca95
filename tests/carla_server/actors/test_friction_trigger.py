"""Friction triggers change the tyres of vehicles that are in them."""

from __future__ import annotations

import pytest

from tests.carla_server.world.worlds import PLAIN
from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.physics_control import physics_of
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description
from wormdrive.carla_server.world import spawn_points
from wormdrive.envs.seasons.conditions import Conditions

WHEELS = 15
DT_S = 0.05


@pytest.fixture
def episode() -> CarlaEpisode:
    return CarlaEpisode(1, "plain", PLAIN, Conditions(), 0)


def car(episode: CarlaEpisode) -> Vehicle:
    """A car on a straight lane."""
    made = episode.spawn(Description("vehicle.wormdrive.saloon", {}), spawn_points(episode.road_map)[0])
    assert isinstance(made, Vehicle)
    return made


def frictions(vehicle: Vehicle) -> set[float]:
    return {wheel[0] for wheel in physics_of(vehicle)[WHEELS]}


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
