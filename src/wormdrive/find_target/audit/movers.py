"""Movers: how much of the variance of what is done is the pose's and the target's, and how much each part's of scenery.

The same moments of the same flights are shown to everybody, so that models can be compared pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.counterfactuals.shares import Share, answer_shares, mixed_samples
from wormdrive.find_target.audit.answers import FORWARD, YAW, actions_after
from wormdrive.find_target.audit.scenery import POSE, flight_scenery, under_scenery
from wormdrive.find_target.audit.stage import RUN_UP, Stage
from wormdrive.find_target.policy import FlightPolicy

__all__ = ["EXPERT", "MovedPair", "Movers", "measure_movers"]

EXPERT: Final = "expert"
"""Who is told where target and trunks are and sees no picture: the negative control."""

_TOGETHER: Final = 16
_PAIRS: Final = 2


@dataclass(frozen=True, eq=False)
class MovedPair:
    """One pose under two sceneries that differ in ``part``: pictures (H, W, 3), and the yaw rate, 1 is 1 rad/s left."""

    part: str
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    yaw_before: float
    yaw_after: float


@dataclass(frozen=True, eq=False)
class Movers:
    """Of one model: each part's shares of the variance of yaw and forward, and that of all scenery together.

    ``pairs`` are the pictures that moved the yaw most, each of another pose.
    """

    yaw: dict[str, Share]
    forward: dict[str, Share]
    yaw_scenery: float
    forward_scenery: float
    pairs: tuple[MovedPair, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data, without the pictures."""
        return {
            "yaw": {name: vars(share) for name, share in self.yaw.items()},
            "forward": {name: vars(share) for name, share in self.forward.items()},
            "yaw_scenery": self.yaw_scenery,
            "forward_scenery": self.forward_scenery,
            "most_moved": [
                {"part": pair.part, "before": pair.yaw_before, "after": pair.yaw_after} for pair in self.pairs
            ],
        }


def measure_movers(
    stage: Stage,
    policies: Mapping[str, FlightPolicy],
    *,
    samples: int = 128,
    seed: int = 0,
    watch: Callable[[int], None] | None = None,
) -> dict[str, Movers]:
    """Measure shares of every policy, and of the ``EXPERT``; ``watch`` is told how many moments have been shown.

    ``samples``, a power of 2, is how many moments are drawn twice; each is shown once more for every part.

    Raises
    ------
    ArgumentError
        ``samples`` is no power of 2.
    """
    scenery = flight_scenery()
    drawn = mixed_samples(list(scenery.numbers.values()), samples, seed)
    lengths = [len(flight) for flight in stage.flights]
    which = [scenery.moment(sample, lengths, RUN_UP) for sample in drawn]
    scenarios = [under_scenery(stage.flights[n].scenario, one) for (n, _), one in zip(which, drawn, strict=True)]
    # moments that share art and flight are shown one after the other: both take long to paint
    art = [(one.art_seed, one.conditions.season.name) for one in scenarios]
    order = sorted(range(len(drawn)), key=lambda k: (art[k], which[k]))
    answers = {name: np.zeros((len(drawn), 4)) for name in (*policies, EXPERT)}
    pictures = np.zeros((len(drawn), *stage.flights[0].frames.shape[1:]), np.uint8)
    for begin in range(0, len(order), _TOGETHER):
        some = order[begin : begin + _TOGETHER]
        shown = [stage.show(*which[k], scenarios[k].conditions, scenarios[k].art_seed) for k in some]
        frames = np.stack([one.frames for one in shown])
        pictures[some] = frames[:, -1]
        answers[EXPERT][some] = [one.expert for one in shown]
        for name, policy in policies.items():
            answers[name][some] = actions_after(policy, frames)
        if watch is not None:
            watch(begin + len(some))
    return {name: _movers(found, pictures, samples, seed, name != EXPERT) for name, found in answers.items()}


def _movers(answers: NDArray[np.float64], pictures: NDArray[np.uint8], samples: int, seed: int, sees: bool) -> Movers:
    names = list(flight_scenery().numbers)
    yaw, yaw_scenery = answer_shares(answers[:, YAW], names, POSE, samples, seed)
    forward, forward_scenery = answer_shares(answers[:, FORWARD], names, POSE, samples, seed)
    pairs = _pairs(answers[:, YAW], pictures, samples, names) if sees else ()
    return Movers(yaw, forward, yaw_scenery, forward_scenery, pairs)


def _pairs(
    yaw: NDArray[np.float64], pictures: NDArray[np.uint8], samples: int, names: list[str]
) -> tuple[MovedPair, ...]:
    moved = np.abs(yaw[2 * samples :].reshape(-1, samples)[: names.index(POSE)] - yaw[:samples])
    found = []
    for k in np.argsort(moved.max(0))[::-1][:_PAIRS].tolist():
        part = int(moved[:, k].argmax())
        after = (2 + part) * samples + k
        found.append(MovedPair(names[part], pictures[k], pictures[after], float(yaw[k]), float(yaw[after])))
    return tuple(found)
