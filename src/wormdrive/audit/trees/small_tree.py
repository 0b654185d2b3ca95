"""Small tree: a regression tree whose size is chosen on drives that it was not made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.extras import needs_extra

with needs_extra("report"):
    from sklearn.model_selection import GroupKFold
    from sklearn.tree import DecisionTreeRegressor

__all__ = ["Box", "SmallTree", "fit_small_tree"]

Numbers = NDArray[np.float64]

_LEAVES: Final = (1, 2, 3, 4, 6, 8, 12, 16)
"""Sizes to choose from; up to 20 leaves each stands for ``_LEAST_SHARE``, so that they are one tree as it grows."""

_FOLDS: Final = 4
_LEAST_SHARE: Final = 0.01
"""A leaf stands for at least this share of the frames..."""

_LEAST_PART: Final = 0.2
"""... or, of a tree of many leaves, at least this part of what all would have if they were alike."""


@dataclass(frozen=True)
class Box:
    """What a path through a tree asks of the columns it looks at: ``low`` < value <= ``high``; and what is then so."""

    low: dict[int, float]
    high: dict[int, float]
    value: float
    share: float

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns that are looked at, in order."""
        return tuple(sorted(self.low.keys() | self.high.keys()))


@dataclass(frozen=True, eq=False)
class SmallTree:
    """A tree from columns (T, D) to a number.

    Attributes
    ----------
    r2:
        Share of the variance that trees of this size explain of drives that they were not made of; below 0 where the
        mean would do better.
    boxes:
        Its paths, from root to leaf, in the order of ``path``'s numbers.
    """

    model: DecisionTreeRegressor
    r2: float
    boxes: tuple[Box, ...]

    def predict(self, columns: Numbers) -> Numbers:
        """(T, D) -> (T,)."""
        return np.asarray(self.model.predict(columns), np.float64)

    def path(self, columns: Numbers) -> NDArray[np.int64]:
        """Return which of ``boxes`` each row lies in: (T, D) -> (T,)."""
        leaves = np.flatnonzero(self.model.tree_.children_left < 0)
        return np.asarray(np.searchsorted(leaves, self.model.apply(columns)), np.int64)


def fit_small_tree(
    columns: Numbers, wanted: Numbers, drive: NDArray[np.int64], *, leaves: int | None = None, seed: int = 0
) -> SmallTree:
    """Fit a tree to ``wanted`` (T,) by ``columns`` (T, D), frames of several drives, numbered by ``drive`` (T,).

    Of 1 to 16 leaves it gets as many as explain most on drives left out, or fewer if that is as good but for one
    standard error; or ``leaves``.

    Raises
    ------
    ArgumentError
        There are fewer than two drives.
    """
    drives = len(np.unique(drive))
    if drives < 2:
        raise ArgumentError(f"drive: {drives} drive: allowed are two or more, to choose the tree's size by")
    sizes = _LEAVES if leaves is None else (leaves,)
    scores = _scores(columns, wanted, drive, sizes, seed)
    mean, error = scores.mean(1), scores.std(1) / scores.shape[1] ** 0.5
    best = int(mean.argmax())
    chosen = int(np.flatnonzero(mean >= mean[best] - error[best])[0])
    model = _tree(sizes[chosen], seed).fit(columns, wanted)
    return SmallTree(model, float(mean[chosen]), tuple(_boxes(model.tree_)))


def _tree(leaves: int, seed: int) -> DecisionTreeRegressor:
    """Of one leaf: as scikit-learn has none, a tree that may not split."""
    size: dict[str, Any] = {"max_leaf_nodes": leaves} if leaves > 1 else {"min_samples_split": 1.0, "max_depth": 1}
    return DecisionTreeRegressor(min_samples_leaf=_least(leaves), random_state=seed, **size)


def _least(leaves: int) -> float:
    """Return the least share of the frames that a leaf of so many stands for."""
    return min(_LEAST_SHARE, _LEAST_PART / leaves) if leaves > 1 else 0.51


def _scores(columns: Numbers, wanted: Numbers, drive: NDArray[np.int64], sizes: Sequence[int], seed: int) -> Numbers:
    """Return the share of the variance that trees of each size explain of each part left out: (sizes, parts).

    The smallest and the largest are grown: the best split comes first, so that those between are what the largest was
    on the way.
    """
    scores = []
    for seen, left_out in GroupKFold(min(_FOLDS, len(np.unique(drive)))).split(columns, wanted, drive):
        grown = {size: _tree(size, seed).fit(columns[seen], wanted[seen]).tree_ for size in {min(sizes), max(sizes)}}
        spread = float(np.sum((wanted[left_out] - wanted.mean()) ** 2))
        of_part = []
        for size in sizes:
            tree = grown.get(size, grown[max(sizes)])
            answer = _answers(tree, np.asarray(columns[left_out], np.float32), size)
            missed = float(np.sum((wanted[left_out] - answer) ** 2))
            of_part.append(1.0 - missed / spread if spread > 0 else 0.0)
        scores.append(of_part)
    return np.ascontiguousarray(np.array(scores).T)


def _answers(tree: Any, columns: NDArray[np.float32], leaves: int) -> Numbers:
    """Return what a tree answered to columns (T, D) when it had grown to so many leaves: (T,)."""
    last = 2 * (leaves - 1)  # nodes are numbered as they came, two a split
    now = np.arange(tree.node_count)
    for node in range(tree.node_count):
        for child in (tree.children_left[node], tree.children_right[node]):
            if child > last:
                now[child] = now[node]
    return np.asarray(tree.value[now[tree.apply(columns)], 0, 0], np.float64)


def _boxes(tree: Any) -> list[Box]:
    """Follow every path; the leaves in the order of their numbers, which is not that of a walk."""
    found: dict[int, Box] = {}

    def walk(node: int, low: dict[int, float], high: dict[int, float]) -> None:
        if tree.children_left[node] < 0:
            share = float(tree.n_node_samples[node] / tree.n_node_samples[0])
            found[node] = Box(low, high, float(tree.value[node].item()), share)
            return
        column, limit = int(tree.feature[node]), float(tree.threshold[node])
        walk(int(tree.children_left[node]), low, high | {column: limit})
        walk(int(tree.children_right[node]), low | {column: limit}, high)

    walk(0, {}, {})
    return [found[node] for node in sorted(found)]
