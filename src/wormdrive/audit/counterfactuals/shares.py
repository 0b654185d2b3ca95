"""Shares: how much of the variance of a policy's answers is the road's, and how much each part's of the scenery.

Sobol's indices of groups of numbers (Saltelli et al., *Variance based sensitivity analysis of model output*, 2010), by
``scipy.stats.sobol_indices``: the first-order index of a part is the share that it explains by itself, the total index
what would be gone if it were known, interactions included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import qmc

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.counterfactuals.parts import ROAD, numbers_of, scenery, under
from wormdrive.audit.counterfactuals.responses import RUN_UP, Moment, Responses, respond
from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.episodes.episode import Episode

__all__ = [
    "Share", "Shares", "answer_shares", "mixed_samples",
    "require_samples", "sampled_moment", "scenery_share", "shares",
]  # fmt: skip

Numbers = NDArray[np.float64]
_RESAMPLES: Final = 200


@dataclass(frozen=True)
class Share:
    """Of one part: first-order and total index, each with its 95 % interval."""

    first: float
    first_ci95: tuple[float, float]
    total: float
    total_ci95: tuple[float, float]


@dataclass(frozen=True)
class Shares:
    """Of each part, by name, ``road`` among them; of a policy that answers always the same, all 0.

    ``steering`` has intervals; ``neurons`` and ``features`` are total indices of all of them together: what is a part's
    of the sum of their variances (Lamboni, Monod, Makowski, *Multivariate sensitivity analysis*, 2011), so that one
    that hardly moves, whose own index is chance, counts for as little; empty where there are none to see.
    ``scenery`` is the total index of all parts of the scenery together, of the steering: what would stay if the road
    alone were known.
    """

    steering: dict[str, Share]
    neurons: dict[str, float]
    features: dict[str, float]
    of_each_neuron: dict[str, dict[str, float]]
    scenery: float

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "steering": {name: vars(share) for name, share in self.steering.items()},
            "neurons": self.neurons,
            "features": self.features,
            "of_each_neuron": self.of_each_neuron,
        }


def shares(
    policy: Policy,
    episodes: Sequence[Episode],
    *,
    samples: int = 128,
    seed: int = 0,
    threads: int = 1,
    watch: Callable[[int], None] | None = None,
) -> tuple[Shares, list[Moment], Responses]:
    """Measure shares over moments of some drives; return also the moments that were shown, and the answers.

    ``samples``, a power of 2, is how many moments are drawn twice; each is shown once more for every part.

    Raises
    ------
    ArgumentError
        ``samples`` is no power of 2, or a drive is too short.
    EpisodeError
        A drive cannot be drawn under another scenery.
    """
    drawn = mixed_samples(list(numbers_of().values()), samples, seed)
    if min(len(episode) for episode in episodes) <= RUN_UP:
        raise ArgumentError(f"episodes: one has {RUN_UP} frames or fewer: allowed are more")
    if any(episode.simulator != "embedded" for episode in episodes):
        raise EpisodeError("an episode of another simulator: allowed are those whose frames can be drawn again")
    moments = [sampled_moment(episodes, sample) for sample in drawn]
    found = respond(policy, moments, threads=threads, watch=watch)
    return _shares(policy, found, samples, seed), moments, found


def require_samples(samples: int) -> None:
    """Refuse a number of samples that is no power of 2.

    Raises
    ------
    ArgumentError
        It is none, or below 2.
    """
    if samples < 2 or samples & (samples - 1):
        raise ArgumentError(f"samples={samples!r}: allowed is a power of 2, from 2 on")


def mixed_samples(slices: Sequence[slice], samples: int, seed: int) -> Numbers:
    """Draw samples of numbers in [0, 1) twice, and mix them: ((2 + parts) * samples, numbers).

    First those of the base, then the others, then for every part those of the base with this part of the others';
    ``slices`` are the numbers of each part.

    Raises
    ------
    ArgumentError
        ``samples`` is no power of 2.
    """
    require_samples(samples)
    width = slices[-1].stop
    both = qmc.Sobol(2 * width, seed=seed).random(samples)
    base, other = both[:, :width], both[:, width:]
    mixed = []
    for part in slices:
        one = base.copy()
        one[:, part] = other[:, part]
        mixed.append(one)
    return np.concatenate([base, other, *mixed])


def sampled_moment(episodes: Sequence[Episode], sample: Numbers) -> Moment:
    """Return the moment that a sample, numbers in [0, 1), stands for: its last two choose drive and frame."""
    which, frame = scenery().moment(sample, [len(episode) for episode in episodes], RUN_UP)
    return Moment(episodes[which], frame, under(episodes[which].scenario, sample))


def _shares(policy: Policy, found: Responses, samples: int, seed: int) -> Shares:
    names = list(numbers_of())
    steering, left = answer_shares(found.curvature, names, ROAD, samples, seed)
    neurons = _indices(_blocks(found.activity, samples))
    features = _indices(_blocks(found.features, samples))
    return Shares(
        steering,
        dict(zip(names, _together(neurons[1], found.activity, samples), strict=True)) if len(neurons[1]) else {},
        dict(zip(names, _together(features[1], found.features, samples), strict=True)) if len(features[1]) else {},
        {
            neuron: dict(zip(names, row.tolist(), strict=True))
            for neuron, row in zip(policy.neuron_names, neurons[1], strict=True)
        },
        left,
    )


def answer_shares(
    answers: Numbers, names: Sequence[str], subject: str, samples: int, seed: int
) -> tuple[dict[str, Share], float]:
    """Return each part's shares of answers (M,) to ``mixed_samples``, and the total index of all but the ``subject``.

    ``names`` are those of the parts in their order, ``subject`` that of the one which is no scenery.
    """
    blocks = _blocks(answers[:, None], samples)
    (first, total), resampled = _indices(blocks), _resampled(blocks, seed)
    found = {
        name: Share(float(first[0, k]), resampled[0][k], float(total[0, k]), resampled[1][k])
        for k, name in enumerate(names)
    }
    # the subject of both is that of the other sample
    return found, scenery_share(blocks[2 + names.index(subject), 0], blocks[1, 0])


def _blocks(answers: Numbers, samples: int) -> Numbers:
    """Answers (M, s) -> (2 + parts, s, samples): of the base, of the other, of each mixed sample."""
    return answers.reshape(len(answers) // samples, samples, answers.shape[1]).transpose(0, 2, 1)


def _indices(blocks: Numbers) -> tuple[Numbers, Numbers]:
    """First-order and total indices, (s, parts) each; 0 of answers that are always the same."""
    count = blocks.shape[2]
    shape = blocks.shape[1], len(blocks) - 2  # scipy leaves the axis of a single answer out
    if not blocks.size:
        return np.zeros(shape), np.zeros(shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = stats.sobol_indices(func={"f_A": blocks[0], "f_B": blocks[1], "f_AB": blocks[2:]}, n=count)
    first, total = (np.asarray(order, np.float64).reshape(shape) for order in (found.first_order, found.total_order))
    return np.nan_to_num(first), np.nan_to_num(total)


def scenery_share(one: Numbers, other: Numbers) -> float:
    """Return the total index of all but the road, of answers (samples,) that differ in the scenery alone, pair by pair.

    Half of their mean squared difference (Jansen, *Analysis of variance designs for model output*, 1999) by the
    variance of both: 0 to the bit if no scenery moves anything, which one less the first-order index of the road would
    be but for chance.
    """
    spread = float(np.concatenate([one, other]).var())
    return 0.5 * float(np.mean((one - other) ** 2)) / spread if spread else 0.0


def _resampled(blocks: Numbers, seed: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """95 % intervals of first-order and total indices of a single answer, by resampling the samples."""
    rng = np.random.default_rng([seed, 0x50B01])
    drawn = [_indices(blocks[:, :, rng.integers(blocks.shape[2], size=blocks.shape[2])]) for _ in range(_RESAMPLES)]
    ends = [np.quantile([one[which][0] for one in drawn], (0.025, 0.975), axis=0) for which in (0, 1)]
    first, total = ([(float(low), float(high)) for low, high in end.T] for end in ends)
    return first, total


def _together(order: Numbers, answers: Numbers, samples: int) -> list[float]:
    """Return the indices (parts,) of answers (M, s) together, from those of each, (s, parts): by their variances."""
    variance = answers[: 2 * samples].var(axis=0)
    return [float(share) for share in variance @ order / (variance.sum() or 1.0)]
