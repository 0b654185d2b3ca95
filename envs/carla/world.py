"""CarlaWorld: one server, one ego vehicle on a route, advanced step by step."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.carla.axes import Motion, Pose, motion_of, pose_of, pose_transform, velocity_along
from wormdrive.envs.carla.car import CarFacts, Pedals
from wormdrive.envs.carla.crew import Crew
from wormdrive.envs.carla.custody import Custody
from wormdrive.envs.carla.library import client_library
from wormdrive.envs.carla.link import PATIENCE_S, Link
from wormdrive.envs.carla.looks import set_friction, set_season, set_weather
from wormdrive.envs.carla.paint import paint_season
from wormdrive.envs.carla.sensors import CAMERA
from wormdrive.envs.carla.towns import bring_map, map_text, town_route
from wormdrive.envs.embedded.worlds import DT_S
from wormdrive.envs.errors import SimulatorError
from wormdrive.envs.roads.route import Route
from wormdrive.envs.scenario import Scenario
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulator import CameraConfig

__all__ = ["CarlaWorld", "Sample"]

LIFT_M: Final = 0.3
"""A car is put down from this high, so that it meets no bump of the mesh [m]."""
STILL_MPS: Final = 0.05
STILL_M: Final = 0.005
STILL_RAD: Final = 0.002
STILL_TICKS: Final = 2
"""A car stands when it neither sinks nor rises by more than this, its wheels ahead, twice running."""
MOST_TICKS: Final = 60
"""After so many it has stood for long enough, whatever trembles."""
GLIMPSE_S: Final = 0.25
"""How long a camera is waited for before the world ticks once more for it, at the beginning [s]."""
_GROUND: Final = ("static.road", "static.ground", "static.terrain", "static.sidewalk", "static.roadlines")
_SPAWN_POINTS: Final = 10


@dataclass(frozen=True, eq=False)
class Sample:
    """What one tick brought: the motion, the wheels' angle [rad], pictures by the sensor's kind, and whether it hit."""

    motion: Motion
    wheel_rad: float
    pictures: dict[str, NDArray[Any]]
    collided: bool


class CarlaWorld:
    """One server's world.

    Whatever fails, fails as ``SimulatorError`` within the link's time limit, after our actors are destroyed and the
    settings put back, if the server lives; the next ``prepare`` connects anew.

    Attributes
    ----------
    invasions:
        Lane marks crossed since the episode began.
    """

    def __init__(self, link: Link, camera: CameraConfig | None, segmentation: bool, depth: bool, vehicle: str) -> None:
        self.link = link
        self.invasions = 0
        self._pictures = camera, segmentation, depth
        self._crew = Crew(link, vehicle)
        self._custody = Custody(link)
        self._pedals = Pedals()
        self._facts: CarFacts | None = None
        self._left_behind = False
        self._episode = 0
        self._elapsed_s: float | None = None
        self._frame = 0
        self._wheels_known = True
        self._season: str | None = None

    def prepare(self, scenario: Scenario) -> Route:
        """Connect if need be, have the map loaded, take the world's settings over; give the scenario's route.

        Raises
        ------
        MapError, RouteError
            If there is no such map, or no such route on it.
        SimulatorError
            If the server is not there, or something takes too long.
        """
        text = map_text(scenario.map)
        try:
            self._reach()
            shown = bring_map(self.link, scenario.map, text, before=self._put_back)
            self._episode = self.link.world.id
            with self.link.trying("reading its map"):
                road_text = shown.to_opendrive()
            self._custody.take()
        except BaseException:
            self.release()
            raise
        return town_route(road_text, scenario)

    def facts(self) -> CarFacts:
        """Measures of the vehicle; one is spawned for it where none was driven yet.

        Raises
        ------
        SimulatorError
            If the server is not there, or has no place for a vehicle.
        """
        if self._facts is None:
            try:
                self._reach()
                self._facts = self._survey()
                self._put_back()
            except BaseException:
                self.release()
                raise
        return self._facts

    def begin(self, scenario: Scenario, start: Pose, speed_mps: float) -> Sample:
        """Start an episode: the ego vehicle at ``start``, rolling.

        Raises
        ------
        SimulatorError
            If the server does not do its part in time.
        """
        try:
            self._crew.leave_traffic()
            high = replace(start, z_m=start.z_m + LIFT_M)
            if self._crew.ego is None:
                self._crew.board(high, *self._pictures)
            self._facts = self._crew.facts
            self.dress(scenario.conditions)
            self._elapsed_s = None
            stands = self._stand(high)
            self._crew.traffic.begin(scenario.traffic, scenario.seed, stands)
            self._pedals.begin()
            return self._roll(start, stands, speed_mps)
        except BaseException:
            self.release()
            raise

    def dress(self, conditions: Conditions) -> None:
        """Have the world look and grip as the conditions say.

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        set_weather(self.link, conditions.weather)
        if set_season(self.link, conditions):
            return
        set_friction(self.link, self._crew.ego, self._crew.tyres, conditions.friction)
        if conditions.season.name != self._season:
            paint_season(self.link, conditions.season)
            self._season = conditions.season.name

    def step(self, steer: float, acceleration_mps2: float, speed_mps: float) -> Sample:
        """Advance by ``DT_S``; ``steer`` as a command's, the acceleration as is wanted [m/s²].

        Raises
        ------
        SimulatorError
            If the server does not do its part in time, or others meddle with the world.
        """
        facts = self.facts()
        try:
            throttle, brake = self._pedals.press(acceleration_mps2, speed_mps, DT_S, facts.parameters)
            control = client_library().VehicleControl(throttle, facts.steer(steer, speed_mps), brake)
            with self.link.trying("steering"):
                self._crew.ego.apply_control(control)
            return self._sample(self._tick())
        except BaseException:
            self.release()
            raise

    def picture(self, camera: CameraConfig) -> NDArray[np.uint8]:
        """Show the world through another camera, (H, W, 3) uint8.

        A camera takes pictures when the world ticks: until the first tick after it was first asked for, what the
        ordinary camera saw is enlarged in its place (black, if there is none).

        Raises
        ------
        SimulatorError
            If the picture does not come in time.
        """
        try:
            eye = self._crew.spectate(camera)
            if eye is not None and eye.frame < self._frame:
                eye.look(self._frame, time.monotonic() + self.link.timeout_s)
        except BaseException:
            self.release()
            raise
        if eye is not None and eye.picture is not None:
            return eye.picture
        usual = self._crew.eyes.get(CAMERA)
        if usual is None or usual.picture is None:
            return np.zeros((camera.height, camera.width, 3), np.uint8)
        return np.asarray(cv2.resize(usual.picture, (camera.width, camera.height)), np.uint8)

    def release(self) -> None:
        """Destroy what is ours and put the settings back, as far as the server answers; its failures are swallowed.

        The old connection may be what is broken, so this makes a new one.
        """
        self._crew.silence()
        there = self._custody.held or self._left_behind or self._crew.traffic.cars
        with suppress(RuntimeError):
            self._crew.traffic.shut_down()
        self._season = None
        self.link.drop()
        if not there:
            return
        self._left_behind = True
        if self.link.alive():
            with suppress(SimulatorError):
                self.link.connect()
                self._put_back()
            self.link.drop()

    def close(self) -> None:
        """Give everything back; raises nothing where the server has gone."""
        if self.link.client is None or not self.link.alive():
            self.release()
            return
        try:
            self._put_back()
        except SimulatorError:
            self.release()
        self.link.drop()

    def _reach(self) -> None:
        """Make sure that a living server is at the other end, and that the episode there is still the one we knew."""
        link = self.link
        if link.client is not None:
            link.client.set_timeout(min(PATIENCE_S, link.timeout_s))
            try:
                link.client.get_server_version()
                link.world = link.client.get_world()
            except RuntimeError:  # restarted since, or gone
                self.release()
            else:
                link.client.set_timeout(link.timeout_s)
                if link.world.id != self._episode:  # somebody has loaded a map, and our actors went with the old one
                    self._crew.silence()
                    self._custody.held = False
        if link.client is None:
            link.connect()
            if self._left_behind:
                self._put_back()
            self._episode = link.world.id

    def _put_back(self) -> None:
        """Destroy our actors and restore the settings, through the present connection."""
        if self._left_behind:
            self._crew.sweep()
        self._crew.leave()
        self._custody.give_back()
        self._left_behind = False
        self._season = None

    def _survey(self) -> CarFacts:
        link = self.link
        with link.trying("reading its map"):
            points = link.world.get_map().get_spawn_points()[:_SPAWN_POINTS]
        if not points:
            raise link.error("looking for a place to spawn", "its map has no spawn point")
        for k, point in enumerate(points):
            pose = pose_of(point)
            try:
                self._crew.board(replace(pose, z_m=pose.z_m + LIFT_M), None, False, False)
            except SimulatorError:
                if k + 1 == len(points):
                    raise
            else:
                break
        assert self._crew.facts is not None  # noqa: S101  (board has measured it)
        return self._crew.facts

    def _stand(self, high: Pose) -> Pose:
        """Put the ego vehicle down, wait until it stands and every camera has shown something; where it stands."""
        carla = client_library()
        link, ego = self.link, self._crew.ego
        with link.trying("placing the vehicle"):
            ego.apply_control(carla.VehicleControl(hand_brake=True))
            ego.set_transform(pose_transform(high))
            ego.set_target_velocity(carla.Vector3D())
            ego.set_target_angular_velocity(carla.Vector3D())
        deadline = time.monotonic() + link.timeout_s
        asleep = [eye for eye in self._all_eyes() if not eye.awake]
        still, ticks, height = 0, 0, math.inf
        while (still < STILL_TICKS and ticks < MOST_TICKS) or asleep:
            if asleep and time.monotonic() > deadline:
                raise link.error("starting an episode", f"no picture from {asleep[0].kind}")
            ticks += 1
            seen = self._ego_in(self._tick())
            pose = pose_of(seen.get_transform())
            rests = abs(seen.get_velocity().z) < STILL_MPS and abs(pose.z_m - height) < STILL_M
            rests &= abs(self._wheel_rad(motion_of(seen))) < STILL_RAD
            still, height = still + 1 if rests else 0, pose.z_m
            asleep = [eye for eye in asleep if not eye.wakes(GLIMPSE_S)]
        return pose

    def _roll(self, start: Pose, stands: Pose, speed_mps: float) -> Sample:
        """Send the ego vehicle off such that it is at ``start`` one tick later."""
        carla = client_library()
        ego = self._crew.ego
        back = DT_S * speed_mps
        begin = replace(
            stands,
            x_m=start.x_m - back * math.cos(start.heading_rad),
            y_m=start.y_m - back * math.sin(start.heading_rad),
            heading_rad=start.heading_rad,
        )
        with self.link.trying("placing the vehicle"):
            ego.apply_control(carla.VehicleControl())
            ego.set_transform(pose_transform(begin))
            ego.set_target_velocity(velocity_along(begin, speed_mps))
            ego.set_target_angular_velocity(carla.Vector3D())
        for feeler in (self._crew.collisions, self._crew.invasions):
            assert feeler is not None  # noqa: S101  (board has made them)
            feeler.told()
        self.invasions = 0
        return self._sample(self._tick())

    def _tick(self) -> Any:
        """Advance the world by one step and give its snapshot."""
        with self.link.trying("a tick"):
            frame = self.link.world.tick(self.link.timeout_s)
            snapshot = self.link.world.get_snapshot()
        elapsed = snapshot.timestamp.elapsed_seconds
        moved_on = DT_S if self._elapsed_s is None else elapsed - self._elapsed_s
        if snapshot.frame != frame or not 0.5 * DT_S < moved_on < 1.5 * DT_S:
            raise self.link.error("a tick", "another client ticks this world, too, or has changed its settings")
        self._elapsed_s, self._frame = elapsed, frame
        return snapshot

    def _sample(self, snapshot: Any) -> Sample:
        deadline = time.monotonic() + self.link.timeout_s
        seen = self._ego_in(snapshot)
        motion = motion_of(seen)
        pictures = {kind: eye.look(self._frame, deadline) for kind, eye in self._crew.eyes.items()}
        assert self._crew.collisions is not None  # noqa: S101
        assert self._crew.invasions is not None  # noqa: S101
        self.invasions += sum(len(event.crossed_lane_markings) for event in self._crew.invasions.told())
        hits = [event for event in self._crew.collisions.told() if event.other_actor.type_id not in _GROUND]
        return Sample(motion, self._wheel_rad(motion), pictures, bool(hits))

    def _wheel_rad(self, motion: Motion) -> float:
        """Angle of the front wheels; of servers that do not tell it, the one that was asked for."""
        ego = self._crew.ego
        if self._wheels_known:
            where = client_library().VehicleWheelLocation
            try:
                both = ego.get_wheel_steer_angle(where.FL_Wheel), ego.get_wheel_steer_angle(where.FR_Wheel)
            except RuntimeError as error:
                if "time-out" in str(error):
                    raise self.link.error("asking for the wheels' angle", "no answer in time") from error
                self._wheels_known = False
            else:
                return -math.radians(0.5 * (both[0] + both[1]))
        facts = self.facts()
        return facts.wheel_rad(ego.get_control().steer, math.hypot(motion.forward_mps, motion.left_mps))

    def _ego_in(self, snapshot: Any) -> Any:
        seen = snapshot.find(self._crew.ego.id)
        if seen is None:
            raise self.link.error("a tick", "our vehicle is gone: another client has destroyed it or loaded a map")
        return seen

    def _all_eyes(self) -> list[Any]:
        return [*self._crew.eyes.values(), *self._crew.spectators.values()]
