"""Counterfactuals of one policy over its drives, as figures, and the pictures that moved its steering most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.counterfactuals.interventions import Interventions, intervene
from wormdrive.audit.counterfactuals.mirrored_bends import MirroredBends, mirror_bends
from wormdrive.audit.counterfactuals.parts import ROAD, numbers_of
from wormdrive.audit.counterfactuals.shares import Shares, shares
from wormdrive.audit.traced_drive import TracedDrive

__all__ = ["CounterfactualsSection", "Pair", "measure_counterfactuals"]

_CONTROLS: Final = 64
_SHOWN: Final = 4


@dataclass(frozen=True, eq=False)
class Pair:
    """One pose under two sceneries that differ in ``part``: pictures (H, W, 3), and what is steered [1/m]."""

    part: str
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    curvature_before: float
    curvature_after: float


@dataclass(frozen=True, eq=False)
class CounterfactualsSection:
    """What ``measure_counterfactuals`` found.

    ``pairs`` are the pictures that moved the steering most, each of another pose.
    """

    samples: int
    shares: Shares
    interventions: Interventions
    mirrored: MirroredBends
    pairs: tuple[Pair, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data, without the pictures."""
        return {
            "samples": self.samples,
            "scenery": self.shares.scenery,
            "shares": self.shares.to_json(),
            "interventions": asdict(self.interventions),
            "mirrored_bends": asdict(self.mirrored),
            "most_moved": [
                {"part": pair.part, "before": pair.curvature_before, "after": pair.curvature_after}
                for pair in self.pairs
            ],
        }


def measure_counterfactuals(
    policy: Policy,
    drives: Sequence[TracedDrive],
    *,
    samples: int = 128,
    seed: int = 0,
    threads: int = 1,
    watch: Callable[[int], None] | None = None,
) -> CounterfactualsSection:
    """Measure what of a policy's answers the road moves, and what the scenery, over poses of some drives."""
    episodes = [drive.episode for drive in drives]
    found, moments, answers = shares(policy, episodes, samples=samples, seed=seed, threads=threads, watch=watch)
    pairs: list[Pair] = []
    if answers.pictures is not None:
        scenery = [name for name in numbers_of() if name != ROAD]
        moved = np.abs(answers.curvature[2 * samples :].reshape(-1, samples)[:-1] - answers.curvature[:samples])
        for k in np.argsort(moved.max(0))[::-1][:_SHOWN].tolist():
            part = int(moved[:, k].argmax())
            after = (2 + part) * samples + k
            pairs.append(
                Pair(
                    scenery[part],
                    answers.pictures[k],
                    answers.pictures[after],
                    float(answers.curvature[k]),
                    float(answers.curvature[after]),
                )
            )
    as_driven = [moment._replace(scenario=moment.episode.scenario) for moment in moments[:samples]]
    return CounterfactualsSection(
        samples,
        found,
        intervene(policy, moments[: min(_CONTROLS, samples)], threads=threads),
        mirror_bends(policy, as_driven, seed=seed, threads=threads),
        tuple(pairs),
    )
