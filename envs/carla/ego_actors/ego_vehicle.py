"""The ego vehicle on a CARLA server: what it is, how far its wheels turn, what its pedals do."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.carla.axes import radians
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["CarFacts", "ego_blueprint", "is_car", "read_facts"]

_USUAL: Final = VehicleParameters()
OUR_CAR: Final = "vehicle.wormdrive.saloon"
"""Of our own server: its steering speaks of the axle's middle, as the embedded vehicle's does."""
_TRACKS_M: Final = (1.0, 3.0)
_WHEELBASES_M: Final = (1.5, 8.0)
_WHEELBASE_BY_LENGTH: Final = 0.6
_CM: Final = 0.01
_KMH_BY_MPS: Final = 3.6


def ego_blueprint(server: ServerClient, name: str, tag: str) -> Any:
    """Find the blueprint ``name``, or where the server has none of it, its first car.

    Raises
    ------
    SimulatorError
        If the server has no car at all.
    """
    with server.trying("reading its blueprints"):
        cars = list(server.world.get_blueprint_library().filter("vehicle.*"))
    four = [car for car in cars if is_car(car)]
    if not four:
        raise server.error("choosing a vehicle", "it has no blueprint of a car")
    chosen = next((car for car in four if car.id == name), min(four, key=lambda car: car.id))
    if chosen.has_attribute("role_name"):
        chosen.set_attribute("role_name", tag)
    return chosen


def is_car(blueprint: Any) -> bool:
    """Whether a vehicle's blueprint has four wheels."""
    if not blueprint.has_attribute("number_of_wheels"):
        return True
    return int(blueprint.get_attribute("number_of_wheels")) == 4


@dataclass(frozen=True, eq=False)
class CarFacts:
    """What a vehicle's physics control says.

    ``parameters`` are the embedded vehicle's with this one's measures: a command's steer means the same wheel angle in
    both. ``most_rad`` is how far the front wheels turn [rad], ``curve`` (n, 2) the share of it that is left at some
    speeds [m/s]. ``inside`` is half the track by the wheelbase: CARLA's steering speaks of the wheel on the bend's
    inside, ours of the axle's middle (Ackermann); 0 where both are the same.
    """

    parameters: VehicleParameters
    most_rad: float
    curve: NDArray[np.float64]
    inside: float = 0.0

    def steer(self, command: float, speed_mps: float) -> float:
        """CARLA's steer in [-1, 1] that turns the wheels as ``command`` turns the embedded vehicle's."""
        share = float(np.interp(speed_mps, self.curve[:, 0], self.curve[:, 1]))
        wanted = _nearer(min(max(command, -1.0), 1.0) * self.parameters.max_steer_rad, -self.inside)
        return min(max(wanted / max(self.most_rad * share, 1e-3), -1.0), 1.0)

    def wheel_rad(self, steer: float, speed_mps: float) -> float:
        """Wheel angle [rad], positive left, that CARLA's steer stands for."""
        inner = -steer * self.most_rad * float(np.interp(speed_mps, self.curve[:, 0], self.curve[:, 1]))
        return _nearer(inner, self.inside)


def read_facts(server: ServerClient, ego: Any) -> CarFacts:
    """Ask the server for a vehicle's measures."""
    with server.trying("reading the vehicle's physics"):
        physics = ego.get_physics_control()
        body = ego.bounding_box.extent
    fronts = [radians(wheel.max_steer_angle) for wheel in physics.wheels if wheel.max_steer_angle > 0.0]
    most = max(fronts, default=_USUAL.max_steer_rad)
    points = [(point.x / _KMH_BY_MPS, point.y) for point in physics.steering_curve]
    points = [point for point in points if math.isfinite(point[0]) and point[1] > 0.0] or [(0.0, 1.0)]
    length = 2.0 * body.x if body.x > 0.5 else _USUAL.length_m
    wheelbase = _wheelbase_m(physics.wheels, length)
    share = wheelbase / _USUAL.wheelbase_m
    parameters = replace(
        _USUAL,
        mass_kg=float(physics.mass) if physics.mass > 100.0 else _USUAL.mass_kg,
        front_m=_USUAL.front_m * share,
        rear_m=_USUAL.rear_m * share,
        max_steer_rad=min(_USUAL.max_steer_rad, most),
        length_m=length,
        width_m=2.0 * body.y if body.y > 0.3 else _USUAL.width_m,
    )
    inside = 0.0 if getattr(ego, "type_id", "") == OUR_CAR else _track_m(physics.wheels) / (2.0 * wheelbase)
    return CarFacts(parameters, most, np.array(sorted(points)), inside)


def _nearer(angle_rad: float, inside: float) -> float:
    """Angle of a wheel that is farther from the bend's middle by ``inside`` wheelbases [rad]."""
    if angle_rad == 0.0 or inside == 0.0:
        return angle_rad
    return math.copysign(math.atan2(1.0, 1.0 / math.tan(abs(angle_rad)) + inside), angle_rad)


def _track_m(wheels: Any) -> float:
    """Distance of the front wheels from each other, from where they are [cm]; 0 where that is nonsense."""
    front = [(wheel.position.x, wheel.position.y) for wheel in wheels if wheel.max_steer_angle > 0.0]
    found = _CM * math.dist(front[0], front[1]) if len(front) == 2 else 0.0
    return found if _TRACKS_M[0] <= found <= _TRACKS_M[1] else 0.0


def _wheelbase_m(wheels: Any, length_m: float) -> float:
    """Distance of the axles, from where the wheels are [cm]; the usual share of its length where that is nonsense."""
    places = [(wheel.position.x, wheel.position.y, wheel.max_steer_angle > 0.0) for wheel in wheels]
    front = [place[:2] for place in places if place[2]]
    rear = [place[:2] for place in places if not place[2]]
    if front and rear:
        found = _CM * float(np.hypot(*(np.mean(front, axis=0) - np.mean(rear, axis=0))))
        if _WHEELBASES_M[0] <= found <= _WHEELBASES_M[1]:
            return found
    return _WHEELBASE_BY_LENGTH * length_m
