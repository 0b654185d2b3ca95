"""How the CARLA server's vehicles drive: acceleration, braking, coasting, turning circle and top speed by blueprint.

Not how fast the program is: the same figures come out on every machine, so that they stand in ``docs/vehicles.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from wormdrive.carla_server.actors.blueprint_models import SALOON, vehicle_model
from wormdrive.carla_server.actors.blueprints import library
from wormdrive.carla_server.actors.physics_values import physics_table
from wormdrive.carla_server.world import Pose, VehicleCommand, World
from wormdrive.envs.roads import RoadMap, read_map_text
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["VehicleFigures", "as_markdown", "measure_vehicle", "vehicle_names"]

DT_S: Final = 1.0 / 30.0
HUNDRED_MPS: Final = 100.0 / 3.6
_COLUMNS: Final = (
    "blueprint",
    "class",
    "mass [kg]",
    "0-100 km/h [s]",
    "100-0 km/h [m]",
    "100-50 km/h [s]",
    "circle [m]",
    "top [km/h]",
)
LONGEST_S: Final = 90.0
"""Top speed is what has been reached after so long, from standstill."""
_PACE_MPS: Final = 1.5
START_M, END_M, LANE_M = 100.0, 2800.0, 100.0
_ROAD: Final = """<?xml version="1.0"?>
<OpenDRIVE><header revMajor="1" revMinor="4" name="ground"/><road name="" length="3000" id="1" junction="-1">
<planView><geometry s="0" x="0" y="0" hdg="0" length="3000"><line/></geometry></planView>
<lanes><laneSection s="0"><center><lane id="0" type="none"/></center><right><lane id="-1" type="driving">
<width sOffset="0" a="100" b="0" c="0" d="0"/></lane></right></laneSection></lanes></road></OpenDRIVE>
"""


@dataclass(frozen=True)
class VehicleFigures:
    """How one vehicle drives on a level dry road; NaN where it does not get so fast.

    Attributes
    ----------
    mass_kg:
        Its mass.
    to_hundred_s:
        From standstill to 100 km/h at full throttle.
    from_hundred_m:
        From 100 km/h to standstill at full brake.
    coasting_s:
        From 100 to 50 km/h without pedals, in the gear that the gearbox chooses.
    turning_circle_m:
        Diameter of the outer front wheel's circle at walking pace and full lock.
    top_kmh:
        Top speed.
    """

    mass_kg: float
    to_hundred_s: float
    from_hundred_m: float
    coasting_s: float
    turning_circle_m: float
    top_kmh: float


def vehicle_names() -> list[str]:
    """Return the ids of all vehicles."""
    return [name for name in library() if name.startswith("vehicle.")]


@cache
def _ground() -> RoadMap:
    return read_map_text(_ROAD, "ground")


class _Drive:
    """One vehicle on the level road, which goes round in it for ever."""

    def __init__(self, name: str, speed_mps: float = 0.0, **command: Any) -> None:
        self.world = World(_ground(), Conditions())
        self.model = vehicle_model(library()[name])
        self.body = self.world.spawn_vehicle(self.model, Pose(START_M, -0.5 * LANE_M))
        self.world.set_velocity(self.body, (speed_mps, 0.0, 0.0))
        self.world.command(self.body, VehicleCommand(**command))
        self.way_m = 0.0
        self.time_s = 0.0

    def until(self, ends: Callable[[float], bool], limit_s: float = LONGEST_S) -> bool:
        """Drive until a speed [m/s] is reached; returns whether it was."""
        while self.time_s < limit_s - 1e-9:
            before = self.world.motions()[0]
            self.world.step(DT_S)
            self.time_s += DT_S
            after = self.world.motions()[0]
            self.way_m += math.dist(before.pose.place, after.pose.place)
            if after.pose.x > END_M:
                self.world.teleport(self.body, Pose(START_M, after.pose.y))
            if ends(after.velocity_mps[0]):
                return True
        return False


def measure_vehicle(name: str) -> VehicleFigures:
    """Drive one vehicle and measure it; the same numbers on every machine."""
    top = _Drive(name, throttle=1.0)
    fast = top.until(lambda speed: speed >= HUNDRED_MPS)
    to_hundred = top.time_s if fast else math.nan
    top.until(lambda speed: False)
    top_mps = top.world.motions()[0].velocity_mps[0]
    from_hundred = coasting = math.nan
    if fast:
        stop = _Drive(name, HUNDRED_MPS, brake=1.0)
        stop.until(lambda speed: speed <= 0.0)
        from_hundred = stop.way_m
        roll = _Drive(name, HUNDRED_MPS)
        roll.until(lambda speed: speed <= 0.5 * HUNDRED_MPS)
        coasting = roll.time_s
    mass = top.model.parameters.mass_kg
    return VehicleFigures(mass, to_hundred, from_hundred, coasting, _turning_circle(name), 3.6 * top_mps)


def _turning_circle(name: str) -> float:
    """Diameter of the outer front wheel's circle [m], from the way that the rear axle's middle goes."""
    drive = _Drive(name, _PACE_MPS, steer=-1.0)
    world, p = drive.world, drive.model.parameters
    places = []
    for _ in range(round(40.0 / DT_S)):
        heading = world.motions()[0].pose.heading
        world.set_velocity(drive.body, (_PACE_MPS * math.cos(heading), _PACE_MPS * math.sin(heading), 0.0))
        world.step(DT_S)
        pose = world.motions()[0].pose
        places.append((pose.x, pose.y))
    track = drive.model.track_m
    ways = np.array(places[-round(20.0 / DT_S) :])
    radius = 0.25 * float(np.ptp(ways, axis=0).sum())
    rear = math.sqrt(max(radius**2 - p.rear_m**2, 0.0))
    return 2.0 * math.hypot(rear + 0.5 * track, p.wheelbase_m)


def as_markdown(figures: Iterable[tuple[str, VehicleFigures]]) -> str:
    """Return the document: what was measured how, and a row for each vehicle."""
    table = physics_table()
    lines = [
        "# How the vehicles of the CARLA server drive",
        "",
        "Measured on a level dry road by `wormdrive bench vehicles --write docs/vehicles.md`, which makes this page",
        "anew: full throttle from standstill to 100 km/h; full brake from 100; from 100 to 50 without pedals;",
        "circle of the outer front wheel at walking pace and full lock; speed after 90 s of full throttle. A dash: it",
        "does not get so fast.",
        "",
        "They drive as their `get_physics_control` says: engine, clutch, gearbox, brakes, drag, wheels. The numbers",
        "are in `carla_server/actors/vehicle_physics.yaml`, with the source of each group; those that CARLA publishes",
        f"nowhere are typical of the class. `{SALOON}` is the embedded simulator's car, to the bit, until something",
        "of its physics but the tyres' friction is changed.",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "| :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, one in figures:
        kind = table[name]["class"] if name in table else "saloon"
        numbers = (one.to_hundred_s, one.from_hundred_m, one.coasting_s, one.turning_circle_m)
        shown = " | ".join("-" if math.isnan(number) else f"{number:.1f}" for number in numbers)
        lines.append(f"| `{name}` | {kind.replace('_', ' ')} | {one.mass_kg:,.0f} | {shown} | {one.top_kmh:.0f} |")
    return "\n".join(lines) + "\n"
