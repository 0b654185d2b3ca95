"""Vehicle models: what there is to drive, as kinds that can be resized.

The car is the embedded simulator's. Of the others lengths, widths and masses are typical of their kind; what follows
from those is scaled: the axles keep their share of the length, the yaw inertia is that of a box times the car's ratio.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from wormdrive.carla_server.world.vehicles.ackermann_geometry import TRACK_BY_WIDTH, front_wheels
from wormdrive.carla_server.world.vehicles.powertrain import Powertrain
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["VEHICLE_MODELS", "VehicleModel"]

_CAR: Final = VehicleParameters()
_BOX_RATIO: Final = _CAR.yaw_inertia_kgm2 / (_CAR.mass_kg * (_CAR.length_m**2 + _CAR.width_m**2) / 12.0)
"""The car's yaw inertia by that of an even box of its size."""
_SIZES: Final = (0.2, 40.0)
_MASSES: Final = (20.0, 100_000.0)


@dataclass(frozen=True)
class VehicleModel:
    """One kind of vehicle.

    Attributes
    ----------
    kind:
        Its name in ``VEHICLE_MODELS``.
    parameters:
        Of the single-track model; length and width are in there.
    height_m:
        Of the body [m].
    wheels:
        2 or 4.
    powertrain:
        What drives it; without one throttle and brake are shares of ``parameters``' most, as in the embedded simulator.
    """

    kind: str
    parameters: VehicleParameters
    height_m: float
    wheels: int = 4
    powertrain: Powertrain | None = None

    @property
    def track_m(self) -> float:
        """Distance of the front wheels from each other [m]; 0 on two wheels."""
        return TRACK_BY_WIDTH * self.parameters.width_m if self.wheels > 2 else 0.0

    def front_wheels(self, steer_rad: float) -> tuple[float, float]:
        """Angles of the left and the right front wheel [rad] for that of the axle's middle, positive left."""
        return front_wheels(steer_rad, self.parameters.wheelbase_m, self.track_m)

    def resized(
        self,
        length_m: float | None = None,
        width_m: float | None = None,
        height_m: float | None = None,
        mass_kg: float | None = None,
    ) -> VehicleModel:
        """Return the same kind in another size; what is not given stays.

        Raises
        ------
        ArgumentError
            If a size is not within 0.2 to 40 m, or a mass not within 20 to 100,000 kg.
        """
        old = self.parameters
        length = _checked("length_m", length_m, old.length_m, _SIZES)
        width = _checked("width_m", width_m, old.width_m, _SIZES)
        height = _checked("height_m", height_m, self.height_m, _SIZES)
        mass = _checked("mass_kg", mass_kg, old.mass_kg, _MASSES)
        ratio = length / old.length_m
        box = (length**2 + width**2) / (old.length_m**2 + old.width_m**2)
        parameters = replace(
            old,
            mass_kg=mass,
            yaw_inertia_kgm2=old.yaw_inertia_kgm2 * mass / old.mass_kg * box,
            front_m=old.front_m * ratio,
            rear_m=old.rear_m * ratio,
            height_m=old.height_m * height / self.height_m,
            length_m=length,
            width_m=width,
        )
        return replace(self, parameters=parameters, height_m=height)


def _checked(name: str, value: float | None, old: float, allowed: tuple[float, float]) -> float:
    if value is None:
        return old
    if not allowed[0] <= value <= allowed[1]:
        raise ArgumentError(f"{name}={value}: allowed are numbers from {allowed[0]:g} to {allowed[1]:g}")
    return float(value)


def _model(
    kind: str, length: float, width: float, height: float, mass: float, wheels: int = 4, **more: float
) -> VehicleModel:
    inertia = _BOX_RATIO * mass * (length**2 + width**2) / 12.0
    axles = length / _CAR.length_m
    parameters = replace(
        _CAR,
        mass_kg=mass,
        yaw_inertia_kgm2=inertia,
        front_m=_CAR.front_m * axles,
        rear_m=_CAR.rear_m * axles,
        length_m=length,
        width_m=width,
        **more,
    )
    return VehicleModel(kind, parameters, height, wheels)


VEHICLE_MODELS: Final = MappingProxyType(
    {
        model.kind: model
        for model in (
            VehicleModel("car", _CAR, 1.45),
            _model("small_car", 3.7, 1.65, 1.5, 950.0, max_acceleration=2.6),
            _model(
                "sports_car", 4.5, 1.9, 1.3, 1500.0,
                max_acceleration=5.0, power_speed_mps=18.0, roll_rad_per_mps2=0.004,
            ),
            _model("suv", 4.7, 1.95, 1.75, 2000.0, height_m=0.7, roll_rad_per_mps2=0.008),
            _model("van", 5.9, 2.0, 2.6, 2600.0, height_m=0.9, max_acceleration=2.2, roll_rad_per_mps2=0.008),
            _model(
                "truck", 8.5, 2.5, 3.5, 11000.0,
                height_m=1.3, max_acceleration=1.3, power_speed_mps=8.0, max_braking=6.0, drag_per_m=2.5e-4,
            ),
            _model(
                "bus", 12.0, 2.5, 3.2, 14000.0,
                height_m=1.3, max_acceleration=1.2, power_speed_mps=8.0, max_braking=6.0, drag_per_m=2.2e-4,
                max_steer_rad=0.6,
            ),
            _model(
                "motorcycle", 2.2, 0.8, 1.5, 290.0, 2,
                max_acceleration=5.0, power_speed_mps=15.0, drag_per_m=1.2e-3, roll_rad_per_mps2=-0.1,
            ),
            _model(
                "bicycle", 1.75, 0.6, 1.7, 90.0, 2,
                max_acceleration=1.2, power_speed_mps=3.0, max_braking=4.0, drag_per_m=3.5e-3, rolling=0.006,
                roll_rad_per_mps2=-0.1,
            ),
        )
    }
)  # fmt: skip
"""By kind. ``car`` is what the embedded simulator drives."""
