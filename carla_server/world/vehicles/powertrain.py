"""Powertrain: engine, clutch, gearbox, brakes and wheels of a vehicle, as CARLA's physics control describes them.

The meaning of the numbers is that of PhysX's vehicles (NVIDIA, *PhysX 3.4 User's Guide*, Vehicles), which CARLA's are:
torque by engine speed, damping by throttle, a clutch whose torque is proportional to its slip, a gearbox that shifts at
shares of the engine's top speed, tyres whose cornering stiffness grows with the load until it saturates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.world.vehicles.ackermann_geometry import inner_of_middle

__all__ = ["MOST_GEARS", "MOST_POINTS", "REVERSE_RATIO", "TABLE", "Powertrain", "WheelPhysics", "lateral_stiffness"]

MOST_POINTS: Final = 32
"""Of a curve."""
MOST_GEARS: Final = 16
REVERSE_RATIO: Final = 4.0
"""Of the reverse gear, before the final drive: the physics control has no field for it, this is Unreal Engine's."""

(
    POWERED, TOP, MOMENT, FULL_DAMPING, ENGAGED_DAMPING, FREE_DAMPING, AUTOMATIC, SWITCH_S, CLUTCH, FINAL, GEARS,
    TORQUES, STEERS, RADIUS, WHEEL_DRAG, FRONT_BRAKE, REAR_BRAKE, FRONT_HAND, REAR_HAND, FRONT_GRIP, REAR_GRIP,
    FRONT_SLIP, REAR_SLIP, LEFT_LOCK, RIGHT_LOCK, HALF_TRACK, AHEAD,
) = range(27)  # fmt: skip
"""Columns of the packed table: whether there is a powertrain at all; engine's top speed [rad/s], inertia [kg m²] and
damping [N m s]; gearbox; lengths of the curves; mean wheel radius [m]; drag of the wheels' bearings [N s/m]; forces of
brakes and hand brake [N], grip [-] and longitudinal stiffness [N] by axle; locks [rad]; half the track for steering
[m]; how far the centre of mass is ahead of the vehicle's reference point [m]."""
CURVES: Final = 27
"""Then torque curve (speed [rad/s], torque [N m]), steering curve (speed [m/s], share), gears (ratio, down, up)."""
STEER_AT: Final = CURVES + 2 * MOST_POINTS
GEAR_AT: Final = STEER_AT + 2 * MOST_POINTS
TABLE: Final = GEAR_AT + 3 * MOST_GEARS
"""Length of the packed table."""

RPM: Final = math.pi / 30.0
GRAVITY: Final = 9.81


@dataclass(frozen=True)
class WheelPhysics:
    """One wheel; friction is by that of the tyres that come with CARLA's vehicles, see ``physics_values``.

    Attributes
    ----------
    friction, damping:
        Grip of the tyre by a usual one's [-]; drag of the bearing [N m s].
    max_steer_rad, radius_m:
        Lock [rad], radius of the tyre [m].
    brake_nm, hand_brake_nm:
        Torques at full brake and hand brake [N m].
    stiff_max_load, stiff_value:
        Load, by that at rest, from which the cornering stiffness grows no more; stiffness by load there [1/rad].
    long_stiff_value:
        Longitudinal stiffness by slip and gravity [kg].
    """

    friction: float = 1.0
    damping: float = 0.25
    max_steer_rad: float = 0.0
    radius_m: float = 0.35
    brake_nm: float = 1500.0
    hand_brake_nm: float = 0.0
    stiff_max_load: float = 2.0
    stiff_value: float = 17.0
    long_stiff_value: float = 1000.0


