"""Road specifications: roads, lanes, marks, objects and signals as data, before they are written."""

from __future__ import annotations

from dataclasses import dataclass

from wormdrive.envs.roads.maps.alignment import Geometry

__all__ = [
    "ControllerSpec",
    "Cubic",
    "JunctionConnection",
    "LaneSpec",
    "MarkSpec",
    "ObjectSpec",
    "RoadSpec",
    "SectionSpec",
    "SignalSpec",
]

Cubic = tuple[float, float, float, float, float]
"""Start, a, b, c, d."""


@dataclass(frozen=True)
class MarkSpec:
    """A road mark; ``dash_m`` of 0 is a solid line."""

    kind: str
    width_m: float = 0.12
    dash_m: float = 0.0
    space_m: float = 0.0
    colour: str = "white"


@dataclass(frozen=True)
class LaneSpec:
    """A lane of constant width, or of widths given as cubics; it is linked to equal ids unless said."""

    id: int
    kind: str
    width_m: float
    mark: MarkSpec | None = None
    before: int | None = None
    after: int | None = None
    widths: tuple[Cubic, ...] = ()


@dataclass(frozen=True)
class SectionSpec:
    """Lanes from station ``s`` on; the centre lane carries ``centre``."""

    s: float
    lanes: tuple[LaneSpec, ...]
    centre: MarkSpec | None = None


@dataclass(frozen=True)
class SignalSpec:
    """A sign or light beside a road; ``lanes`` are the lane ids for which it holds, first the smaller one."""

    id: str
    name: str
    kind: str
    s: float
    t: float
    orientation: str
    lanes: tuple[int, int]
    z_m: float
    width_m: float
    height_m: float
    dynamic: bool = False
    value: str = "-1"


@dataclass(frozen=True)
class ControllerSpec:
    """Lights that switch together, in turn with the others of their junction."""

    id: str
    junction: str
    sequence: int
    signals: tuple[str, ...]


@dataclass(frozen=True)
class ObjectSpec:
    """A thing beside or on a road; ``outline`` are its corners (along, aside) around its origin."""

    id: str
    name: str
    kind: str
    s: float
    t: float
    heading_rad: float
    length_m: float
    width_m: float
    height_m: float
    subtype: str = ""
    outline: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class RoadSpec:
    """A road; links are (kind, id, contact point)."""

    id: str
    name: str
    kind: str
    limit_kmh: float
    geometries: tuple[Geometry, ...]
    sections: tuple[SectionSpec, ...]
    predecessor: tuple[str, str, str] | None = None
    successor: tuple[str, str, str] | None = None
    junction: str = "-1"
    elevation: tuple[Cubic, ...] = ()
    superelevation: tuple[Cubic, ...] = ()
    objects: tuple[ObjectSpec, ...] = ()
    signals: tuple[SignalSpec, ...] = ()

    @property
    def length_m(self) -> float:
        """Length of its reference line."""
        return self.geometries[-1].s + self.geometries[-1].length_m


@dataclass(frozen=True)
class JunctionConnection:
    """One way through a junction."""

    incoming: str
    connecting: str
    lane_links: tuple[tuple[int, int], ...]
