"""The blueprint library: what a client can spawn, read from ``blueprints.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from wormdrive.carla_server.protocol.enums import AttributeKind
from wormdrive.envs.seasons.names import SEASONS
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["FRICTION_TRIGGER", "SEASON", "Attribute", "Blueprint", "library"]

SEASON: Final = "wormdrive.world.season"
"""Ours alone: to spawn it with the attribute ``season`` changes the season."""

FRICTION_TRIGGER: Final = "static.trigger.friction"
"""A box in which tyres have another friction."""

_KINDS: Final = {
    "bool": AttributeKind.BOOL,
    "int": AttributeKind.INT,
    "float": AttributeKind.FLOAT,
    "string": AttributeKind.STRING,
    "colour": AttributeKind.COLOUR,
}
_VEHICLE_TAGS: Final = {
    "truck": SemanticLabel.TRUCK,
    "bus": SemanticLabel.BUS,
    "motorcycle": SemanticLabel.MOTORCYCLE,
    "bicycle": SemanticLabel.BICYCLE,
}
_ROLES: Final = ("autopilot", "scenario", "ego_vehicle", "hero")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute with its default as text; ``fixed`` ones cannot be set."""

    name: str
    kind: AttributeKind
    default: str
    recommended: tuple[str, ...] = ()
    fixed: bool = False
    restricted: bool = False

    def definition(self) -> list[Any]:
        """Return the attribute in the wire's order."""
        return [self.name, int(self.kind), self.default, list(self.recommended), not self.fixed, self.restricted]


_MESH: Final = (
    Attribute("mesh_path", AttributeKind.STRING, ""),
    Attribute("scale", AttributeKind.FLOAT, "1.0"),
    Attribute("mass", AttributeKind.FLOAT, "0.0"),
)
"""Of the prop whose mesh a script names; here it is a box whatever the name."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One kind of actor.

    Attributes
    ----------
    uid:
        Its number in the library.
    size_m:
        Length, width, height of the body; zeros where there is none.
    tag:
        Semantic class.
    """

    uid: int
    id: str
    attributes: tuple[Attribute, ...]
    size_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tag: SemanticLabel = SemanticLabel.NONE

    @property
    def family(self) -> str:
        """First part of the id: ``vehicle``, ``sensor``, ``walker``, ``static``, ``controller``."""
        return self.id.partition(".")[0]

    def definition(self) -> list[Any]:
        """Return the blueprint in the wire's order."""
        return [self.uid, self.id, self.id.replace(".", ","), [each.definition() for each in self.attributes]]

    def described(self, given: Mapping[str, str]) -> dict[str, str]:
        """Values of all attributes: those given, the others by default; unknown ones are kept, as CARLA does."""
        return {each.name: each.default for each in self.attributes} | dict(given)

    def description(self, values: Mapping[str, str]) -> list[Any]:
        """Return an actor's description in the wire's order."""
        kinds = {each.name: each.kind for each in self.attributes}
        listed = [[name, int(kinds.get(name, AttributeKind.STRING)), value] for name, value in values.items()]
        return [self.uid, self.id, listed]


@cache
def library() -> Mapping[str, Blueprint]:
    """Return all blueprints by id."""
    path = Path(__file__).with_name("blueprints.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506  (a safe loader)
    made: dict[str, Blueprint] = {}

    def add(
        name: str,
        attributes: Iterable[Attribute],
        size: Iterable[float] = (0.0, 0.0, 0.0),
        tag: SemanticLabel = SemanticLabel.NONE,
    ) -> None:
        length, width, height = size
        made[name] = Blueprint(len(made) + 1, name, tuple(attributes), (length, width, height), tag)

    for name, entry in table["vehicles"].items():
        base = entry.get("base", "car")
        add(name, _vehicle(entry, base), entry["size"], _VEHICLE_TAGS.get(base, SemanticLabel.CAR))
    for name, parts in table["sensors"]["blueprints"].items():
        add(name, [_attribute(key, value) for part in parts for key, value in part.items()])
    walkers = table["walkers"]
    for number in range(1, walkers["count"] + 1):
        age = "child" if f"{number:04}" in walkers["children"] else "adult"
        add(f"walker.pedestrian.{number:04}", _walker(number, age), walkers["size"], SemanticLabel.PEDESTRIANS)
    for name, size in table["props"].items():
        role = _attribute("role_name", ["string", "prop", "prop"])
        tag = SemanticLabel.STATIC if name in table["fixed_props"] else SemanticLabel.DYNAMIC
        add(name, [_fixed("size", "string", "small"), role, *(_MESH if name == "static.prop.mesh" else ())], size, tag)
    numbers = {"extent_x": 1.0, "extent_y": 1.0, "extent_z": 1.0, "friction": 3.5}
    add(FRICTION_TRIGGER, [_attribute(name, ["float", default]) for name, default in numbers.items()])
    add("controller.ai.walker", [_attribute("role_name", ["string", "default"])])
    add(SEASON, [Attribute("season", AttributeKind.STRING, SEASONS[0], tuple(SEASONS), restricted=True)])
    return made


def _attribute(name: str, entry: list[Any]) -> Attribute:
    kind, default, *recommended = entry
    # where nothing else is recommended the default is: scripts take the first of the recommended values
    return Attribute(name, _KINDS[kind], str(default), tuple(str(each) for each in recommended or [default]))


def _fixed(name: str, kind: str, value: object) -> Attribute:
    return Attribute(name, _KINDS[kind], str(value), (str(value),), fixed=True)


def _vehicle(entry: Mapping[str, Any], base: str) -> list[Attribute]:
    colours = tuple(entry.get("colours", ()))
    painted = [Attribute("color", AttributeKind.COLOUR, colours[0], colours)] if colours else []
    two_wheels = entry.get("wheels", 4) == 2
    rider = [Attribute("driver_id", AttributeKind.INT, "0", ("0", "1"))] if two_wheels else []
    return [
        _fixed("number_of_wheels", "int", entry.get("wheels", 4)),
        _fixed("base_type", "string", base),
        _fixed("special_type", "string", entry.get("special", "")),
        _fixed("generation", "int", entry.get("generation", 1)),
        _fixed("object_type", "string", ""),
        _fixed("has_lights", "bool", str(entry.get("lights", False)).lower()),
        _fixed("has_dynamic_doors", "bool", "false"),
        Attribute("sticky_control", AttributeKind.BOOL, "true"),
        Attribute("role_name", AttributeKind.STRING, "autopilot", _ROLES),
        *painted,
        *rider,
    ]


def _walker(number: int, age: str) -> list[Attribute]:
    return [
        _fixed("gender", "string", "male" if number % 2 else "female"),
        _fixed("age", "string", age),
        _fixed("generation", "int", 1 if number < 15 else 2),
        Attribute("speed", AttributeKind.FLOAT, "1.4", ("0.0", "1.4", "2.8")),
        Attribute("is_invincible", AttributeKind.BOOL, "true"),
        _fixed("can_use_wheelchair", "bool", "false"),
        Attribute("use_wheelchair", AttributeKind.BOOL, "false"),
        Attribute("role_name", AttributeKind.STRING, "pedestrian", ("pedestrian",)),
    ]
