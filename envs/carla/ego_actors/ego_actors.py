"""Ego actors: our actors on one server, and that none of them stays behind."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from typing import Any, Final

from wormdrive.envs.carla.axes import ActorPose, pose_transform
from wormdrive.envs.carla.connection.server_client import PATIENCE_S, ServerClient
from wormdrive.envs.carla.connection.settings_guard import destroy
from wormdrive.envs.carla.ego_actors.ego_vehicle import CarFacts, ego_blueprint, read_facts
from wormdrive.envs.carla.ego_actors.sensors import CAMERA, DEPTH, SEGMENTATION, CameraSensor, EventSensor
from wormdrive.envs.carla.ego_actors.traffic_manager import TrafficManagerCars, ticking_is_safe
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Mount

__all__ = ["EgoActors"]

COLLISION: Final = "sensor.other.collision"
LANE_INVASION: Final = "sensor.other.lane_invasion"


class EgoActors:
    """The ego vehicle, its sensors, and the other cars.

    Attributes
    ----------
    ego:
        ``carla.Vehicle``; ``None`` before ``spawn``.
    facts:
        The vehicle's measures.
    tyres:
        Friction of each tyre on a dry road.
    camera_sensors:
        The cameras that every observation shows, by kind.
    spectators:
        Further cameras, by configuration.
    mount:
        How the cameras are knocked now.
    """

    def __init__(self, server: ServerClient, vehicle: str) -> None:
        self._server = server
        self._vehicle = vehicle
        self.tag = f"wormdrive-{uuid.uuid4().hex[:8]}"
        self.ego: Any = None
        self.facts: CarFacts | None = None
        self.tyres: list[float] = []
        self.camera_sensors: dict[str, CameraSensor] = {}
        self.spectators: dict[CameraConfig, CameraSensor] = {}
        self._event_sensors: dict[str, EventSensor] = {}
        self.mount: Mount | None = None
        self.traffic = TrafficManagerCars(server, self.tag)

    def spawn(self, pose: ActorPose, camera: CameraConfig | None, segmentation: bool, depth: bool) -> None:
        """Spawn the ego vehicle and its sensors.

        Raises
        ------
        SimulatorError
            If the server does not let them.
        """
        server = self._server
        blueprint = ego_blueprint(server, self._vehicle, self.tag)
        with server.trying(f"spawning {blueprint.id} at ({pose.x_m:.1f}, {pose.y_m:.1f}) on the route"):
            self.ego = server.world.spawn_actor(blueprint, pose_transform(pose))
        self.measure()
        wanted = {CAMERA: camera is not None, SEGMENTATION: segmentation, DEPTH: depth}
        for kind, asked in wanted.items():
            if asked and camera is not None:
                self.camera_sensors[kind] = CameraSensor(server, kind, camera, self.ego, self.tag)
        for kind in (COLLISION, LANE_INVASION):
            self._event_sensors[kind] = EventSensor(server, kind, self.ego, self.tag)

    def measure(self) -> CarFacts:
        """Read the ego vehicle's measures."""
        self.facts = read_facts(self._server, self.ego)
        with self._server.trying("reading the vehicle's physics"):
            self.tyres = [float(wheel.tire_friction) for wheel in self.ego.get_physics_control().wheels]
        return self.facts

    def all_camera_sensors(self) -> list[CameraSensor]:
        """All cameras."""
        return [*self.camera_sensors.values(), *self.spectators.values()]

    def collisions(self) -> list[Any]:
        """``carla.CollisionEvent`` since this was last asked."""
        return self._event_sensors[COLLISION].take_events()

    def invasions(self) -> list[Any]:
        """``carla.LaneInvasionEvent`` since this was last asked."""
        return self._event_sensors[LANE_INVASION].take_events()

    def spectate(self, camera: CameraConfig) -> CameraSensor | None:
        """Return the camera of that configuration; ``None`` if it is new and has no picture before the next tick."""
        if camera not in self.spectators:
            self.spectators[camera] = CameraSensor(self._server, CAMERA, camera, self.ego, self.tag)
            if self.mount is not None:
                self.spectators[camera].knock(self.mount)
            return None
        return self.spectators[camera]

    def knock_cameras(self, mount: Mount | None) -> None:
        """Have all cameras sit and look as after a knock, or as at first; see ``CameraSensor.knock``."""
        if mount != self.mount:
            for camera_sensor in self.all_camera_sensors():
                camera_sensor.knock(mount)
        self.mount = mount

    def destroy_left_behind(self) -> None:
        """Destroy what carries our tag on the server: of a connection that broke.

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        world = self._server.world
        with self._server.trying("looking for actors left behind"):
            if not world.get_settings().synchronous_mode:
                world.wait_for_tick(self._server.timeout_s)
            elif ticking_is_safe():  # nothing has told this connection yet who is there
                world.tick(self._server.timeout_s)
            else:
                deadline = time.monotonic() + PATIENCE_S
                while not len(world.get_actors()) and time.monotonic() < deadline:
                    time.sleep(0.01)
            ours = [actor for actor in world.get_actors() if actor.attributes.get("role_name") == self.tag]
        destroy(self._server, [actor.id for actor in sorted(ours, key=lambda actor: "sensor" not in actor.type_id)])

    def destroy_traffic(self) -> None:
        """Destroy the other cars.

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        cars = [car.id for car in self.traffic.cars]
        self.traffic.shut_down()
        destroy(self._server, cars)

    def destroy_all(self) -> None:
        """Stop the sensors, then destroy everything of ours.

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        held = self.stop_streams()
        self.destroy_traffic()
        destroy(self._server, held)

    def stop_streams(self) -> list[int]:
        """End all streams and forget ego and sensors, without a word to the server; return their ids, sensors first."""
        held = []
        for sensor in [*self.all_camera_sensors(), *self._event_sensors.values()]:
            with suppress(RuntimeError):
                sensor.stop()
            held.append(int(sensor.actor.id))
        if self.ego is not None:
            held.append(int(self.ego.id))
        self.ego = self.mount = None
        self.camera_sensors, self.spectators, self._event_sensors = {}, {}, {}
        return held
