"""Ego drive: the ego vehicle put on the road, steered tick by tick, and what comes back of it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any, Final

from numpy.typing import NDArray

from wormdrive.envs.carla.axes import (
    ActorMotion,
    ActorPose,
    force_to_the_left,
    motion_of,
    pose_of,
    pose_transform,
    radians,
    velocity_along,
)
from wormdrive.envs.carla.connection.client_library import client_library
from wormdrive.envs.carla.connection.clock import Clock
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.carla.ego_actors.ego_actors import EgoActors
from wormdrive.envs.carla.ego_actors.pedals import Pedals
from wormdrive.envs.simulation.vehicle_batch import DT_S

__all__ = ["LIFT_M", "EgoDrive", "Sample"]

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


@dataclass(frozen=True, eq=False)
class Sample:
    """What one tick brought: the motion, the wheels' angle [rad], pictures by the sensor's kind, and whether it hit."""

    motion: ActorMotion
    wheel_rad: float
    pictures: dict[str, NDArray[Any]]
    collided: bool


class EgoDrive:
    """Drives the ego vehicle; every method may raise ``SimulatorError``, where the server does not do its part.

    Attributes
    ----------
    invasions:
        Lane marks crossed since the episode began.
    """

    def __init__(self, server: ServerClient, ego_actors: EgoActors, clock: Clock) -> None:
        self._server, self._ego_actors, self._clock = server, ego_actors, clock
        self._pedals = Pedals()
        self._wheels_known = True
        self.invasions = 0

    def stand(self, high: ActorPose) -> ActorPose:
        """Put the ego vehicle down, wait until it stands and every camera has shown something; where it stands."""
        carla = client_library()
        server, ego = self._server, self._ego_actors.ego
        with server.trying("placing the vehicle"):
            ego.apply_control(carla.VehicleControl(hand_brake=True))
            ego.set_transform(pose_transform(high))
            ego.set_target_velocity(carla.Vector3D())
            ego.set_target_angular_velocity(carla.Vector3D())
        self._clock.restart()
        deadline = time.monotonic() + server.timeout_s
        asleep = [camera_sensor for camera_sensor in self._ego_actors.all_camera_sensors() if not camera_sensor.awake]
        still, ticks, height = 0, 0, math.inf
        while (still < STILL_TICKS and ticks < MOST_TICKS) or asleep:
            if asleep and time.monotonic() > deadline:
                raise server.error("starting an episode", f"no picture from {asleep[0].kind}")
            ticks += 1
            seen = self._ego_in(self._clock.tick())
            pose = pose_of(seen.get_transform())
            rests = abs(seen.get_velocity().z) < STILL_MPS and abs(pose.z_m - height) < STILL_M
            rests &= abs(self._wheel_rad(motion_of(seen))) < STILL_RAD
            still, height = still + 1 if rests else 0, pose.z_m
            asleep = [camera_sensor for camera_sensor in asleep if not camera_sensor.wakes(GLIMPSE_S)]
        return pose

    def roll(self, start: ActorPose, stands: ActorPose, speed_mps: float) -> Sample:
        """Send the ego vehicle off such that it is at ``start`` one tick later; ``stands`` says how it lies there."""
        carla = client_library()
        ego = self._ego_actors.ego
        back = DT_S * speed_mps
        begin = replace(
            stands,
            x_m=start.x_m - back * math.cos(start.heading_rad),
            y_m=start.y_m - back * math.sin(start.heading_rad),
            heading_rad=start.heading_rad,
        )
        with self._server.trying("placing the vehicle"):
            ego.apply_control(carla.VehicleControl())
            ego.set_transform(pose_transform(begin))
            ego.set_target_velocity(velocity_along(begin, speed_mps))
            ego.set_target_angular_velocity(carla.Vector3D())
        self._pedals.begin()
        self._ego_actors.collisions()
        self._ego_actors.invasions()
        self.invasions = 0
        return self._sample(self._clock.tick())

    def push(self, pose: ActorPose, newton: float) -> None:
        """Push the ego vehicle, which stands at ``pose``, to its left during the next tick [N]."""
        with self._server.trying("pushing the vehicle"):
            self._ego_actors.ego.add_force(force_to_the_left(pose, newton))

    def step(self, steer: float, acceleration_mps2: float, speed_mps: float) -> Sample:
        """Advance by one tick; ``steer`` as a command's, the acceleration as is wanted [m/s²]."""
        facts = self._ego_actors.facts
        assert facts is not None  # noqa: S101  (who drives has spawned)
        throttle, brake = self._pedals.press(acceleration_mps2, speed_mps, DT_S, facts.parameters)
        control = client_library().VehicleControl(throttle, facts.steer(steer, speed_mps), brake)
        with self._server.trying("steering"):
            self._ego_actors.ego.apply_control(control)
        return self._sample(self._clock.tick())

    def _sample(self, snapshot: Any) -> Sample:
        deadline = time.monotonic() + self._server.timeout_s
        motion = motion_of(self._ego_in(snapshot))
        pictures = {
            kind: camera_sensor.await_picture(self._clock.frame, deadline)
            for kind, camera_sensor in self._ego_actors.camera_sensors.items()
        }
        self.invasions += sum(len(event.crossed_lane_markings) for event in self._ego_actors.invasions())
        hits = [event for event in self._ego_actors.collisions() if event.other_actor.type_id not in _GROUND]
        return Sample(motion, self._wheel_rad(motion), pictures, bool(hits))

    def _wheel_rad(self, motion: ActorMotion) -> float:
        """Angle of the front wheels; of servers that do not tell it, the one that was asked for."""
        ego = self._ego_actors.ego
        if self._wheels_known:
            where = client_library().VehicleWheelLocation
            try:
                both = ego.get_wheel_steer_angle(where.FL_Wheel), ego.get_wheel_steer_angle(where.FR_Wheel)
            except RuntimeError as error:
                if "time-out" in str(error):
                    raise self._server.error("asking for the wheels' angle", "no answer in time") from error
                self._wheels_known = False
            else:
                return -radians(0.5 * (both[0] + both[1]))
        assert self._ego_actors.facts is not None  # noqa: S101
        speed = math.hypot(motion.forward_mps, motion.left_mps)
        return self._ego_actors.facts.wheel_rad(ego.get_control().steer, speed)

    def _ego_in(self, snapshot: Any) -> Any:
        seen = snapshot.find(self._ego_actors.ego.id)
        if seen is None:
            raise self._server.error("a tick", "our vehicle is gone: another client has destroyed it or loaded a map")
        return seen
