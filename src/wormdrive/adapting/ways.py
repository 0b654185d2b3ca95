"""Ways: how a car may meet a new season; the first is the baseline of all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from wormdrive.adapting.car import Learner, MakeHabit, keep_as_it_is
from wormdrive.adapting.reward_rule import RewardRule
from wormdrive.adapting.safety_filter import SafetyFilter
from wormdrive.adapting.shift_rule import ShiftRule
from wormdrive.adapting.state_reset import StateReset
from wormdrive.adapting.statistics_rule import StatisticsRule
from wormdrive.adapting.summer import Summer
from wormdrive.agents.policies.liquid_policy import LiquidPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ArgumentError, one_of

__all__ = ["BASELINE", "WAYS", "Way", "ways_named"]


@dataclass(frozen=True)
class Way:
    """One way.

    Attributes
    ----------
    name, says:
        For tables, and for readers.
    habit:
        Makes the habits of drives: from a policy, what it knows of summer, and a seed.
    learns:
        Whether weights change while the season arrives; afterwards they stand still.
    allows:
        Whether it can be done with a policy.
    """

    name: str
    says: str
    habit: Callable[[Summer, int], MakeHabit]
    learns: bool = False
    allows: Callable[[Policy], bool] = lambda _: True

    def afterwards(self, summer: Summer, seed: int) -> MakeHabit:
        """Return the habit once the season is there: no more learning, all else goes on."""
        return keep_as_it_is if self.learns else self.habit(summer, seed)


_Learn = Callable[[Policy, Summer, int], Learner]


def _shift(policy: Policy, summer: Summer, seed: int) -> Learner:
    return ShiftRule(policy, summer)


def _statistics(policy: Policy, summer: Summer, seed: int) -> Learner:
    return StatisticsRule(policy, summer.channels)


def _reward(policy: Policy, summer: Summer, seed: int) -> Learner:
    assert isinstance(policy, LiquidPolicy)  # noqa: S101 - ``Way.allows``
    return RewardRule(policy, summer, seed=seed)


def _alone(learn: _Learn) -> Callable[[Summer, int], MakeHabit]:
    return lambda summer, seed: lambda policy: learn(policy, summer, seed)


def _watched(learn: _Learn) -> Callable[[Summer, int], MakeHabit]:
    return lambda summer, seed: lambda policy: SafetyFilter(policy, lambda own: learn(own, summer, seed), summer)


def _remembers(policy: Policy) -> bool:
    return policy.state_size > 0


def _liquid(policy: Policy) -> bool:
    return isinstance(policy, LiquidPolicy)


WAYS: Final = (
    Way("frozen", "nothing changes but its state", lambda summer, seed: keep_as_it_is),
    Way("reset", "its state is put back every second", lambda summer, seed: StateReset, allows=_remembers),
    Way("shift", "learns to answer to shifted views; watched", _watched(_shift), learns=True),
    Way("shift-unwatched", "the same without the safety filter", _alone(_shift), learns=True),
    Way("statistics", "filters are brought back to summer's statistics; watched", _watched(_statistics), learns=True),
    Way("statistics-unwatched", "the same without the safety filter", _alone(_statistics), learns=True),
    Way("reward", "neurons learn from a reward of their own (RTRRL); watched", _watched(_reward), True, _liquid),
    Way("reward-unwatched", "the same without the safety filter", _alone(_reward), True, _liquid),
)

BASELINE: Final = WAYS[0].name


def ways_named(names: Sequence[str]) -> tuple[Way, ...]:
    """Return some of ``WAYS``, in that order, the baseline always among them.

    Raises
    ------
    ArgumentError
        There is none of a name.
    """
    known = [way.name for way in WAYS]
    for name in names:
        if name not in known:
            raise ArgumentError(one_of("way", name, known))
    return tuple(way for way in WAYS if way.name in {BASELINE, *names})