@dataclass(frozen=True)
class Powertrain:
    """What drives and stops a vehicle.

    Attributes
    ----------
    torque_curve:
        Torque at full throttle [N m] by engine speed [rpm], rising.
    max_rpm, moment:
        Engine's top speed, its moment of inertia [kg m²].
    full_damping, engaged_damping, free_damping:
        Its drag [N m s]: at full throttle; at none, with a gear and without.
    automatic, switch_s:
        Whether the gearbox shifts by itself; how long shifting interrupts the drive [s].
    clutch:
        Torque by slip [N m s].
    final_ratio, gears:
        Final drive; forward gears: ratio, and the shares of the top speed below and above which it shifts down, up.
    steering_curve:
        Share of the lock by speed [km/h].
    wheels:
        Front left, front right, rear left, rear right.
    half_track_m:
        How far the wheel that locks and steering commands speak of is inside the middle of the axle: half the track
        where they mean the inner wheel, 0 where they mean the axle's middle.
    ahead_m:
        How far the centre of mass is ahead of the vehicle's reference point [m].
    """

    torque_curve: tuple[tuple[float, float], ...]
    max_rpm: float
    moment: float
    full_damping: float
    engaged_damping: float
    free_damping: float
    automatic: bool
    switch_s: float
    clutch: float
    final_ratio: float
    gears: tuple[tuple[float, float, float], ...]
    steering_curve: tuple[tuple[float, float], ...]
    wheels: tuple[WheelPhysics, WheelPhysics, WheelPhysics, WheelPhysics]
    half_track_m: float = 0.0
    ahead_m: float = 0.0

    @property
    def radius_m(self) -> float:
        """Mean radius of the wheels [m]."""
        return sum(wheel.radius_m for wheel in self.wheels) / 4.0

    def brake_force(self, mass_kg: float) -> float:
        """Deceleration that the brakes' torques are worth, whatever the tyres hold [m/s²]."""
        return sum(wheel.brake_nm / wheel.radius_m for wheel in self.wheels) / mass_kg

    def torque(self, speed_radps: float) -> float:
        """Torque at full throttle [N m]; none from the top speed on."""
        rpm = speed_radps / RPM
        x, y = zip(*self.torque_curve, strict=True)
        return float(np.interp(rpm, x, y)) if rpm < self.max_rpm else 0.0

    def ratio(self, gear: int) -> float:
        """Engine's turns by the wheels', negative in reverse, 0 in neutral."""
        if gear <= 0:
            return gear * REVERSE_RATIO * self.final_ratio
        return self.gears[min(gear, len(self.gears)) - 1][0] * self.final_ratio

    def engine_drag(self, speed_mps: float, gear: int) -> float:
        """Force with which the engine brakes at a speed without throttle [N]."""
        ratio = abs(self.ratio(gear or 1)) / self.radius_m
        return self.engaged_damping * min(abs(speed_mps) * ratio, self.max_rpm * RPM) * ratio

    def steer_for(self, angle_rad: float, wheelbase_m: float, speed_mps: float) -> float:
        """Steer that turns the axle's middle by an angle at a speed, of whatever sign."""
        inner = inner_of_middle(angle_rad, self.half_track_m / wheelbase_m)
        kmh, share = zip(*self.steering_curve, strict=True)
        lock = max(wheel.max_steer_rad for wheel in self.wheels[:2]) * float(
            np.interp(abs(speed_mps) * 3.6, kmh, share)
        )
        return inner / max(lock, 1e-9)

    def throttle_for(self, force_n: float, speed_mps: float, gear: int) -> float:
        """Throttle, 0 to 1, for a force at the wheels along the gear's direction at a speed, once that is steady."""
        by_engine = self.radius_m / max(abs(self.ratio(gear or 1)), 1e-9)
        speed = min(abs(speed_mps) / by_engine, self.max_rpm * RPM)
        wanted = force_n * by_engine + self.engaged_damping * speed
        full = self.torque(speed) + (self.engaged_damping - self.full_damping) * speed
        return min(max(wanted / max(full, 1e-9), 0.0), 1.0)

    def packed(self) -> NDArray[np.float64]:
        """Return the (TABLE,) float64 table that the kernel reads."""
        table = np.zeros(TABLE)
        front, rear = self.wheels[:2], self.wheels[2:]
        table[:CURVES] = (
            1.0, self.max_rpm * RPM, self.moment, self.full_damping, self.engaged_damping, self.free_damping,
            float(self.automatic), self.switch_s, self.clutch, self.final_ratio, len(self.gears),
            len(self.torque_curve), len(self.steering_curve), self.radius_m,
            sum(wheel.damping / wheel.radius_m**2 for wheel in self.wheels),
            *(sum(wheel.brake_nm / wheel.radius_m for wheel in axle) for axle in (front, rear)),
            *(sum(wheel.hand_brake_nm / wheel.radius_m for wheel in axle) for axle in (front, rear)),
            *(sum(wheel.friction for wheel in axle) / 2.0 for axle in (front, rear)),
            *(sum(wheel.long_stiff_value for wheel in axle) * GRAVITY for axle in (front, rear)),
            front[0].max_steer_rad, front[1].max_steer_rad, self.half_track_m, self.ahead_m,
        )  # fmt: skip
        for k, (rpm, torque) in enumerate(self.torque_curve):
            table[CURVES + 2 * k : CURVES + 2 * k + 2] = rpm * RPM, torque
        for k, (kmh, share) in enumerate(self.steering_curve):
            table[STEER_AT + 2 * k : STEER_AT + 2 * k + 2] = kmh / 3.6, share
        for k, gear in enumerate(self.gears):
            table[GEAR_AT + 3 * k : GEAR_AT + 3 * k + 3] = gear
        return table


def lateral_stiffness(wheels: tuple[WheelPhysics, ...]) -> float:
    """Cornering stiffness of an axle by its load at rest [1/rad], as PhysX's tyres have it."""
    total = 0.0
    for wheel in wheels:
        share = min(3.0 / wheel.stiff_max_load, 3.0)
        total += wheel.stiff_value * (share - share * share / 3.0 + share**3 / 27.0)
    return total / len(wheels)
