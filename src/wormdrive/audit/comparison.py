"""Comparison: audits of several models side by side, a row a model, from what their sections say as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from wormdrive.agents.model_card import read_card
from wormdrive.agents.policies.serialization import shipped_folder, shipped_policies
from wormdrive.audit.audit import Audit
from wormdrive.audit.counterfactuals.parts import ROAD, parts

__all__ = ["COLUMNS", "Column", "Comparison", "compare_audits", "recipe_of"]


class Column(NamedTuple):
    """A figure of every model: its name, its heading, where ``Audit.to_json`` has it.

    ``shown`` is ``share``, for percent, or ``number``.
    """

    name: str
    heading: str
    path: tuple[str, ...]
    shown: str = "share"


_CONTROLS: Final = ("sections", "counterfactuals")
_STEERING: Final = (*_CONTROLS, "shares", "steering")

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
    "Trees and dynamics": (
        Column("situation_r2", "steering told by a tree", ("sections", "trees", "steering_from_situation", "r2")),
        Column("information_gap", "information gap", ("sections", "trees", "measures", "information_gap")),
        Column("modularity", "modularity", ("sections", "trees", "measures", "modularity")),
        Column("logic_conflict", "logic conflict", ("sections", "trees", "measures", "logic_conflict")),
        Column("half_life_s", "a wrong state is halved after [s]", ("sections", "dynamics", "half_life_s"), "number"),
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
            name: {column.name: _at(data, column.path) for columns in COLUMNS.values() for column in columns}
            for name, data in told.items()
        },
        {name: data["sections"].get("wheel") for name, data in told.items()},
        {name: {"kind": data["anatomy"]["kind"], "recipe": recipe_of(name)} for name, data in told.items()},
    )


def recipe_of(model: str) -> str | None:
    """Return the recipe that shipped weights were trained by; ``None`` of other models."""
    return read_card(shipped_folder(model)).recipe if model in shipped_policies() else None


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
