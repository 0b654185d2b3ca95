"""The world behind a server: vehicles, lights and sensors on a map, in SI units and ISO 8855 axes.

x forward or east, y left or north, z up, angles counter-clockwise in radians; pitch is positive with the nose down,
roll with the left side up. A vehicle's reference point is its centre of gravity, dropped to the ground. Nothing here
knows CARLA's conventions; whoever speaks its protocol converts at the border.

World
    ``World(road_map, conditions, seed=0)``

    * ``spawn_vehicle(model, pose) -> id``, ``remove(id)``, ``ids``, ``has(id)``
    * ``command(id, VehicleCommand(throttle, steer, brake, hand_brake, reverse, manual_gear_shift, gear))``
    * ``step(dt_s) -> tuple[Collision, ...]``; ``time_s``; ``conditions`` can be set at any time
    * ``state() -> VehicleStates``: arrays by rising id; ``row(id)`` says which row is a vehicle's
    * ``teleport``, ``set_velocity``, ``set_angular_velocity``, ``add_impulse``, ``add_force``, ``add_angular_impulse``,
      ``add_torque``, ``hold_velocity`` (constant velocity), ``set_physics``, ``set_gravity``, ``set_model``
    * ``add_kinematic_body``, ``move_kinematic_body``, ``remove_kinematic_body``: people, whom sensors see and
      vehicles hit
    * ``props`` (a ``Props``): ``add``, ``move``, ``remove``, ``pose``, ``set_physics``, ``set_solid``, ``add_impulse``:
      objects that stand about, which sensors measure and vehicles drive into
    * ``surroundings``: set it, and rays and vehicles meet the scenery's trees and posts; houses and signs of the map
      they always meet
    * ``speed_limits_mps()``, ``lights`` (a ``TrafficLights``), ``lights_ahead()``
Vehicles
    ``VEHICLE_MODELS`` by kind (car, van, truck, bus, motorcycle, bicycle, ...); ``VehicleModel.resized``
Places to begin
    ``spawn_points(road_map) -> tuple[Pose, ...]``
Lights
    ``TrafficLights``: ``lights`` (pose, signal, group, pole), ``state``, ``set_state``, ``times``, ``set_times``,
    ``elapsed_s``, ``freeze``, ``frozen``, ``restart``, ``reset``, ``group``, ``stops``, ``ahead``
Sensors
    ``wormdrive.carla_server.measurement``: lidar, radar, obstacle, inertia, satellites, over a world and a pose
"""

from __future__ import annotations

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world.traffic.spawn_points import spawn_points
from wormdrive.carla_server.world.traffic.traffic_lights import Light, LightState, TrafficLights
from wormdrive.carla_server.world.vehicles.commands import VehicleCommand
from wormdrive.carla_server.world.vehicles.states import Collision, VehicleStates
from wormdrive.carla_server.world.vehicles.vehicle_models import VEHICLE_MODELS, VehicleModel
from wormdrive.carla_server.world.world import World

__all__ = [
    "VEHICLE_MODELS",
    "Collision",
    "Light",
    "LightState",
    "Pose",
    "TrafficLights",
    "VehicleCommand",
    "VehicleModel",
    "VehicleStates",
    "World",
    "spawn_points",
]
