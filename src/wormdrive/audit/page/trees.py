"""Decision trees on the page: a sentence a path, and the measures of disentanglement with what they mean."""

from __future__ import annotations

from typing import Any, Final

from wormdrive.audit.page.fragments import fragment, percent
from wormdrive.audit.trees.section import WELL, TreesSection

__all__ = ["trees_finding", "trees_fragment"]

_APART: Final = 0.1
"""Neurons are told apart if each knows so much more of its own factor than any other, as a share of its entropy."""

_MEANINGS: Final = {
    "variance": (
        "Variance within paths",
        "what of a neuron's response is left within the paths of its tree: 0 % if the paths say it all",
    ),
    "path_accuracy": (
        "Path accuracy",
        "how often the path that was taken can be told from the neuron alone: 100 % at best",
    ),
    "information_gap": (
        "Information gap",
        "by how much the own neuron tells more of a path than the best of the others: 100 % if no other knows of it, "
        "below 0 if another neuron knows more of it",
    ),
    "modularity": ("Modularity", "100 % if a neuron tells of its own factor alone, 0 % if it tells of all alike"),
    "logic_conflict": (
        "Logic conflict",
        "how often what two neurons say, read by their trees, cannot both be true: 0 % at best",
    ),
}


def trees_finding(found: TreesSection) -> str:
    """Say of how many neurons a tree tells at least half, and whether they are told apart."""
    if found.measures is None:
        return f"a small tree over what a person can name tells {percent(found.behaviour.r2)} of the steering"
    readable = sum(tree.r2 >= WELL for tree in found.neurons.values())
    said = (
        f"a small tree over what a person can name tells at least half of the activity of {readable} of "
        f"{len(found.neurons)} neurons, and {percent(found.behaviour.r2)} of the steering"
    )
    if found.measures.information_gap > _APART:
        return said
    return f"{said}, but the neurons are not told apart (information gap {percent(found.measures.information_gap)})"


def trees_fragment(found: TreesSection) -> str:
    """Tell the trees in words."""
    data: dict[str, Any] = found.to_json()
    ranked = sorted(data["neurons"].items(), key=lambda item: -item[1]["r2"])
    return fragment(
        "trees.html.jinja",
        neurons=[(name, tree) for name, tree in ranked if tree["leaves"] > 1],
        untold=[name for name, tree in data["neurons"].items() if tree["leaves"] == 1],
        steering={
            title: tree
            for title, tree in (
                ("From the neurons to the steering", data["steering_from_neurons"]),
                ("From what a person can name to the steering", data["steering_from_situation"]),
            )
            if tree is not None
        },
        measures=[(*_MEANINGS[name], value) for name, value in (data["measures"] or {}).items()],
    )
