from __future__ import annotations

from tests.adapting.toys import Doubles, frames_of, policy_of, seen_of, summer_of, unchanged, weights_of
from wormdrive.adapting.car import Acted, Learner, Seen
from wormdrive.adapting.safety_filter import SafetyFilter
from wormdrive.agents.policies.policy import Policy


class Idle(Doubles):
    """A learner that changes nothing until it is told to."""

    wild = False

    def after(self, seen: Seen) -> Acted:
        return super().after(seen) if self.wild else Acted(seen.curvature, seen.state)


def watched(
    learner: type[Doubles], farthest: float = 1.0, worse: float = 0.01
) -> tuple[Policy, SafetyFilter, list[Doubles]]:
    policy = policy_of("feedforward")
    made: list[Doubles] = []

    def make(own: Policy) -> Learner:
        made.append(learner(own, 3.0))
        return made[0]

    # a summer in which shifted views were answered as this policy answers them: any other weights are worse
    summer = summer_of(policy, frames_of(1))
    return policy, SafetyFilter(policy, make, summer, every=5, farthest=farthest, worse=worse), made


def drive(policy: Policy, habit: SafetyFilter, frames: int) -> float:
    for _ in range(frames):
        acted = habit.after(seen_of(policy, frames_of(1)[0]))
    return acted.curvature


def test_weights_that_run_wild_are_taken_back_and_so_is_the_steering() -> None:
    policy, habit, (learner,) = watched(Doubles, farthest=1e-4)
    before, frozen = weights_of(policy), seen_of(policy, frames_of(1)[0]).curvature
    assert abs(drive(policy, habit, 4)) > 10 * abs(frozen)
    assert not unchanged(policy, before)
    assert drive(policy, habit, 1) == frozen
    assert unchanged(policy, before)
    assert habit.counts == {"updates": 5, "hand_overs": 1}
    assert learner.forgotten == 1


def test_weights_that_answer_worse_are_taken_back_although_they_steer_alike() -> None:
    policy, habit, _ = watched(Doubles)
    before = weights_of(policy)
    drive(policy, habit, 5)
    assert unchanged(policy, before)
    assert habit.counts["hand_overs"] == 1


def test_what_passes_becomes_the_last_good_one() -> None:
    policy, habit, (learner,) = watched(Idle, farthest=1e-4)
    assert isinstance(learner, Idle)
    drive(policy, habit, 5)
    assert habit.counts["hand_overs"] == 0
    good = weights_of(policy)
    learner.wild = True
    drive(policy, habit, 5)
    assert unchanged(policy, good)
    assert habit.counts["hand_overs"] == 1
