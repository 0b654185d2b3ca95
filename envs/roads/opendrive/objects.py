"""Objects of a map: buildings, crosswalks and whatever else stands or lies beside and on roads.

Source: ASAM OpenDRIVE 1.8, section 13 (objects). They are read apart from the roads: who only drives needs none, and a
map whose objects are no good can still be driven on. ``repeat`` is passed over: the first one is read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from wormdrive.envs.roads.opendrive.document import Element, parse_xml
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["RoadObject", "read_objects", "surface_at"]

MAX_OBJECTS: Final = 100_000
"""That a map may hold."""
MAX_SIZE_M: Final = 1_000.0
"""Magnitude of offsets and sizes."""


@dataclass(frozen=True)
class RoadObject:
    """One object, as an upright box.

    Attributes
    ----------
    id, name, kind, subtype:
        As in the file; ``kind`` is its ``type``.
    road:
        Id of the road to which it belongs.
    x_m, y_m, z_m:
        Of the middle of its lower face, in the map's axes [m].
    heading_rad:
        Of its length, in the map's axes.
    length_m, width_m, height_m:
        Of the box [m]; of an outline, if there is one.
    """

    id: str
    name: str
    kind: str
    subtype: str
    road: str
    x_m: float
    y_m: float
    z_m: float
    heading_rad: float
    length_m: float
    width_m: float
    height_m: float


def read_objects(road_map: RoadMap, kinds: frozenset[str] | None = None) -> tuple[RoadObject, ...]:
    """Read the objects of a map from its text, in the file's order; only those of some kinds, if so asked.

    Objects whose place is no number, and those without any size, are left out.

    Raises
    ------
    MapError
        There are more than the limits allow; names the file and the element.
    """
    found: list[RoadObject] = []
    if "<object" not in road_map.text:
        return ()
    for road in parse_xml(road_map.text, road_map.name).children("road"):
        listed = road.child("objects")
        if listed is None or road.text("id") not in road_map.roads:
            continue
        for element in listed.children("object"):
            if kinds is not None and element.text("type") not in kinds:
                continue
            if len(found) >= MAX_OBJECTS:
                element.fail(f"more than {MAX_OBJECTS} objects, the most that are allowed")
            one = _read_object(element, road_map, road.text("id"))
            if one is not None:
                found.append(one)
    return tuple(found)


def surface_at(road_map: RoadMap, road: str, s_m: float, t_m: float) -> tuple[float, float, float, float]:
    """Return x, y, z [m] and the road's heading [rad] at a place beside a road's reference line."""
    known = road_map.roads[road]
    section = next((s for s in known.sections if s_m <= s.end_s), known.sections[-1])
    profile = known.profile(section, np.array([s_m]))
    x, y, z = profile.surface(np.array([t_m]))
    return float(x[0]), float(y[0]), float(z[0]), float(profile.heading_rad[0])


def _read_object(element: Element, road_map: RoadMap, road: str) -> RoadObject | None:
    if element.xml.get("s") is None or not all(element.is_number(name) for name in ("s", "t", "hdg", "zOffset")):
        return None
    along, aside, length, width, height = _box(element)
    if length <= 0.0 or width <= 0.0:
        return None
    s = min(max(float(element.text("s")), 0.0), road_map.roads[road].length_m)
    x, y, z, heading = surface_at(road_map, road, s, _cut(element, "t"))
    heading = math.remainder(heading + math.fmod(float(element.text("hdg") or 0.0), math.tau), math.tau)
    cosine, sine = math.cos(heading), math.sin(heading)
    return RoadObject(
        id=element.text("id"),
        name=element.text("name"),
        kind=element.text("type"),
        subtype=element.text("subtype"),
        road=road,
        x_m=x + cosine * along - sine * aside,
        y_m=y + sine * along + cosine * aside,
        z_m=z + _cut(element, "zOffset"),
        heading_rad=heading,
        length_m=length,
        width_m=width,
        height_m=height,
    )


def _box(element: Element) -> tuple[float, float, float, float, float]:
    """Middle (along, aside) in the object's own axes, length, width and height."""
    radius = _cut(element, "radius")
    length, width = _cut(element, "length") or 2.0 * radius, _cut(element, "width") or 2.0 * radius
    height = _cut(element, "height")
    outlines = element.child("outlines")
    outline = (element if outlines is None else outlines).child("outline")
    corners = [] if outline is None else list(outline.children("cornerLocal"))
    if len(corners) < 3:
        return 0.0, 0.0, length, width, height
    u, v = ([_cut(corner, name) for corner in corners] for name in ("u", "v"))
    height = max(height, *(_cut(corner, "height") for corner in corners))
    return 0.5 * (min(u) + max(u)), 0.5 * (min(v) + max(v)), max(u) - min(u), max(v) - min(v), height


def _cut(element: Element, name: str) -> float:
    """Get a length that no driving depends on: what is no number is 0, what is absurd is cut."""
    value = float(element.text(name) or 0.0) if element.is_number(name) else 0.0
    return min(max(value, -MAX_SIZE_M), MAX_SIZE_M)
