"""Vehicles, walkers and props as cameras are told of them: brake lamps, and who is listed in which order."""

from __future__ import annotations

from tests.carla_server.world.worlds import PLAIN
from wormdrive.carla_server.actors.lamps import BRAKE, LOW_BEAM, POSITION
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description, VehicleControl
from wormdrive.carla_server.sensors.dynamic_objects import DynamicObjects
from wormdrive.envs.seasons.conditions import Conditions


def spawned(episode: CarlaEpisode, blueprint: str, x: float) -> int:
    return episode.spawn(Description(blueprint, {}), Pose(x, -4.0, 1.0)).id


def test_lamps_are_lit_of_those_who_brake() -> None:
    episode = CarlaEpisode(1, "plain", PLAIN, Conditions(), 0)
    walker = spawned(episode, "walker.pedestrian.0001", 10.0)
    cars = [spawned(episode, "vehicle.audi.tt", 20.0 * k) for k in (1, 2, 3)]
    objects = DynamicObjects(episode)
    for number, brake in zip(cars, (0.04, 0.06, 1.0), strict=True):
        episode.control(episode.vehicle(number), VehicleControl(brake=brake))
    shown = objects.now()
    assert shown.actor.tolist() == [*cars, walker]  # vehicles first, though the walker came before them
    assert shown.brakes.tolist() == [False, True, True, False]
    episode.control(episode.vehicle(cars[2]), VehicleControl(throttle=1.0))
    assert objects.now().brakes.tolist() == [False, True, False, False]


def test_lamps_work_by_themselves_until_a_client_switches_them() -> None:
    episode = CarlaEpisode(1, "plain", PLAIN, Conditions.preset("summer", "night"), 0)
    numbers = [spawned(episode, "vehicle.audi.tt", 20.0 * k) for k in (1, 2, 3, 4, 5)]
    objects = DynamicObjects(episode)
    vehicles = [episode.vehicle(number) for number in numbers]
    for vehicle, flags in zip(vehicles, (None, 0, POSITION, LOW_BEAM, BRAKE), strict=True):
        vehicle.lamps = flags
        episode.control(vehicle, VehicleControl(brake=1.0))
    shown = objects.now()
    assert shown.lamps.tolist() == [1.0, 0.0, 0.25, 1.0, 0.0]
    assert shown.brakes.tolist() == [True, False, False, False, True]
    assert [episode.lamps_of(vehicle) for vehicle in vehicles] == [11, 0, 1, 2, 8]
    episode.world.conditions = Conditions.preset("summer", "day")
    episode.control(vehicles[0], VehicleControl())
    assert episode.lamps_of(vehicles[0]) == 0
