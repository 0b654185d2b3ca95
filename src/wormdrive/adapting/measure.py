"""Measure: drive one training's ways through the course, exactly paired, and note how each drive went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wormdrive.adapting.car import Car, Cars
from wormdrive.adapting.course import PHASES, Course
from wormdrive.adapting.summer import look_at_summer
from wormdrive.adapting.ways import Way
from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.drive import Drive, drive_all
from wormdrive.scenarios.metrics import before_departure_m

__all__ = ["Driven", "measure"]


@dataclass(frozen=True)
class Driven:
    """How one drive went.

    ``on_road`` whether the car's centre stayed in the lane to the end of the route, ``in_lane`` whether all wheels did;
    ``metres`` is the distance driven before a wheel left the lane [m]; ``counts`` are the habit's, such as ``updates``.
    """

    phase: str
    way: str
    route: int
    in_lane: bool
    on_road: bool
    metres: float
    counts: Mapping[str, int]


def measure(
    policy: Policy,
    ways: Sequence[Way],
    course: Course,
    *,
    threads: int = 1,
    told: Callable[[int], None] = lambda _: None,
) -> list[Driven]:
    """Drive every way: through the arriving season, then, with what became of its weights, in winter and in summer.

    Drive k of a phase has the same road, snow and start in every way, and the weights that drive k of ``arriving``
    left. The same arguments give the same bits; ``threads`` are the simulator's. ``told`` hears how many batches of
    drives, three a way, are done.

    Raises
    ------
    ArgumentError
        The policy has no eyes.
    """
    found: list[Driven] = []
    done = 0
    with computing_with(1):  # what learns comes to other bits with other numbers of threads
        summer = look_at_summer(policy, threads=threads)
        for way in ways:
            habits = [way.habit(summer, route) for route in range(course.routes)]
            cars = [Car(policy, habit) for habit in habits]
            for phase in PHASES:
                drives = _drive(cars, course.scenarios(phase), threads)
                found += [_driven(phase, way, k, *pair) for k, pair in enumerate(zip(drives, cars, strict=True))]
                if phase == PHASES[0]:
                    cars = [Car(car.policy, way.afterwards(summer, k)) for k, car in enumerate(cars)]
                done += 1
                told(done)
    return found


def _drive(cars: Sequence[Car], scenarios: Sequence[Scenario], threads: int) -> list[Drive]:
    simulator = EmbeddedSimulator(len(cars), camera=cars[0].policy.camera, threads=threads)
    try:
        return drive_all(simulator, Cars(cars, simulator.dt_s, simulator.parameters), scenarios, len(cars))
    finally:
        simulator.close()


def _driven(phase: str, way: Way, route: int, drive: Drive, car: Car) -> Driven:
    metres = before_departure_m(drive.station_m, drive.wheel_beyond_m)
    return Driven(phase, way.name, route, drive.success, drive.success_by_centre, metres, dict(car.habit.counts))
