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

from wormdrive.envs.carla.axes import Pose, pose_of
from wormdrive.envs.carla.connection.clock import Clock
from wormdrive.envs.carla.connection.custody import Custody
from wormdrive.envs.carla.connection.link import PATIENCE_S, Link
from wormdrive.envs.carla.crew.car import CarFacts
from wormdrive.envs.carla.crew.crew import Crew
from wormdrive.envs.carla.crew.sensors import CAMERA
from wormdrive.envs.carla.crew.traffic import check_none_stranded
from wormdrive.envs.carla.drive import LIFT_M, Drive, Sample
from wormdrive.envs.carla.looks.paint import paint_season
from wormdrive.envs.carla.looks.weather import set_friction, set_season, set_weather
from wormdrive.envs.carla.towns import bring_map, map_text, town_route
from wormdrive.envs.errors import SimulatorError
from wormdrive.envs.roads.route import Route
from wormdrive.envs.scenario import Scenario
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulator import CameraConfig

__all__ = ["CarlaWorld"]

_SPAWN_POINTS: Final = 10


class CarlaWorld:
    """One server's world.

    Whatever fails, fails as ``SimulatorError`` within the link's time limit, after our actors are destroyed and the
    settings put back, if the server lives; the next ``prepare`` connects anew.
    """

    def __init__(self, link: Link, camera: CameraConfig | None, segmentation: bool, depth: bool, vehicle: str) -> None:
        self.link = link
        self._pictures = camera, segmentation, depth
        self._crew = Crew(link, vehicle)
        self._custody = Custody(link)
        self._clock = Clock(link)
        self._drive = Drive(link, self._crew, self._clock)
        self._facts: CarFacts | None = None
        self._left_behind = False
        self._episode = 0
        self._season: str | None = None

    @property
    def invasions(self) -> int:
        """Lane marks crossed since the episode began."""
        return self._drive.invasions

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
        with self._guarded():
            self._reach()
            shown = bring_map(self.link, scenario.map, text, before=self._put_back)
            self._episode = self.link.world.id
            with self.link.trying("reading its map"):
                road_text = shown.to_opendrive()
            self._custody.take()
        return town_route(road_text, scenario)

    def facts(self) -> CarFacts:
        """Measures of the vehicle; one is spawned for it where none was driven yet.

        Raises
        ------
        SimulatorError
            If the server is not there, or has no place for a vehicle.
        """
        if self._facts is None:
            with self._guarded():
                self._reach()
                self._facts = self._survey()
                self._put_back()
        return self._facts

    def begin(self, scenario: Scenario, start: Pose, speed_mps: float) -> Sample:
        """Start an episode: the ego vehicle at ``start``, rolling.

        Raises
        ------
        SimulatorError
            If the server does not do its part in time.
        """
        with self._guarded():
            self._crew.leave_traffic()
            high = replace(start, z_m=start.z_m + LIFT_M)
            if self._crew.ego is None:
                self._crew.board(high, *self._pictures)
            self._facts = self._crew.facts
            self._dress(scenario.conditions)
            stands = self._drive.stand(high)
            self._crew.traffic.begin(scenario.traffic, scenario.seed, stands)
            return self._drive.roll(start, stands, speed_mps)

    def dress(self, conditions: Conditions) -> None:
        """Have the world look and grip as the conditions say.

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        with self._guarded():
            self._dress(conditions)

    def step(self, steer: float, acceleration_mps2: float, speed_mps: float) -> Sample:
        """Advance by ``DT_S``; ``steer`` as a command's, the acceleration as is wanted [m/s²].

        Raises
        ------
        SimulatorError
            If the server does not do its part in time, or others meddle with the world.
        """
        with self._guarded():
            return self._drive.step(steer, acceleration_mps2, speed_mps)

    def picture(self, camera: CameraConfig) -> NDArray[np.uint8]:
        """Show the world through another camera, (H, W, 3) uint8.

        A camera takes pictures when the world ticks: until the first tick after it was first asked for, what the
        ordinary camera saw is enlarged in its place (black, if there is none).

        Raises
        ------
        SimulatorError
            If the picture does not come in time.
        """
        with self._guarded():
            eye = self._crew.spectate(camera)
            if eye is not None and eye.frame < self._clock.frame:
                eye.look(self._clock.frame, time.monotonic() + self.link.timeout_s)
        if eye is not None and eye.picture is not None:
            return eye.picture
        usual = self._crew.eyes.get(CAMERA)
        if usual is None or usual.picture is None:
            return np.zeros((camera.height, camera.width, 3), np.uint8)
        return np.asarray(cv2.resize(usual.picture, (camera.width, camera.height)), np.uint8)

    def release(self, patience_s: float = PATIENCE_S) -> None:
        """Destroy what is ours and put the settings back, as far as the server answers; its failures are swallowed.

        The old connection may be what is broken, so this makes a new one.
        """
        actors = [*self._crew.silence(), *self._crew.traffic.cars]
        there = bool(actors) or self._custody.held or self._left_behind
        with suppress(RuntimeError):
            self._crew.traffic.shut_down()
        self._season = None
        self.link.drop()
        if not there:
            return
        self._left_behind = True
        if self.link.alive(patience_s):
            with suppress(SimulatorError):
                self.link.connect()
                self._put_back()
            self.link.drop()

    def close(self) -> None:
        """Give everything back; raises nothing where the server has gone."""
        patience_s = self.link.timeout_s  # this is the last chance
        if self.link.client is None or not self.link.alive(patience_s):
            self.release(patience_s)
            return
        try:
            self._put_back()
        except SimulatorError:
            self.release(patience_s)
        self.link.drop()

    def _dress(self, conditions: Conditions) -> None:
        set_weather(self.link, conditions.weather)
        if set_season(self.link, conditions):
            return
        set_friction(self.link, self._crew.ego, self._crew.tyres, conditions.friction)
        if conditions.season.name != self._season:
            paint_season(self.link, conditions.season)
            self._season = conditions.season.name

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Leave nothing of ours on the server when something fails, be it Ctrl-C."""
        try:
            yield
        except BaseException:
            self.release()
            raise

    def _reach(self) -> None:
        """Make sure that a living server is at the other end, and that the episode there is still the one we knew."""
        link = self.link
        check_none_stranded()
        if link.client is not None:
            if not link.answers():  # restarted since, or gone
                self.release()
                check_none_stranded()
            else:
                with link.trying("getting its world"):
                    link.world = link.client.get_world()
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
            except SimulatorError:  # something stands there
                if k + 1 == len(points):
                    raise
                self._crew.leave()
            else:
                break
        assert self._crew.facts is not None  # noqa: S101  (board has measured it)
        return self._crew.facts
