"""Trees of one policy over its drives: one a neuron, and one from the neurons to the steering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.situation import NAMES, situation_of
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.audit.trees.disentanglement import Disentanglement, disentanglement
from wormdrive.audit.trees.small_tree import SmallTree, fit_small_tree
from wormdrive.audit.trees.words import sentences

__all__ = ["TreesSection", "measure_trees"]

_STRAIGHT_PER_M: Final = 0.0005
"""Steering of less curvature than this is called straight [1/m]."""


@dataclass(frozen=True, eq=False)
class TreesSection:
    """What ``measure_trees`` found.

    Attributes
    ----------
    neurons:
        For each neuron, by name, the tree from the situation to its activity.
    steering:
        The tree from the neurons' activity to the curvature that is steered [1/m].
    behaviour:
        The tree from the situation to that curvature.
    measures:
        How well single neurons are told apart by their trees.
    """

    neurons: dict[str, SmallTree]
    steering: SmallTree
    behaviour: SmallTree
    measures: Disentanglement

    def to_json(self) -> dict[str, Any]:
        """Plain data, trees in words."""
        return {
            "neurons": {
                name: {"r2": tree.r2, "leaves": len(tree.boxes), "paths": sentences(tree, _activity)}
                for name, tree in self.neurons.items()
            },
            "steering_from_neurons": _of_steering(self.steering, tuple(self.neurons)),
            "steering_from_situation": _of_steering(self.behaviour, NAMES),
            "measures": vars(self.measures),
        }


def measure_trees(policy: Policy, drives: Sequence[TracedDrive]) -> TreesSection | None:
    """Make the trees of a policy over some of its drives; ``None`` for policies without neurons to look at.

    Raises
    ------
    ArgumentError
        There are fewer than two drives.
    """
    if not policy.neuron_names:
        return None
    situation = np.concatenate([situation_of(drive.episode) for drive in drives])
    activity = np.concatenate([drive.activity for drive in drives]).astype(np.float64)
    curvature = np.concatenate([drive.curvature for drive in drives]).astype(np.float64)
    drive = np.repeat(np.arange(len(drives)), [len(drive) for drive in drives])
    trees = [fit_small_tree(situation, activity[:, i], drive) for i in range(activity.shape[1])]
    return TreesSection(
        dict(zip(policy.neuron_names, trees, strict=True)),
        fit_small_tree(activity, curvature, drive),
        fit_small_tree(situation, curvature, drive),
        disentanglement(trees, situation, activity),
    )


def _of_steering(tree: SmallTree, names: tuple[str, ...]) -> dict[str, Any]:
    return {"r2": tree.r2, "leaves": len(tree.boxes), "paths": sentences(tree, _steers, names)}


def _steers(curvature: float) -> str:
    if abs(curvature) < _STRAIGHT_PER_M:
        return "steers straight on"
    return f"steers {'left' if curvature > 0 else 'right'} (radius {1 / abs(curvature):,.0f} m)"


def _activity(value: float) -> str:
    return f"is at {value:+.2f}"
