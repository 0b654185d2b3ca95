"""Vehicle: the ego vehicle, a dynamic single-track model with saturating tyres.

Textbook: R. Rajamani, *Vehicle Dynamics and Control*, 2nd ed. 2012, ch. 2 (single-track model), 3 (steady-state
cornering); tyres after E. Fiala 1954 as in H. B. Pacejka, *Tire and Vehicle Dynamics*, 3rd ed. 2012, eq. 3.6-3.14;
masses and lengths of vehicle 2 (BMW 320i) in M. Althoff and G. Würsching, *CommonRoad: Vehicle Models*, 2020, table 6.
Axes ISO 8855: x forward, y left, z up, angles counter-clockwise.

States, all at the centre of gravity:

    X, Y       position in the map's axes [m]
    psi        heading [rad]
    u, v       velocity forward and to the left, in the body's axes [m/s]
    r          yaw rate [rad/s]
    delta      angle of the front wheels, positive to the left [rad]

Inputs: wanted wheel angle delta* [rad], wanted acceleration a [m/s²], slope and bank of the road, friction mu [-].

    X' = u cos(psi) - v sin(psi)        Y' = u sin(psi) + v cos(psi)        psi' = r
    u' = a - f_f sin(delta) + r v - resistance(u) - g sin(slope)
    v' = f_f cos(delta) + f_r - r u - g sin(bank)
    r' = m/I (l_f f_f cos(delta) - l_r f_r)
    delta' = clip((delta* - delta) / tau, +-rate)

    f_i = -g w_i F(tan(alpha_i))        lateral tyre force of an axle by mass [m/s²]
    w_f = (l_r - h a/g) / L             share of the weight on the front axle; the rear has the rest
    alpha_f = atan((v + l_f r) / u) - delta,   alpha_r = atan((v - l_r r) / u)
    F(z) = mu_y sign(z) (1 - (1 - q)³),   q = min(1, c_i |z| / (3 mu_y)),   mu_y² = mu² - (a/g)²

The last line is Fiala's brush tyre: slope c_i at zero slip, saturating at what the friction circle leaves. Below
walking pace slip angles lose their meaning; there v and r relax to the kinematic values ``v = l_r tan(delta) u / L``,
``r = tan(delta) u / L``, at most as quickly as friction allows, and the two laws are blended in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["GRAVITY", "SUBSTEPS", "VehicleParameters", "curvature_for_steer", "steer_for_curvature"]

GRAVITY: Final = 9.81
"""[m/s²]"""

SUBSTEPS: Final = 4
"""Runge-Kutta steps in one simulator step: 120 Hz."""

Floats: TypeAlias = "float | NDArray[np.float64]"


@dataclass(frozen=True)
class VehicleParameters:
    """What the single-track model needs to know; the default is a small saloon that understeers a little.

    Attributes
    ----------
    mass_kg, yaw_inertia_kgm2:
        m [kg] and I [kg m²].
    front_m, rear_m, height_m:
        l_f, l_r, h [m]: from the centre of gravity to the front axle, the rear axle, the ground.
    front_stiffness, rear_stiffness:
        c_f, c_r [1/rad]: cornering stiffness of an axle by its load.
    max_steer_rad, steer_rate_radps, steer_lag_s:
        Limit of the wheel angle [rad], of its rate [rad/s], the actuator's lag tau [s].
    max_acceleration, power_speed_mps, max_braking:
        Throttle's [m/s²] up to a speed [m/s] from which power limits it; brakes' [m/s²].
    rolling, drag_per_m:
        Resistance: rolling coefficient [-], and drag by mass and speed squared [1/m].
    roll_rad_per_mps2:
        How far the body leans out of a bend by lateral acceleration [rad/(m/s²)].
    length_m, width_m:
        Of the body [m].
    """

    mass_kg: float = 1093.3
    yaw_inertia_kgm2: float = 1791.6
    front_m: float = 1.1562
    rear_m: float = 1.4227
    height_m: float = 0.574
    front_stiffness: float = 18.0
    rear_stiffness: float = 22.0
    max_steer_rad: float = 0.5
    steer_rate_radps: float = 0.7
    steer_lag_s: float = 0.08
    max_acceleration: float = 3.0
    power_speed_mps: float = 12.0
    max_braking: float = 8.0
    rolling: float = 0.012
    drag_per_m: float = 3.3e-4
    roll_rad_per_mps2: float = 0.006
    length_m: float = 4.5
    width_m: float = 1.8

    @property
    def wheelbase_m(self) -> float:
        """L = l_f + l_r [m]."""
        return self.front_m + self.rear_m

    @property
    def understeer_gradient(self) -> float:
        """K [rad s²/m]: wheel angle beyond L times curvature, by lateral acceleration (Rajamani eq. 3.12)."""
        return (1.0 / self.front_stiffness - 1.0 / self.rear_stiffness) / GRAVITY

    def packed(self) -> tuple[float, ...]:
        """Return the parameters as the kernel wants them; see ``vehicle_kernel``."""
        return tuple(
            float(value)
            for value in (
                self.mass_kg / self.yaw_inertia_kgm2,
                self.front_m,
                self.rear_m,
                self.height_m,
                self.front_stiffness,
                self.rear_stiffness,
                self.max_steer_rad,
                self.steer_rate_radps,
                self.steer_lag_s,
                self.max_acceleration,
                self.power_speed_mps,
                self.max_braking,
                self.rolling,
                self.drag_per_m,
            )
        )


def steer_for_curvature(curvature: Floats, speed_mps: Floats, parameters: VehicleParameters) -> NDArray[np.float64]:
    """Steer in [-1, 1] (+1 full right) that holds a path of the given curvature [1/m] (positive left) at a speed.

    Steady-state cornering, ``delta = curvature (L + K speed²)`` (Rajamani eq. 3.11), cut off at the wheel's limit.
    """
    wheel = np.asarray(curvature) * (parameters.wheelbase_m + parameters.understeer_gradient * np.square(speed_mps))
    return np.asarray(np.clip(-wheel / parameters.max_steer_rad, -1.0, 1.0), np.float64)


def curvature_for_steer(steer: Floats, speed_mps: Floats, parameters: VehicleParameters) -> NDArray[np.float64]:
    """Curvature [1/m] of the path that a steer in [-1, 1] holds; the inverse of ``steer_for_curvature``."""
    wheel = -np.asarray(steer, np.float64) * parameters.max_steer_rad
    denominator = parameters.wheelbase_m + parameters.understeer_gradient * np.square(speed_mps)
    return np.asarray(wheel / denominator, np.float64)
