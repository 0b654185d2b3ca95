"""Executor: takes tests of roads, and says which of them a policy fails."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from wormdrive.envs.common.errors import ArgumentError, SimulatorError, WormdriveError, is_real
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.candidate import Candidate, load_candidate
from wormdrive.scenarios.drive import SUCCESS, Drive
from wormdrive.scenarios.evaluate import WORLDS
from wormdrive.scenarios.road_tests.execution_data import ExecutionData, SimulationDataRecord
from wormdrive.scenarios.road_tests.road_drives import PARAMETERS, RightLane, drive_lanes, right_lane
from wormdrive.scenarios.road_tests.road_test import LANE_M, json_of_test
from wormdrive.scenarios.road_tests.statistics import TestGenerationStatistic
from wormdrive.scenarios.road_tests.validator import TestValidator
from wormdrive.scenarios.writing import write_text

__all__ = ["Execution", "RoadTestExecutor"]

_KMH: Final = 3.6
_USUAL_KMH: Final = 36.0
_OUT: Final = "Car drove out of the lane"


class Execution(NamedTuple):
    """What came of a test: ``PASS``, ``FAIL``, ``ERROR`` or ``INVALID``, why, and the drive's records."""

    test_outcome: str
    description: str
    execution_data: Sequence[SimulationDataRecord]


