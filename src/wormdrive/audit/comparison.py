"""Comparison: audits of several models side by side, a row a model, from what their sections say as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from wormdrive.agents.model_card import read_card
from wormdrive.agents.policies.serialization import shipped_folder, shipped_policies
from wormdrive.audit.attention.maps import GRADIENTS, OCCLUSION
from wormdrive.audit.attention.section import ALL
from wormdrive.audit.audit import Audit
from wormdrive.audit.counterfactuals.parts import ROAD, parts
from wormdrive.audit.trees.section import WELL

__all__ = ["COLUMNS", "Column", "Comparison", "compare_audits", "recipe_of"]


class Column(NamedTuple):
    """A figure of every model: its name, its heading, where ``Audit.to_json`` has it.

    ``shown`` is ``share``, for percent, or ``number``. What stands there is made one number by ``told``, if given.
    """

    name: str
    heading: str
    path: tuple[str, ...]
    shown: str = "share"
    told: Callable[[Any], float | None] | None = None

    def of(self, data: Mapping[str, Any]) -> float | None:
        """Return the figure of an audit as plain data; ``None`` if it is not there."""
        found: Any = data
        for key in self.path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if self.told is None or found is None else self.told(found)


def _told_by_trees(neurons: Mapping[str, Any]) -> float | None:
    """Return the share of the neurons of which a small tree tells at least half of the activity; ``None`` of none."""
    return float(np.mean([tree["r2"] >= WELL for tree in neurons.values()])) if neurons else None


def _median_s(neurons: Mapping[str, Any]) -> float | None:
    """Return the median over neurons of the median along the drives; ``None`` of what has no time constants."""
    times = [told["time_constant_s"][1] for told in neurons.values() if "time_constant_s" in told]
    return float(np.median(times)) if times and None not in times else None


_CONTROLS: Final = ("sections", "counterfactuals")
_STEERING: Final = (*_CONTROLS, "shares", "steering")
_LOOKS: Final = ("sections", "attention")
_TREES: Final = ("sections", "trees")
_DYNAMICS: Final = ("sections", "dynamics")

COLUMNS: Final = {
    "Road or scenery": (
        Column("road_share", "steering: the road's, first order", (*_STEERING, ROAD, "first")),
        Column("scenery_share", "steering: left if the road were known", (*_CONTROLS, "scenery")),
        Column("road_share_of_neurons", "neurons: the road's, total", (*_CONTROLS, "shares", "neurons", ROAD)),
        Column("road_share_of_features", "features: the road's, total", (*_CONTROLS, "shares", "features", ROAD)),
        Column("shifted_back", "shifted by 0.3 m: steers back", (*_CONTROLS, "interventions", "shifted_back")),
        Column("mirrored_slope", "bends mirrored: slope", (*_CONTROLS, "mirrored_bends", "slope"), "number"),
        Column("left_gain", "share of a bend to the left that it steers", (*_CONTROLS, "mirrored_bends", "left_gain")),
        Column("right_gain", "... of a bend to the right", (*_CONTROLS, "mirrored_bends", "right_gain")),
    ),
    "Parts of the scenery: total share of the steering": tuple(
        Column(f"share_of_{name.replace(' ', '_')}", name, (*_STEERING, name, "total")) for name in parts()
    ),
    "Attention": tuple(
        column
        for method, name in ((GRADIENTS, "attention"), (OCCLUSION, "occlusion"))
        for column in (
            Column(f"{name}_on_road", f"{method}: on road and marks", (*_LOOKS, "on_road", method, ALL, "attention")),
            Column(f"{name}_on_marks", "... on marks", (*_LOOKS, "shares", method, ALL, "marks", "attention")),
        )
    ),
    "Trees": (
        Column("legible_neurons", "neurons told by a tree", (*_TREES, "neurons"), told=_told_by_trees),
        Column("situation_r2", "steering told by a tree", (*_TREES, "steering_from_situation", "r2")),
        Column("situation_leaves", "... its leaves", (*_TREES, "steering_from_situation", "leaves"), "number"),
        Column("neurons_r2", "steering told by a tree of the neurons", (*_TREES, "steering_from_neurons", "r2")),
        Column("neurons_leaves", "... its leaves", (*_TREES, "steering_from_neurons", "leaves"), "number"),
        Column("information_gap", "information gap", (*_TREES, "measures", "information_gap")),
        Column("modularity", "modularity", (*_TREES, "measures", "modularity")),
        Column("logic_conflict", "logic conflict", (*_TREES, "measures", "logic_conflict")),
    ),
    "Dynamics": (
        Column("half_life_s", "a wrong state is halved after [s]", (*_DYNAMICS, "half_life_s"), "number"),
        Column("last_percent_s", "... is down to a hundredth after [s]", (*_DYNAMICS, "last_percent_s"), "number"),
        Column("time_constant_s", "time constant, median [s]", (*_DYNAMICS, "neurons"), "number", _median_s),
    ),
    "Certificate: noise on the features over 100 frames of straight road": (
        Column("proved_noise", "proved harmless", ("sections", "certificate", "proved", "100"), "number"),
        Column("harmful_noise", "seen to drive it out", ("sections", "certificate", "measured", "100"), "number"),
    ),
}
"""By table; what a model's kind has not is ``None`` there."""


@dataclass(frozen=True)
class Comparison:
    """Models in the order given: ``rows`` by name, then by ``Column.name``, and ``wheel``, what their trees drove.

    ``wheel`` has by model what ``WheelSection.to_json`` says, ``None`` if nothing could be measured. ``about`` are kind
    and recipe.
    """

    rows: dict[str, dict[str, Any]]
    wheel: dict[str, dict[str, Any] | None]
    about: dict[str, dict[str, str | None]]

    def to_json(self) -> dict[str, Any]:
        """Plain data, by model."""
        return {name: self.about[name] | row | {"wheel": self.wheel[name]} for name, row in self.rows.items()}


def compare_audits(audits: Sequence[Audit]) -> Comparison:
    """Put audits of models of different names side by side."""
    told = {audit.model: audit.to_json() for audit in audits}
    return Comparison(
        {
            name: {column.name: column.of(data) for columns in COLUMNS.values() for column in columns}
            for name, data in told.items()
        },
        {name: data["sections"].get("wheel") for name, data in told.items()},
        {name: {"kind": data["anatomy"]["kind"], "recipe": recipe_of(name)} for name, data in told.items()},
    )


def recipe_of(model: str) -> str | None:
    """Return the recipe that shipped weights were trained by; ``None`` of other models."""
    return read_card(shipped_folder(model)).recipe if model in shipped_policies() else None
