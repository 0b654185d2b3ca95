"""CarlaWorld: one server, one ego vehicle on a route, advanced step by step."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.carla.appearance.texture_streaming import apply_season_textures
from wormdrive.envs.carla.appearance.weather import set_friction, set_season, set_weather
from wormdrive.envs.carla.axes import ActorPose, pose_of
from wormdrive.envs.carla.connection.clock import Clock
from wormdrive.envs.carla.connection.server_client import PATIENCE_S, ServerClient
from wormdrive.envs.carla.connection.settings_guard import SettingsGuard
from wormdrive.envs.carla.ego_actors.ego_actors import EgoActors
from wormdrive.envs.carla.ego_actors.ego_vehicle import CarFacts
from wormdrive.envs.carla.ego_actors.sensors import CAMERA
from wormdrive.envs.carla.ego_actors.traffic_manager import check_none_stranded
from wormdrive.envs.carla.ego_drive import LIFT_M, EgoDrive, Sample
from wormdrive.envs.carla.maps import load_map, map_text, scenario_route
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Mount
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle_batch import DT_S

__all__ = ["CarlaWorld"]

_SPAWN_POINTS: Final = 10


class CarlaWorld:
    """One server's world.

    Whatever fails, fails as ``SimulatorError`` within the server's time limit, after our actors are destroyed and the
    settings put back, if the server lives; the next ``prepare`` connects anew.
    """

    def __init__(
        self, server: ServerClient, camera: CameraConfig | None, segmentation: bool, depth: bool, vehicle: str
    ) -> None:
        self.server = server
        self._pictures = camera, segmentation, depth
        self._ego_actors = EgoActors(server, vehicle)
        self._settings_guard = SettingsGuard(server)
        self._clock = Clock(server)
        self._drive = EgoDrive(server, self._ego_actors, self._clock)
        self._facts: CarFacts | None = None
        self._left_behind = False
        self._episode = 0
        self._season: str | None = None
        self._grip: float | None = None
        self._mount: Mount | None = None
        self._steps = 0

    @property
    def invasions(self) -> int:
        """Lane marks crossed since the episode began."""
        return self._drive.invasions

    def prepare(self, scenario: Scenario) -> Route:
        """Connect if need be, have the map loaded, take the world's settings over; return the scenario's route.

        Raises
        ------
        MapError, RouteError
            If there is no such map, or no such route on it.
        SimulatorError
            If the server is not there, or something takes too long.
        """
        text = map_text(scenario.map)
        with self._guarded():
            self._ensure_connection()
            shown = load_map(self.server, scenario.map, text, before=self._restore_server)
            self._episode = self.server.world.id
            with self.server.trying("reading its map"):
                road_text = shown.to_opendrive()
            self._settings_guard.apply()
        return scenario_route(road_text, scenario)

    def facts(self) -> CarFacts:
        """Measures of the vehicle; one is spawned for it where none was driven yet.

        Raises
        ------
        SimulatorError
            If the server is not there, or has no place for a vehicle.
        """
        if self._facts is None:
            with self._guarded():
                self._ensure_connection()
                self._facts = self._measure_vehicle()
                self._restore_server()
        return self._facts

    def begin(self, scenario: Scenario, start: ActorPose, speed_mps: float) -> Sample:
        """Start an episode: the ego vehicle at ``start``, rolling.

        Raises
        ------
        SimulatorError
            If the server does not do its part in time, or cannot do what the scenario's disturbances ask for.
        """
        with self._guarded():
            self._ego_actors.destroy_traffic()
            high = replace(start, z_m=start.z_m + LIFT_M)
            if self._ego_actors.ego is None:
                self._ego_actors.spawn(high, *self._pictures)
                self._grip = None
            self._facts = self._ego_actors.facts
            self._steps, self._mount = 0, scenario.disturbances.mount
            self._knock_cameras()
            grip = scenario.disturbances.grip
            shows_snow = self._apply_conditions(scenario.conditions, 1.0 if grip is None else grip.factor)
            if scenario.disturbances.arriving_snow is not None and not shows_snow:
                reason = "it has no snow; allowed are `wormdrive serve` and the embedded simulator"
                raise self.server.error("disturbances.arriving_snow", reason)
            stands = self._drive.stand(high)
            self._ego_actors.traffic.begin(scenario.traffic, scenario.seed, stands)
            return self._drive.roll(start, stands, speed_mps)

    def change_conditions(self, conditions: Conditions) -> None:
        """Have the world look and grip as the conditions say.

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        with self._guarded():
            self._apply_conditions(conditions, 1.0 if self._grip is None else self._grip)

    def push(self, pose: ActorPose, newton: float) -> None:
        """Push the ego vehicle, which stands at ``pose``, to its left during the next step [N].

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        with self._guarded():
            self._drive.push(pose, newton)

    def step(self, steer: float, acceleration_mps2: float, speed_mps: float) -> Sample:
        """Advance by ``DT_S``; ``steer`` as a command's, the acceleration as is wanted [m/s²].

        Raises
        ------
        SimulatorError
            If the server does not do its part in time, or others meddle with the world.
        """
        with self._guarded():
            self._steps += 1
            self._knock_cameras()
            return self._drive.step(steer, acceleration_mps2, speed_mps)

    def render(self, camera: CameraConfig) -> NDArray[np.uint8]:
        """Show the world through another camera, (H, W, 3) uint8.

        A camera takes pictures when the world ticks: until the first tick after it was first asked for, what the
        ordinary camera saw is enlarged in its place (black, if there is none).

        Raises
        ------
        SimulatorError
            If the picture does not come in time.
        """
        with self._guarded():
            camera_sensor = self._ego_actors.spectate(camera)
            if camera_sensor is not None and camera_sensor.frame < self._clock.frame:
                camera_sensor.await_picture(self._clock.frame, time.monotonic() + self.server.timeout_s)
        if camera_sensor is not None and camera_sensor.picture is not None:
            return camera_sensor.picture
        usual = self._ego_actors.camera_sensors.get(CAMERA)
        if usual is None or usual.picture is None:
            return np.zeros((camera.height, camera.width, 3), np.uint8)
        return np.asarray(cv2.resize(usual.picture, (camera.width, camera.height)), np.uint8)

    def release(self, patience_s: float = PATIENCE_S) -> None:
        """Destroy what is ours and put the settings back, as far as the server answers; its failures are swallowed.

        The old connection may be what is broken, so this makes a new one.
        """
        actors = [*self._ego_actors.stop_streams(), *self._ego_actors.traffic.cars]
        there = bool(actors) or self._settings_guard.held or self._left_behind
        with suppress(RuntimeError):
            self._ego_actors.traffic.shut_down()
        self._season = None
        self.server.drop()
        if not there:
            return
        self._left_behind = True
        if self.server.alive(patience_s):
            with suppress(SimulatorError):
                self.server.connect()
                self._restore_server()
            self.server.drop()

    def close(self) -> None:
        """Release everything; raises nothing where the server has gone."""
        patience_s = self.server.timeout_s  # this is the last chance
        if self.server.client is None or not self.server.alive(patience_s):
            self.release(patience_s)
            return
        try:
            self._restore_server()
        except SimulatorError:
            self.release(patience_s)
        self.server.drop()

    def _knock_cameras(self) -> None:
        """Have the cameras look as they do in the picture that the next tick brings."""
        mount = self._mount
        self._ego_actors.knock_cameras(mount if mount is not None and self._steps >= round(mount.at_s / DT_S) else None)

    def _apply_conditions(self, conditions: Conditions, grip: float) -> bool:
        """Have the world look as the conditions say, and grip by a factor less; tell whether it knows seasons."""
        tyres = self.server, self._ego_actors.ego, self._ego_actors.tyres
        set_weather(self.server, conditions.weather)
        before, self._grip = self._grip, grip
        if set_season(self.server, conditions):
            if grip != (1.0 if before is None else before):
                set_friction(*tyres, grip)  # the server itself knows the season's
            return True
        set_friction(*tyres, conditions.friction * grip)
        if conditions.season.name != self._season:
            apply_season_textures(self.server, conditions.season)
            self._season = conditions.season.name
        return False

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Leave nothing of ours on the server when something fails, be it Ctrl-C."""
        try:
            yield
        except BaseException:
            self.release()
            raise

    def _ensure_connection(self) -> None:
        """Make sure that a living server is at the other end, and that the episode there is still the one we knew."""
        server = self.server
        check_none_stranded()
        if server.client is not None:
            if not server.answers():  # restarted since, or gone
                self.release()
                check_none_stranded()
            else:
                with server.trying("getting its world"):
                    server.world = server.client.get_world()
                if server.world.id != self._episode:  # somebody has loaded a map, and our actors went with the old one
                    self._ego_actors.stop_streams()
                    self._settings_guard.held = False
        if server.client is None:
            server.connect()
            if self._left_behind:
                self._restore_server()
            self._episode = server.world.id

    def _restore_server(self) -> None:
        """Destroy our actors and restore the settings, through the present connection."""
        if self._left_behind:
            self._ego_actors.destroy_left_behind()
        self._ego_actors.destroy_all()
        self._settings_guard.restore()
        self._left_behind = False
        self._season = None

    def _measure_vehicle(self) -> CarFacts:
        server = self.server
        with server.trying("reading its map"):
            points = server.world.get_map().get_spawn_points()[:_SPAWN_POINTS]
        if not points:
            raise server.error("looking for a place to spawn", "its map has no spawn point")
        for k, point in enumerate(points):
            pose = pose_of(point)
            try:
                self._ego_actors.spawn(replace(pose, z_m=pose.z_m + LIFT_M), None, False, False)
            except SimulatorError:  # something stands there
                if k + 1 == len(points):
                    raise
                self._ego_actors.destroy_all()
            else:
                break
        assert self._ego_actors.facts is not None  # noqa: S101  (spawn has measured it)
        return self._ego_actors.facts
