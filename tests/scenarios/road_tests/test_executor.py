from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.envs.common.errors import ArgumentError, SimulatorError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.observation import Observation
from wormdrive.scenarios.candidate import Candidate, policy_candidate
from wormdrive.scenarios.road_tests import Execution, RoadTest, RoadTestExecutor, RoadTestFactory

STRAIGHT = [(20.0, 20.0), (80.0, 20.0)]
BEND = [(20.0, 20.0), (60.0, 20.0), (90.0, 35.0), (110.0, 60.0)]
SHARP = [(20.0, 20.0), (60.0, 20.0), (60.0, 60.0)]


class Straight:
    """Never steers."""

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Nothing to forget."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        return np.tile([0.0, np.nan], (len(observation.end_reason), 1))


class Braking(Straight):
    """Stops and stays."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        return np.tile([0.0, -4.0], (len(observation.end_reason), 1))


STRAIGHT_ON = Candidate("straight on", lambda simulator: Straight(), camera=None)


def made(*roads: list[tuple[float, float]]) -> list[RoadTest]:
    return [RoadTestFactory.create_road_test(road) for road in roads]


def executor(candidate: Any = "expert", **options: Any) -> RoadTestExecutor:
    return RoadTestExecutor(None, 200, candidate, **options)


def assert_same(one: list[Execution], other: list[Execution]) -> None:
    for a, b in zip(one, other, strict=True):
        assert a.test_outcome == b.test_outcome
        assert list(a.execution_data) == list(b.execution_data)


def test_the_expert_passes_on_the_right_lane_from_end_to_end() -> None:
    [test] = made(BEND)
    outcome, description, data = executor().execute_test(test)
    assert (outcome, description) == ("PASS", "Successful test")
    assert (test.is_valid, test.test_outcome, test.execution_data) == (True, "PASS", data)
    first, last = data[0], data[-1]
    assert first.timer == 0.0
    assert math.dist(first.pos[:2], BEND[0]) == pytest.approx(math.hypot(5.0, 2.0), abs=0.4)
    assert math.dist(last.pos[:2], BEND[-1]) < 8.0
    assert all(one.timer < two.timer for one, two in itertools.pairwise(data))
    assert max(record.oob_percentage for record in data) < 0.1
    assert last.vel_kmh == pytest.approx(3.6 * math.hypot(*last.vel))
    assert math.hypot(*last.dir) == pytest.approx(1.0)


def test_the_car_starts_on_the_right_of_the_points() -> None:
    first = executor().execute_test(made(STRAIGHT)[0]).execution_data[0]
    assert first.pos[:2] == pytest.approx((25.0, 18.0), abs=0.4)
    assert first.oob_distance == pytest.approx(2.0, abs=0.4)


def test_a_test_fails_with_the_first_record_beyond_the_tolerance() -> None:
    ends = {}
    for tolerance in (0.0, 0.5, 0.95):
        [test] = made(BEND)
        outcome, description, data = executor(STRAIGHT_ON, oob_tolerance=tolerance).execute_test(test)
        assert (outcome, description) == ("FAIL", f"Car drove out of the lane {test.id}")
        assert [record.is_oob for record in data] == [False] * (len(data) - 1) + [True]
        assert data[-2].oob_percentage <= tolerance < data[-1].oob_percentage == data[-1].max_oob_percentage
        assert (data[0].oob_counter, data[-1].oob_counter) == (0, 1)
        ends[tolerance] = data[-1].timer
    assert ends[0.0] < ends[0.5] < ends[0.95]


def test_all_of_the_body_out_is_a_failure_whatever_is_tolerated() -> None:
    outcome, _, data = executor(STRAIGHT_ON, oob_tolerance=1.0).execute_test(made(BEND)[0])
    assert outcome == "FAIL"
    assert data[-1].oob_percentage == 1.0


def test_a_car_that_stands_still_fails() -> None:
    candidate = Candidate("braking", lambda simulator: Braking(), camera=None)
    outcome, description, data = executor(candidate).execute_test(made(STRAIGHT)[0])
    assert outcome == "FAIL"
    assert description.startswith("Car is not moving fast enough")
    assert data[-1].wheelspeed < 0.1


def test_invalid_roads_are_not_driven_and_the_others_are() -> None:
    runs = executor()
    invalid, valid, wrong = runs.execute_tests([*made(SHARP, STRAIGHT), "a road"])
    assert invalid == ("INVALID", "The road is too sharp", ())
    assert valid.test_outcome == "PASS"
    assert wrong == ("INVALID", "Wrong type", ())
    stats = runs.get_stats()
    assert (stats.test_generated, stats.test_valid, stats.test_invalid, stats.test_passed) == (3, 1, 2, 1)
    assert stats.test_execution_simulation_times == [valid.execution_data[-1].timer]


def test_tests_of_the_competition_s_own_package_are_taken_and_what_cannot_be_laid_is_an_error() -> None:
    line = [(x, 50.0, -28.0, 8.0) for x in np.arange(20.0, 120.0).tolist()]
    theirs = SimpleNamespace(road_points=[[20.0, 50.0], [119.0, 50.0]], interpolated_points=line, id=4)
    kinked = SimpleNamespace(road_points=[[20, 50], [119, 50], [20, 50]], interpolated_points=line, id=5)
    done, error = executor().execute_tests([theirs, kinked])
    assert (done.test_outcome, theirs.test_outcome) == ("PASS", "PASS")
    assert error.test_outcome == "ERROR"
    assert "allowed are bends" in error.description


def test_a_test_alone_is_driven_as_among_others_by_any_number_of_threads() -> None:
    roads = [BEND, STRAIGHT, SHARP, BEND[::-1]]
    together = executor().execute_tests(made(*roads))
    assert_same(together, [executor().execute_test(test) for test in made(*roads)])
    assert_same(together, executor(worlds=2, crews=2).execute_tests(made(*roads)))


@pytest.mark.slow
def test_a_policy_with_eyes_drives_the_same_whatever_the_batch() -> None:
    torch.manual_seed(3)
    candidate = policy_candidate(NCPPolicy(NCPPolicyConfig()).eval(), "untrained")
    roads = [BEND, STRAIGHT, BEND[::-1]]
    together = executor(candidate).execute_tests(made(*roads))
    assert len({len(execution.execution_data) for execution in together}) > 1
    assert_same(together, executor(candidate, worlds=2, crews=2).execute_tests(made(*roads)))
    assert_same(together[:1], [executor(candidate).execute_test(made(BEND)[0])])


def test_winter_and_the_wanted_speed_change_how_long_it_takes() -> None:
    times = [
        executor(**options).execute_test(made(BEND)[0]).execution_data[-1].timer
        for options in (
            {},
            {"conditions": Conditions.preset("winter", "snowfall")},
            {"max_speed_in_kmh": 18.0},
        )
    ]
    assert times[0] < times[1]
    assert times[2] > 1.5 * times[0]


def test_tests_are_written_with_all_that_came_of_them(tmp_path: Path) -> None:
    runs = RoadTestExecutor(tmp_path / "results", 200, "expert")
    passed, invalid = made(STRAIGHT, SHARP)
    runs.execute_tests([passed, invalid])
    told = [json.loads(file.read_text()) for file in sorted((tmp_path / "results").iterdir())]
    assert [one["id"] for one in told] == [passed.id, invalid.id]
    assert [one["test_outcome"] for one in told] == ["PASS", "INVALID"]
    assert len(told[0]["execution_data"]) == len(passed.execution_data or ())
    assert told[1]["validation_message"] == "The road is too sharp"


def test_nothing_is_executed_when_the_time_is_up() -> None:
    runs = executor(time_budget=0.0)
    assert runs.is_over()
    assert runs.get_remaining_time()["time-budget"] <= 0.0
    with pytest.raises(SimulatorError, match="time budget of 0 s is used up"):
        runs.execute_test(made(STRAIGHT)[0])
    assert not executor().is_over()


def test_a_visualizer_is_shown_every_test_with_its_validity() -> None:
    seen: list[bool | None] = []
    visualizer = SimpleNamespace(visualize_road_test=lambda test: seen.append(test.is_valid))
    executor(road_visualizer=visualizer).execute_tests(made(STRAIGHT, SHARP))
    assert seen == [True, False]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"oob_tolerance": 1.5}, "oob_tolerance=1.5: allowed are 0 to 1"),
        ({"max_speed_in_kmh": 5}, "max_speed_in_kmh=5: allowed are 10.8 to 144"),
        ({"time_budget": math.nan}, "time_budget=nan: allowed are 0 to inf"),
        ({"worlds": 0}, "worlds=0: allowed is a positive whole number"),
        ({"disturbances": Disturbances(speed={"cruising_mps": 8.0})}, "allowed is max_speed_in_kmh instead"),
    ],
)
def test_what_is_not_allowed_is_refused(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ArgumentError, match=complaint):
        executor(**options)
