"""Trees of one policy over its drives: one a neuron, and those from the neurons and the situation to the steering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.situation import NAMES
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.audit.trees.disentanglement import Disentanglement, disentanglement
from wormdrive.audit.trees.frames import frames_of
from wormdrive.audit.trees.small_tree import SmallTree, fit_small_tree
from wormdrive.audit.trees.words import sentences, steers

__all__ = ["WELL", "TreesSection", "measure_trees", "steering_json"]

WELL: Final = 0.5
"""A neuron whose tree explains this share of its variance is said to be readable."""


@dataclass(frozen=True, eq=False)
class TreesSection:
    """What ``measure_trees`` found.

    Attributes
    ----------
    neurons:
        For each neuron, by name, the tree from the situation to its activity.
    steering:
        The tree from the neurons' activity to the curvature that is steered [1/m]; ``None`` where no neurons are seen.
    behaviour:
        The tree from the situation to that curvature.
    measures:
        How well single neurons are told apart by their trees; ``None`` where none are seen.
    """

    neurons: dict[str, SmallTree]
    steering: SmallTree | None
    behaviour: SmallTree
    measures: Disentanglement | None

    def to_json(self) -> dict[str, Any]:
        """Plain data, trees in words."""
        return {
            "neurons": {
                name: {"r2": tree.r2, "leaves": len(tree.boxes), "paths": sentences(tree, _activity)}
                for name, tree in self.neurons.items()
            },
            "steering_from_neurons": self.steering and steering_json(self.steering, tuple(self.neurons)),
            "steering_from_situation": steering_json(self.behaviour, NAMES),
            "measures": self.measures and vars(self.measures),
        }


def measure_trees(policy: Policy, drives: Sequence[TracedDrive]) -> TreesSection:
    """Make the trees of a policy over some of its drives: of one without neurons to look at, that of its behaviour.

    Raises
    ------
    ArgumentError
        There are fewer than two drives.
    """
    situation, activity, curvature, drive = frames_of(drives)
    behaviour = fit_small_tree(situation, curvature, drive)
    if not policy.neuron_names:
        return TreesSection({}, None, behaviour, None)
    trees = [fit_small_tree(situation, activity[:, i], drive) for i in range(activity.shape[1])]
    return TreesSection(
        dict(zip(policy.neuron_names, trees, strict=True)),
        fit_small_tree(activity, curvature, drive),
        behaviour,
        disentanglement(trees, situation, activity),
    )


def steering_json(tree: SmallTree, names: tuple[str, ...]) -> dict[str, Any]:
    """Tell a tree from columns of such names to the curvature that is steered [1/m]: plain data, in words."""
    return {"r2": tree.r2, "leaves": len(tree.boxes), "paths": sentences(tree, steers, names)}


def _activity(value: float) -> str:
    return f"is at {value:+.2f}"
