"""Jackknife: how much of an estimate's variance comes from trainings, from routes, and from single drives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sources", "crossed", "jackknife"]

Scores = NDArray[np.float64]
Indices = NDArray[np.intp]


class Sources(NamedTuple):
    """Variance of an estimate (...) by its source.

    Attributes
    ----------
    trainings:
        (K, ...) from the trainings of each of K tables.
    routes:
        (...) from the routes; zero if there is one route alone.
    crossings:
        (K, ...) from what a training and a route have in common and with no other, that is, from single drives. It is a
        part of both other sources, too.
    """

    trainings: Scores
    routes: Scores
    crossings: Scores


def crossed(scores: Scores, trainings: Indices, routes: Indices) -> Scores:
    """Gather scores (S, R, ...) where trainings (B or 1, s) and routes (B or 1, r) cross: (B, s, r, ...)."""
    return scores[trainings[:, :, None], routes[:, None, :]]


def jackknife(arrays: Sequence[Scores], statistic: Callable[..., Scores]) -> Sources:
    """Find the sources of an estimate's variance by leaving out a training, a route, or one of each.

    Of a mean these are the textbook's: mean squares of the two-way table of trainings and routes, over the number of
    drives. Source: Efron and Stein, Ann. Stat. 9 (1981) 586.

    Parameters
    ----------
    arrays:
        Of each table the scores (S, R, ...): two trainings or more, the same routes for all.
    statistic:
        Takes (B, s, r, ...) of each table and returns (B, ...).
    """
    routes = arrays[0].shape[1]
    everyone = [np.arange(len(scores))[None] for scores in arrays]
    everywhere = np.arange(routes)[None]

    def value(trainings: Sequence[Indices], kept: Indices) -> Scores:
        rows = max(len(kept), *map(len, trainings))
        gathered = (crossed(scores, own, kept) for scores, own in zip(arrays, trainings, strict=True))
        return statistic(*(np.broadcast_to(drives, (rows, *drives.shape[1:])) for drives in gathered))

    whole = value(everyone, everywhere)[0]
    left_routes = _left_out(routes)
    # without its only route, a table says nothing: what then comes from routes is not known, and not counted
    without_route = value(everyone, left_routes) if routes > 1 else whole[None]
    by_training, by_crossing = [], []
    for k, own in enumerate(everyone):
        count = own.size
        without = [[*everyone[:k], left[None], *everyone[k + 1 :]] for left in _left_out(count)]
        without_training = np.concatenate([value(trainings, everywhere) for trainings in without])
        by_training.append(_spread(without_training))
        squares = np.zeros_like(whole)
        if routes > 1:
            for trainings, one_less in zip(without, without_training, strict=True):
                both = value(trainings, left_routes)
                squares += ((both - without_route - one_less + whole) ** 2).sum(axis=0)
        by_crossing.append(squares * ((count - 1) * (routes - 1) / (count * routes)))
    return Sources(np.array(by_training), _spread(without_route), np.array(by_crossing))


def _left_out(count: int) -> Indices:
    """Return indices (count, count - 1): row k lacks k."""
    grid = np.broadcast_to(np.arange(count), (count, count))
    return grid[~np.eye(count, dtype=np.bool_)].reshape(count, count - 1)


def _spread(values: Scores) -> Scores:
    """Jackknife's variance of a statistic from its values (n, ...) without each unit."""
    return np.asarray((len(values) - 1) * values.var(axis=0), np.float64)
