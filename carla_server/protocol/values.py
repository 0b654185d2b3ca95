"""Values of calls and commands, off the wire and onto it.

CARLA's arrays are positional and both sides put up with shorter and longer ones, so that a wrong order is never
reported: each layout stands here once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any, NamedTuple

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.axes import pose_from_carla
from wormdrive.carla_server.protocol.numbers import integer, number, switch, text, triple
from wormdrive.envs.seasons.conditions import Weather

__all__ = [
    "AckermannControl",
    "Description",
    "Settings",
    "VehicleControl",
    "read_ackermann_control",
    "read_description",
    "read_transform",
    "read_vehicle_control",
    "read_walker_control",
    "read_weather",
    "weather_values",
]


class VehicleControl(NamedTuple):
    """What a driver does: throttle and brake in [0, 1], steer in [-1, 1], positive right."""

    throttle: float = 0.0
    steer: float = 0.0
    brake: float = 0.0
    hand_brake: bool = False
    reverse: bool = False
    manual_gear_shift: bool = False
    gear: int = 0


class AckermannControl(NamedTuple):
    """Wanted steer [rad], its rate [rad/s], speed [m/s], acceleration [m/s²], jerk [m/s³]; steer positive right."""

    steer: float = 0.0
    steer_speed: float = 0.0
    speed: float = 0.0
    acceleration: float = 0.0
    jerk: float = 0.0


class WalkerControl(NamedTuple):
    """Where a walker goes: direction in CARLA's axes, speed [m/s]."""

    direction: tuple[float, float, float] = (1.0, 0.0, 0.0)
    speed: float = 0.0
    jump: bool = False


class Description(NamedTuple):
    """What a client wants to spawn: a blueprint and values of its attributes."""

    blueprint: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """How an episode runs; see ``carla.WorldSettings``."""

    synchronous_mode: bool = False
    no_rendering_mode: bool = False
    fixed_delta_seconds: float | None = None
    substepping: bool = True
    max_substep_delta_time: float = 0.01
    max_substeps: int = 10
    max_culling_distance: float = 0.0
    deterministic_ragdolls: bool = True
    tile_stream_distance: float = 3000.0
    actor_active_distance: float = 2000.0
    spectator_as_ego: bool = True

    def packed(self) -> list[Any]:
        """Values in the wire's order."""
        values: list[Any] = list(astuple(self))
        values[2] = [False] if self.fixed_delta_seconds is None else [True, self.fixed_delta_seconds]
        return values

    def updated(self, values: Any) -> Settings:
        """Read settings off the wire; fields that are left out keep their values.

        Raises
        ------
        RequestError
            A value is of the wrong kind, or the fixed delta is not in (0, 10] s.
        """
        values = _sequence(values, 0, "settings")
        delta = self.fixed_delta_seconds
        if len(values) > 2:
            optional = _sequence(values[2], 1, "fixed_delta_seconds")
            delta = number(optional[1], name="fixed_delta_seconds") if optional[0] and len(optional) > 1 else None
            if delta == 0.0:  # how scripts say 'variable'
                delta = None
            if delta is not None and not 1e-4 <= delta <= 10.0:
                raise RequestError(f"fixed_delta_seconds={delta:g}: allowed are 0.0001 to 10 s, or none")
        readers = (switch, switch, None, switch, number, integer, number, switch, number, number, switch)
        names = list(self.__dataclass_fields__)
        changes: dict[str, Any] = {
            names[k]: reader(values[k]) for k, reader in enumerate(readers) if reader is not None and k < len(values)
        }
        return replace(self, fixed_delta_seconds=delta, **changes)


def read_transform(values: Any) -> Pose:
    """Read a transform into our axes; angles are cut off at a thousand turns."""
    location, rotation = _sequence(values, 2, "transform")[:2]
    place = triple(location, 1e7, ("location.x", "location.y", "location.z"))
    return pose_from_carla((place, triple(rotation, 3.6e5, ("rotation.pitch", "rotation.yaw", "rotation.roll"))))


def read_vehicle_control(values: Any) -> VehicleControl:
    """Read a vehicle's control; numbers out of bounds are cut off, as CARLA does."""
    values = _sequence(values, 3, "vehicle control")
    if len(values) < 7:
        values = [*values, *(False, False, False, 0)[len(values) - 3 :]]
    throttle, steer, brake, hand_brake, reverse, manual_gear_shift, gear = values[:7]
    gear = integer(gear, -(2**31), 2**31 - 1)
    return VehicleControl(
        number(throttle, 0.0, 1.0, "throttle"),
        number(steer, -1.0, 1.0, "steer"),
        number(brake, 0.0, 1.0, "brake"),
        switch(hand_brake),
        switch(reverse),
        switch(manual_gear_shift),
        -10 if gear < -10 else 10 if gear > 10 else gear,
    )


def read_ackermann_control(values: Any) -> AckermannControl:
    """Read an Ackermann control."""
    return AckermannControl(*(number(value, -1e3, 1e3) for value in _sequence(values, 5, "Ackermann control")[:5]))


def read_walker_control(values: Any) -> WalkerControl:
    """Read a walker's control."""
    direction, speed, jump = _sequence(values, 3, "walker control")[:3]
    return WalkerControl(triple(direction, 1e3), number(speed, 0.0, 20.0), switch(jump))


def read_description(values: Any) -> Description:
    """Read what a client wants to spawn; attributes come in any order."""
    _, blueprint, attributes = _sequence(values, 3, "actor description")[:3]
    read: dict[str, str] = {}
    for attribute in _sequence(attributes, 0, "attributes")[:256]:
        name, _, value = _sequence(attribute, 3, "attribute")[:3]
        read[text(name, 128)] = text(value, 1024)
    return Description(text(blueprint, 256), read)


def read_weather(values: Any, before: Weather) -> Weather:
    """Read weather; numbers out of bounds are cut off, the sun's azimuth goes round."""
    fields = list(Weather.model_fields)
    changed = before.model_dump()
    for name, value in zip(fields, _sequence(values, 1, "weather"), strict=False):
        low, high = -1e6, 1e6
        for limit in Weather.model_fields[name].metadata:
            low, high = getattr(limit, "ge", low), getattr(limit, "le", high)
        if name == "sun_azimuth_angle":
            changed[name] = number(value, name=name) % 360.0
        else:
            changed[name] = number(value, low, high, name)
    return Weather(**changed)


def weather_values(weather: Weather) -> list[float]:
    """Weather in the wire's order, which is that of our fields."""
    return [float(getattr(weather, name)) for name in Weather.model_fields]


def _sequence(values: Any, shortest: int, name: str) -> Sequence[Any]:
    if not isinstance(values, (list, tuple)) or len(values) < shortest:
        raise RequestError(f"{name}: allowed is an array of at least {shortest} values")
    return values
