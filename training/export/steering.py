"""Steering: what a car needs to know to turn an exported policy's curvature into an angle of its wheels."""

from __future__ import annotations

from wormdrive.envs.embedded.vehicle import VehicleParameters

__all__ = ["STEERING_LAW", "steering_facts"]

STEERING_LAW = (
    "wheel_angle_rad = curvature * (wheelbase_m + understeer_gradient * speed_mps^2), positive to the left; "
    "steer in [-1, 1], +1 full right = -wheel_angle_rad / max_steer_rad"
)
"""Steady-state cornering; Rajamani, *Vehicle Dynamics and Control*, 2012, eq. 3.11."""


def steering_facts(vehicle: VehicleParameters | None = None) -> dict[str, float]:
    """Wheelbase [m], understeer gradient [rad s²/m] and largest wheel angle [rad] of a vehicle."""
    vehicle = vehicle or VehicleParameters()
    return {
        "wheelbase_m": vehicle.wheelbase_m,
        "understeer_gradient": vehicle.understeer_gradient,
        "max_steer_rad": vehicle.max_steer_rad,
    }
