from __future__ import annotations

import threading
import time

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from wormdrive.agents.expert import Expert
from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.envs.common.errors import ArgumentError, MapError
from wormdrive.envs.simulation.observation import Observation
from wormdrive.scenarios.candidate import Candidate, load_candidate, policy_candidate
from wormdrive.scenarios.evaluate import embedded, evaluate
from wormdrive.scenarios.junctions import near_junction
from wormdrive.scenarios.suite import Suite, load_suite


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite("demo").narrowed(episodes=2, weathers=["day", "night"], route_length_m=60.0)


@pytest.fixture(scope="module")
def policy() -> NCPPolicy:
    torch.manual_seed(3)
    return NCPPolicy(NCPPolicyConfig()).eval()


def test_the_expert_passes_and_has_no_parameters(suite: Suite) -> None:
    shares: list[float] = []
    evaluation, drives = evaluate(
        load_candidate("expert"), suite, embedded(), progress=lambda done, of, share: shares.append(share)
    )
    assert (evaluation.model, evaluation.suite, evaluation.parameters) == ("expert", "demo", None)
    assert [(row.season, row.weather) for row in evaluation.rows] == suite.all_conditions == list(drives)
    assert all(row.success_rate == 1.0 and row.episodes == 2 for row in evaluation.rows)
    assert all(row.ci95 == pytest.approx((0.3424, 1.0), abs=1e-4) for row in evaluation.rows)
    assert all(row.distance_m == pytest.approx(120.0, abs=1.0) for row in evaluation.rows)
    assert evaluation.failures == ()
    assert shares[-1] == 1.0
    for condition in suite.all_conditions:
        assert [drive.scenario for drive in drives[condition]] == suite.scenarios(condition)


@pytest.mark.parametrize("crews", [1, 2, 3])
def test_a_policy_drives_the_same_whatever_the_batch(suite: Suite, policy: NCPPolicy, crews: int) -> None:
    candidate = policy_candidate(policy, "untrained")
    one, drives_of_one = evaluate(candidate, suite, embedded(2), worlds=16)
    other, drives_of_other = evaluate(candidate, suite, embedded(), worlds=5, crews=crews)
    assert one == other
    assert one.successes < one.episodes, "an untrained network should leave the lane"
    for condition, held in drives_of_one.items():
        for a, b in zip(held, drives_of_other[condition], strict=True):
            np.testing.assert_array_equal(a.lateral_offset_m, b.lateral_offset_m)
            np.testing.assert_array_equal(a.steer_angle_rad, b.steer_angle_rad)
    assert len(one.failures) == one.episodes - one.successes
    failure = one.failures[0]
    drive = drives_of_one[failure.season, failure.weather][failure.episode]
    assert (failure.end_reason, failure.map, failure.seed) == (drive.end_reason, "country_loop", drive.scenario.seed)
    assert failure.station_m == pytest.approx(float(drive.station_m[drive.failure_index]))


def test_crews_tell_of_their_work_as_one(suite: Suite) -> None:
    told: list[tuple[int, int, float]] = []
    evaluate(load_candidate("expert"), suite, embedded(), crews=3, progress=lambda *news: told.append(news))
    assert told[-1] == (16, 16, 1.0)
    assert [share for _, _, share in told] == sorted(share for _, _, share in told)


def test_when_one_crew_fails_the_others_do_not_drive_on(suite: Suite) -> None:
    broken = threading.Event()
    begun = time.monotonic()

    class Failing(Expert):
        def act(self, observation: Observation) -> NDArray[np.float64]:
            if not broken.is_set():
                broken.set()
                raise RuntimeError("out of order")
            time.sleep(0.01)
            return super().act(observation)

    candidate = Candidate("failing", lambda simulator: Failing(simulator, simulator.parameters), None)
    far = suite.narrowed(route_length_m=2000.0)  # 6,000 steps: a minute
    with pytest.raises(RuntimeError, match="out of order"):
        evaluate(candidate, far, embedded(), crews=2)
    assert time.monotonic() - begun < 30


def test_bad_arguments_are_named(suite: Suite) -> None:
    with pytest.raises(ArgumentError, match="worlds=0"):
        evaluate(load_candidate("expert"), suite, embedded(), worlds=0)
    with pytest.raises(ArgumentError, match="crews=0"):
        evaluate(load_candidate("expert"), suite, embedded(), crews=0)
    with pytest.raises(MapError, match=r"no-such\.xodr"):
        evaluate(load_candidate("expert"), suite.narrowed(maps=["no-such.xodr"]), embedded())


class _Straight:
    """A driver that never turns its wheel."""

    def reset(self, mask: np.ndarray) -> None:
        pass

    def act(self, observation: Observation) -> np.ndarray:
        return np.tile([0.0, np.nan], (len(observation.end_reason), 1))


def test_failures_at_junctions_are_told_apart() -> None:
    suite = load_suite("demo").narrowed(maps=["suburb"], episodes=12, seasons=["summer"], weathers=["day"])
    candidate = Candidate("straight", lambda _: _Straight(), camera=None)
    failures = evaluate(candidate, suite, embedded())[0].failures
    assert len(failures) == 12
    assert [f.at_junction for f in failures] == [near_junction("suburb", f.x_m, f.y_m) for f in failures]
    assert {f.at_junction for f in failures} == {True, False}
