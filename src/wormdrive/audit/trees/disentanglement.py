"""Disentanglement: how well what single neurons do can be told apart by what a person can name.

Wang, Xiao, Seyde, Hasani, Rus, *Measuring interpretability of neural policies of robots with disentangled
representation*, CoRL 2023. For every neuron a tree leads from the situation to its response; the paths of the tree are
that neuron's factor. No code of theirs is used; what the paper leaves open is said with each measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.trees.small_tree import Box, SmallTree
from wormdrive.envs.common.extras import needs_extra

with needs_extra("report"):
    from sklearn.tree import DecisionTreeClassifier

__all__ = ["Disentanglement", "disentanglement", "mutual_information"]

Numbers = NDArray[np.float64]
_BINS: Final = 20
_ROUNDING: Final = 1e-12
"""Information that is none, of a response that is always the same, comes out as some 1e-16 of either sign."""


@dataclass(frozen=True)
class Disentanglement:
    """Each is a mean over the neurons.

    Attributes
    ----------
    variance:
        Of a neuron's response within its tree's paths, as a share of its whole variance: 0 if the paths say it all.
    path_accuracy:
        How often the path can be told from the response alone, by a classifier tried on every second frame after
        learning the others.
    information_gap:
        By how much the own neuron tells more of a path than the best of the others, as a share of the path's entropy.
    modularity:
        1 if a neuron tells of its own factor alone, 0 if it tells of all alike.
    logic_conflict:
        How often two neurons' paths, as told from their responses, contradict each other: both look at one column, and
        no value of it is allowed by both.
    """

    variance: float
    path_accuracy: float
    information_gap: float
    modularity: float
    logic_conflict: float


def disentanglement(trees: Sequence[SmallTree], columns: Numbers, responses: Numbers) -> Disentanglement:
    """Measure neurons by their trees: situations ``columns`` (T, D), ``responses`` (T, N), a tree a neuron.

    Neurons whose tree has a single path have no factor, and count as telling nothing: information gap and modularity 0,
    accuracy 1.
    """
    paths = np.stack([tree.path(columns) for tree in trees], axis=1)
    told = np.stack([_told(responses[:, i], paths[:, i]) for i in range(len(trees))], axis=1)
    information = np.array(
        [[mutual_information(responses[:, i], paths[:, k]) for k in range(len(trees))] for i in range(len(trees))]
    )
    return Disentanglement(
        float(np.mean([_variance_within(responses[:, i], paths[:, i]) for i in range(len(trees))])),
        float(np.mean(told[1::2] == paths[1::2])),
        float(np.mean([_gap(information, k, paths[:, k]) for k in range(len(trees))])),
        float(np.mean([_modularity(row) for row in information])),
        _conflict([tree.boxes for tree in trees], told[1::2]),
    )


def mutual_information(response: Numbers, path: NDArray[np.int64]) -> float:
    """Return the mutual information [nats] of a response, in 20 bins of equal share, and a path."""
    edges = np.unique(np.quantile(response, np.linspace(0, 1, _BINS + 1)[1:-1]))
    joint = np.zeros((len(edges) + 1, int(path.max()) + 1))
    np.add.at(joint, (np.searchsorted(edges, response, side="right"), path), 1.0 / len(path))
    alone = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    there = joint > 0
    told = float(np.sum(joint[there] * np.log(joint[there] / alone[there])))
    return told if told > _ROUNDING else 0.0


def _entropy(path: NDArray[np.int64]) -> float:
    share = np.bincount(path) / len(path)
    return float(-np.sum(share[share > 0] * np.log(share[share > 0])))


def _variance_within(response: Numbers, path: NDArray[np.int64]) -> float:
    whole = float(response.var())
    if not whole:
        return 0.0
    return float(sum(response[path == k].var() * np.mean(path == k) for k in np.unique(path)) / whole)


def _told(response: Numbers, path: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tell paths from responses, by what was learnt on the even frames."""
    classifier = DecisionTreeClassifier(max_leaf_nodes=max(2, 2 * int(path.max() + 1)), random_state=0)
    return np.asarray(classifier.fit(response[::2, None], path[::2]).predict(response[:, None]), np.int64)


def _gap(information: Numbers, k: int, path: NDArray[np.int64]) -> float:
    entropy = _entropy(path)
    if not entropy:
        return 0.0
    others = np.delete(information[:, k], k)
    return float((information[k, k] - others.max(initial=0.0)) / entropy)


def _modularity(row: Numbers) -> float:
    """After Ridgeway and Mozer 2018: how far from the template of one factor alone."""
    best = float(row.max())
    if best <= 0 or len(row) < 2:
        return 0.0
    others = float(np.sum(row**2) - best**2)
    return 1.0 - others / (best**2 * (len(row) - 1))


def _conflict(boxes: Sequence[tuple[Box, ...]], told: NDArray[np.int64]) -> float:
    """Return the share of pairs of neurons, over frames, whose told paths cannot both be true."""
    pairs = list(combinations(range(len(boxes)), 2))
    if not pairs:
        return 0.0
    shares = []
    for i, j in pairs:
        clash = np.array([[_clash(a, b) for b in boxes[j]] for a in boxes[i]])
        shares.append(float(clash[told[:, i], told[:, j]].mean()))
    return float(np.mean(shares))


def _clash(a: Box, b: Box) -> bool:
    for column in set(a.columns) & set(b.columns):
        low = max(a.low.get(column, -np.inf), b.low.get(column, -np.inf))
        if low >= min(a.high.get(column, np.inf), b.high.get(column, np.inf)):
            return True
    return False
