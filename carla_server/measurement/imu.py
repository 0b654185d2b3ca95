"""Inertial measurement: what a body on a vehicle feels, after CARLA's ``sensor.other.imu``."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import ORIGIN, Pose
from wormdrive.carla_server.world.world import World
from wormdrive.envs.simulation.vehicle import GRAVITY

__all__ = ["Imu", "ImuNoise", "Inertial"]

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class ImuNoise:
    """Standard deviations by axis [m/s²], [rad/s], and bias of the gyroscope [rad/s]."""

    accelerometer: Triple = (0.0, 0.0, 0.0)
    gyroscope: Triple = (0.0, 0.0, 0.0)
    gyroscope_bias: Triple = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Inertial:
    """One measurement, in the sensor's axes.

    Attributes
    ----------
    accelerometer_mps2:
        Acceleration less gravity: at rest (0, 0, 9.81).
    gyroscope_radps:
        Angular velocity.
    compass_rad:
        Of the sensor's heading, clockwise from north (the map's +y), in [0, 2 pi).
    """

    accelerometer_mps2: Triple
    gyroscope_radps: Triple
    compass_rad: float


class Imu:
    """An inertial sensor; the seed and the number of the measurement decide its noise."""

    def __init__(self, noise: ImuNoise | None = None, seed: int = 0) -> None:
        self.noise = noise or ImuNoise()
        self._seed = seed
        self._count = 0

    def measure(self, world: World, carrier: int | None, mount: Pose = ORIGIN) -> Inertial:
        """Measure at a mounting pose in the carrier's axes; without a carrier, at rest at that pose in the map's."""
        random = np.random.default_rng([self._seed, self._count, 0x696D_7561])
        self._count += 1
        acceleration, turning = np.zeros(3), np.zeros(3)
        pose = mount
        if carrier is not None:
            state, row = world.state(), world.row(carrier)
            body = Pose(*(float(value) for value in state.pose[row]))
            pose = body.carrying(mount)
            turning = state.angular_velocity_radps[row]
            arm = np.array(body.turned(mount.place))
            acceleration = state.acceleration_mps2[row] + np.cross(turning, np.cross(turning, arm))
        felt = np.array(pose.into(_triple(acceleration + np.array([0.0, 0.0, GRAVITY]))))
        turn = np.array(pose.into(_triple(turning)))
        noise = random.standard_normal((2, 3))
        felt = felt + noise[0] * np.array(self.noise.accelerometer)
        turn = turn + noise[1] * np.array(self.noise.gyroscope) + np.array(self.noise.gyroscope_bias)
        compass = (0.5 * math.pi - pose.heading) % (2.0 * math.pi)
        return Inertial(_triple(felt), _triple(turn), compass)


def _triple(vector: NDArray[np.float64]) -> Triple:
    return float(vector[0]), float(vector[1]), float(vector[2])
