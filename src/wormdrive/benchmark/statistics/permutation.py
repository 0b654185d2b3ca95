"""Permutation test: how often two sets of trainings differ as much though it does not matter which model is trained."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.statistics.resampling import draw_orders
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["permutation_p_value"]

_EXACT_AT_MOST: Final = 200_000
"""Arrangements that are counted one by one; of more, a sample is. Two times ten trainings have 184,756."""

_SAMPLED: Final = 20_000
_TIE: Final = 1e-9


def permutation_p_value(scores: NDArray[np.floating], reference: NDArray[np.floating], *, seed: int = 0) -> float:
    """Two-sided p-value of the difference in means between two models on the same routes.

    Under the null hypothesis that both models' trainings score alike, any S of the S + S' trainings might as well have
    been the first model's. The p-value is the share of these arrangements whose means differ at least as much as those
    found. A training moves as a whole, with all its routes, so however its drives hang together, the test is exact (in
    Fisher's sense), even with three trainings; and since every training drove the same routes, differences between
    routes cancel. It is about new trainings on these routes; seeds of two models are no pairs (equal numbers start
    different networks from different weights), so no signs are flipped.

    Five trainings against five have 252 arrangements: no p-value is below 2 / 252 = 0.008. Three against three: 0.1. So
    with three trainings nothing can be significant at 5 %. Should the means be equal but the spreads differ, the test
    of equally many trainings stays near its level (Romano, J. Am. Stat. Assoc. 85 (1990) 686).

    With more than 200,000 arrangements 20,000 are drawn by ``seed``, and the one found is counted among them (Phipson
    and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39).

    Parameters
    ----------
    scores, reference:
        (S, R) and (S', R) scores: trainings by the same routes.

    Raises
    ------
    ArgumentError
        If the routes are not equally many, or an array has another shape or holds what is not finite.
    """
    for name, array in (("scores", scores), ("reference", reference)):
        if array.ndim != 2 or array.size == 0 or array.shape[1] != scores.shape[1] or not np.isfinite(array).all():
            raise ArgumentError(
                f"{name}: shape {array.shape}; allowed are finite scores (trainings, routes), the same routes for both"
            )
    first, total = len(scores), len(scores) + len(reference)
    means = np.concatenate([scores.mean(axis=1), reference.mean(axis=1)]).astype(np.float64)
    means -= means.mean()
    # the sum over the first model's trainings says all, for the sum over everybody's is fixed (at zero)
    scale = 1.0 / first + 1.0 / (total - first)
    found = abs(float(means[:first].sum())) * scale
    at_least = found - _TIE * max(found, float(np.abs(means).max()))
    exact = comb(total, first) <= _EXACT_AT_MOST
    if exact:
        chosen = np.array(list(combinations(range(total), first)), np.intp)
    else:
        chosen = draw_orders(total, _SAMPLED, seed=seed, stream="arrangements")[:, :first]
    reached = int(np.count_nonzero(np.abs(means[chosen].sum(axis=1)) * scale >= at_least))
    return reached / len(chosen) if exact else (reached + 1) / (len(chosen) + 1)
