"""Holm's correction of the p-values of a family of tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["holm"]


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values: rejecting those of at most a errs anywhere in the family with probability a at most.

    The smallest of m is taken times m, the next times m - 1, and so on, none below the one before, none above 1; the
    order of the result is that given. Nothing is assumed about how the tests hang together. Source: Holm, Scand. J.
    Stat. 6 (1979) 65.

    Raises
    ------
    ArgumentError
        If a p-value is not within [0, 1].

    Examples
    --------
    >>> holm([0.04, 0.01, 0.03])
    [0.06, 0.03, 0.06]
    """
    for k, p_value in enumerate(p_values):
        if not 0.0 <= p_value <= 1.0:
            raise ArgumentError(f"p_values[{k}]={p_value!r}: allowed is a number from 0 to 1")
    values = np.array(p_values, np.float64)
    order = np.argsort(values, kind="stable")
    corrected = np.empty_like(values)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)))
    return [float(value) for value in corrected]