class RoadTestExecutor:
    """Drives each test's road on its right lane, 4 m wide, from its first point to its last.

    A test fails as soon as more than ``oob_tolerance`` of the car's body is out of its lane, or when it comes to a
    standstill. The car starts 5 m behind the first point and has passed 5 m before the last.

    The same tests, arguments and machine give the same outcomes and records, whatever ``worlds``, ``crews``, and what
    else is executed with them. There is one attempt a test, and a drive cannot end in ``ERROR``; a road that passes the
    rules but through whose points no road can be laid does.

    Parameters
    ----------
    result_folder:
        Where each test is written as ``test.0001.json``, by its number; ``None`` for nowhere.
    map_size:
        Side of the square in which roads must lie [m].
    candidate:
        Who drives: a policy's name or folder, ``expert``, or a ``Candidate`` in hand.
    time_budget:
        How long all may take, from now on [s]; ``None`` for no limit.
    oob_tolerance:
        Share of the body that may be out of the lane: 0 (none of it) to 1.
    max_speed_in_kmh:
        Wanted speed on a straight [km/h]: 10.8 to 144. Shipped policies learnt at 36; bends are taken more slowly.
    conditions:
        Season and weather; by default a summer's day.
    disturbances:
        What goes wrong; no ``speed``, which is the argument above.
    seed:
        Of what is random about a drive; every test has the same.
    worlds, crews:
        How many roads are driven at once, and by how many threads.
    road_visualizer:
        Its ``visualize_road_test`` is called with every test that has been looked at.

    Raises
    ------
    ArgumentError
        If an argument is not allowed.
    ModelError
        If there is no such policy.
    """

    def __init__(
        self,
        result_folder: str | Path | None = None,
        map_size: float = 200,
        candidate: str | Path | Candidate = "ncp",
        *,
        time_budget: float | None = None,
        oob_tolerance: float = 0.95,
        max_speed_in_kmh: float = _USUAL_KMH,
        conditions: Conditions | None = None,
        disturbances: Disturbances | None = None,
        seed: int = 0,
        worlds: int = WORLDS,
        crews: int = 1,
        road_visualizer: Any = None,
    ) -> None:
        for name, value, least, most in (
            ("time_budget", math.inf if time_budget is None else time_budget, 0.0, math.inf),
            ("oob_tolerance", oob_tolerance, 0.0, 1.0),
            ("max_speed_in_kmh", max_speed_in_kmh, 10.8, 144.0),
        ):
            if not is_real(value) or not least <= value <= most:
                raise ArgumentError(f"{name}={value!r}: allowed are {least:g} to {most:g}")
        for name, count in (("worlds", worlds), ("crews", crews)):
            if count < 1:
                raise ArgumentError(f"{name}={count!r}: allowed is a positive whole number")
        wrong = disturbances or Disturbances()
        if wrong.speed is not None:
            raise ArgumentError("disturbances.speed: allowed is max_speed_in_kmh instead")
        if max_speed_in_kmh != _USUAL_KMH:
            wrong = Disturbances(**{**dict(wrong), "speed": {"cruising_mps": max_speed_in_kmh / _KMH}})
        self.result_folder = None if result_folder is None else Path(result_folder)
        self.time_budget = time_budget
        self.oob_tolerance = float(oob_tolerance)
        self.max_speed_in_kmh = float(max_speed_in_kmh)
        self.road_visualizer = road_visualizer
        self.test_validator = TestValidator(map_size)
        self.stats = TestGenerationStatistic()
        self._candidate = candidate if isinstance(candidate, Candidate) else load_candidate(candidate)
        self._world = Scenario(
            conditions=conditions or Conditions.preset("summer", "day"), disturbances=wrong, seed=seed
        )
        self._worlds, self._crews = worlds, crews
        self._began = self._left_at = time.monotonic()

    def execute_test(self, the_test: Any) -> Execution:
        """Execute one test; see ``execute_tests``."""
        return self.execute_tests([the_test])[0]

    def execute_tests(self, tests: Sequence[Any]) -> list[Execution]:
        """Execute tests side by side; return what came of each, and note it on the tests themselves.

        A test is what ``RoadTestFactory`` makes, here or in the competition's own package.

        Raises
        ------
        SimulatorError
            If the time is up before the first of them.
        ArgumentError
            If a test cannot be written.
        """
        began = time.monotonic()
        if self.is_over():
            raise SimulatorError(f"the time budget of {self.time_budget:g} s is used up; is_over() tells so before")
        self.stats.test_generation_real_times.append(began - self._left_at)
        found: list[Execution | RightLane] = [self._prepared(the_test, k) for k, the_test in enumerate(tests)]
        lanes = [lane for lane in found if isinstance(lane, RightLane)]
        driven = drive_lanes(self._candidate, lanes, self._world, worlds=self._worlds, crews=self._crews)
        drives = iter(driven)
        done = [
            self._execution(the_test, lane, next(drives)) if isinstance(lane, RightLane) else lane
            for the_test, lane in zip(tests, found, strict=True)
        ]
        self._left_at = time.monotonic()
        for the_test, execution in zip(tests, done, strict=True):
            self._count(execution, (self._left_at - began) / len(tests))
            self._note(the_test, execution)
        return done

    def validate_test(self, the_test: Any) -> tuple[bool, str]:
        """Return whether a test keeps the rules, and the first one that it breaks."""
        return self.test_validator.validate_test(the_test)

    def get_stats(self) -> TestGenerationStatistic:
        """Return the counts so far."""
        return self.stats

    def is_over(self) -> bool:
        """Whether the time budget is used up."""
        return self.get_remaining_time()["time-budget"] <= 0.0

    def get_remaining_time(self) -> dict[str, float]:
        """Return what is left of the budget [s], infinite where there is none."""
        budget = math.inf if self.time_budget is None else float(self.time_budget)
        return {"time-budget": budget - (time.monotonic() - self._began)}

    def close(self) -> None:
        """Nothing is left open between executions."""

    def _prepared(self, the_test: Any, k: int) -> Execution | RightLane:
        """Look at a test and lay its road, or say why there is nothing to drive."""
        is_valid, message = self.validate_test(the_test)
        if hasattr(the_test, "set_validity"):
            the_test.set_validity(is_valid, message)
        if self.road_visualizer is not None:
            self.road_visualizer.visualize_road_test(the_test)
        if not is_valid:
            return Execution("INVALID", message, ())
        try:
            return right_lane(the_test.road_points, f"road test {k}", LANE_M, self.max_speed_in_kmh)
        except WormdriveError as error:
            return Execution("ERROR", str(error), ())

    def _execution(self, the_test: Any, lane: RightLane, drive: Drive) -> Execution:
        data = ExecutionData(drive, lane.route, PARAMETERS, self.oob_tolerance)
        number = getattr(the_test, "id", "")
        if data.is_out or drive.end_reason == "lane_departure":
            return Execution("FAIL", f"{_OUT} {number}", data)
        if drive.end_reason != SUCCESS:
            return Execution("FAIL", f"Car is not moving fast enough {number}", data)
        return Execution("PASS", "Successful test", data)

    def _count(self, execution: Execution, real_s: float) -> None:
        self.stats.test_generated += 1
        if execution.test_outcome == "INVALID":
            self.stats.test_invalid += 1
            return
        self.stats.test_valid += 1
        self.stats.test_execution_real_times.append(real_s)
        if execution.execution_data:
            self.stats.test_execution_simulation_times.append(execution.execution_data[-1].timer)
        self.stats.test_passed += execution.test_outcome == "PASS"
        self.stats.test_failed += execution.test_outcome == "FAIL"
        self.stats.test_in_error += execution.test_outcome == "ERROR"
        self.stats.obes += execution.description.startswith(_OUT)

    def _note(self, the_test: Any, execution: Execution) -> None:
        if not hasattr(the_test, "road_points"):
            return
        for name, value in execution._asdict().items():
            setattr(the_test, name, value)
        if self.result_folder is not None:
            number = str(getattr(the_test, "id", self.stats.test_generated)).zfill(4)
            write_text(self.result_folder / f"test.{number}.json", json_of_test(the_test))
