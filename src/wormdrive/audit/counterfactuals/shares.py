"""Shares: how much of the variance of a policy's answers is the road's, and how much each part's of the scenery.

Sobol's indices of groups of numbers (Saltelli et al., *Variance based sensitivity analysis of model output*, 2010), by
``scipy.stats.sobol_indices``: the first-order index of a part is the share that it explains by itself, the total index
what would be gone if it were known, interactions included.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import qmc

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.counterfactuals.parts import ROAD, numbers_of, under
from wormdrive.audit.counterfactuals.responses import RUN_UP, Moment, Responses, respond
from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.episodes.episode import Episode

__all__ = ["Share", "Shares", "sampled_moment", "shares"]

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

    ``steering`` has intervals; ``neurons`` and ``features`` are means over those that move at all, of the total index.
    """

    steering: dict[str, Share]
    neurons: dict[str, float]
    features: dict[str, float]
    of_each_neuron: dict[str, dict[str, float]]

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
    if samples < 2 or samples & (samples - 1):
        raise ArgumentError(f"samples={samples!r}: allowed is a power of 2, from 2 on")
    if min(len(episode) for episode in episodes) <= RUN_UP:
        raise ArgumentError(f"episodes: one has {RUN_UP} frames or fewer: allowed are more")
    if any(episode.simulator != "embedded" for episode in episodes):
        raise EpisodeError("an episode of another simulator: allowed are those whose frames can be drawn again")
    slices = list(numbers_of().values())
    width = slices[-1].stop
    both = qmc.Sobol(2 * width, seed=seed).random(samples)
    base, other = both[:, :width], both[:, width:]
    mixed = []
    for part in slices:
        one = base.copy()
        one[:, part] = other[:, part]
        mixed.append(one)
    moments = [sampled_moment(episodes, sample) for sample in np.concatenate([base, other, *mixed])]
    found = respond(policy, moments, threads=threads, watch=watch)
    return _shares(policy, found, samples, seed), moments, found


def sampled_moment(episodes: Sequence[Episode], sample: Numbers) -> Moment:
    """Return the moment that a sample, numbers in [0, 1), stands for: its last two choose drive and frame."""
    which, when = sample[numbers_of()[ROAD]]
    episode = episodes[min(int(which * len(episodes)), len(episodes) - 1)]
    frame = RUN_UP + int(when * (len(episode) - RUN_UP))
    return Moment(episode, frame, under(episode.scenario, sample))


def _shares(policy: Policy, found: Responses, samples: int, seed: int) -> Shares:
    names = list(numbers_of())
    steering = _indices(found.curvature[:, None], samples, seed)
    neurons = _indices(found.activity, samples, seed)
    features = _indices(found.features, samples, seed)
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # of parts that move nothing
        resampled = steering.bootstrap(n_resamples=_RESAMPLES) if found.curvature.std() > 0 else None
    return Shares(
        {name: _share(steering, resampled, k) for k, name in enumerate(names)},
        dict(zip(names, _mean(neurons.total_order), strict=True)),
        dict(zip(names, _mean(features.total_order), strict=True)),
        {
            neuron: dict(zip(names, np.nan_to_num(row).tolist(), strict=True))
            for neuron, row in zip(policy.neuron_names, neurons.total_order, strict=True)
        },
    )


def _indices(answers: Numbers, samples: int, seed: int) -> Any:
    """Compute indices of answers (M, s), of the base, the other and the mixed samples."""
    blocks = answers.reshape(-1, samples, answers.shape[1]).transpose(0, 2, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return stats.sobol_indices(
            func={"f_A": blocks[0], "f_B": blocks[1], "f_AB": blocks[2:]}, n=samples, rng=np.random.default_rng(seed)
        )


def _share(indices: Any, resampled: Any, k: int) -> Share:
    """Return those of part ``k``, of a single answer: scipy leaves the axis of answers out then."""
    first, total = (float(np.nan_to_num(np.ravel(order)[k])) for order in (indices.first_order, indices.total_order))
    if resampled is None:
        return Share(0.0, (0.0, 0.0), 0.0, (0.0, 0.0))
    ends = []
    for value, one in ((first, resampled.first_order), (total, resampled.total_order)):
        both = (float(np.ravel(end)[k]) for end in (one.confidence_interval.low, one.confidence_interval.high))
        low, high = (value if np.isnan(end) else end for end in both)
        ends.append((low, high))
    return Share(first, ends[0], total, ends[1])


def _mean(order: Numbers) -> list[float]:
    """Average over those of (A, parts) that move at all."""
    moving = order[np.isfinite(order).all(1)]
    return [float(value) for value in (moving.mean(0) if len(moving) else np.zeros(order.shape[1]))]
