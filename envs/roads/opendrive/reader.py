"""Read OpenDRIVE files.

Read: planView (line, arc, spiral, poly3, paramPoly3), elevation, superelevation, laneOffset, lane sections, lane width
and border, lane types, road marks, speed limits, links of roads and lanes, junctions
with connections, the traffic rule.
Left aside: signals, objects, controllers, surfaces, crossfall, shape, lane height and ``level``, userData.

A value refuses the map only where no sensible road is left of it. Otherwise the element is passed over, or the value
cut, and a problem says so; a road of which nothing sensible is left is left out of a map that has others.
"""

from __future__ import annotations

import math
from importlib import resources
from pathlib import Path
from typing import Final

from wormdrive.envs.common.errors import MapError
from wormdrive.envs.common.garbage_collection import garbage_collection_paused
from wormdrive.envs.roads.maps import BUILTIN_MAPS
from wormdrive.envs.roads.opendrive.cubic import read_profile
from wormdrive.envs.roads.opendrive.document import Element, decode_xml, parse_xml, trimmed, unpacked
from wormdrive.envs.roads.opendrive.limits import MAX_BYTES, MAX_LANE_LENGTH_M, MAX_LENGTH_M, MAX_ROAD_LENGTH_M
from wormdrive.envs.roads.opendrive.links import Junction, read_junction, read_road_link
from wormdrive.envs.roads.opendrive.reference_line import read_reference_line
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.opendrive.section_reader import read_sections
from wormdrive.envs.roads.opendrive.speeds import read_road_speeds

__all__ = ["left_hand_default", "read_map", "read_map_text", "read_road"]

_SHORTEST_M: Final = 1e-6
"""Shorter roads are taken to be that long [m]."""
_CROSS_SECTIONS: Final = ("crossfall", "shape", "crossSectionSurface")
"""Parts of a lateral profile that are not read."""


def read_map(path_or_name: str | Path) -> RoadMap:
    """Read a built-in map by its name, or an ``.xodr`` file.

    Raises
    ------
    MapError
        The file cannot be used; names file, element and reason.
    """
    name = str(path_or_name)
    if name in BUILTIN_MAPS:
        packaged = resources.files("wormdrive.envs.roads.maps") / f"{name}.xodr"
        return read_map_text(packaged.read_text("utf-8"), name)
    try:
        path = Path(path_or_name)
        if not path.exists():
            raise MapError(name, "", f"no such file; built-in maps are {', '.join(BUILTIN_MAPS)}")
        if not path.is_file():  # devices and pipes may never end
            raise MapError(name, "", "is not a regular file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise MapError(name, "", f"{size / 2**20:.0f} MiB: at most {MAX_BYTES // 2**20} MiB are read")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise MapError(name, "", f"cannot be read: {error}") from None
    return read_map_text(decode_xml(unpacked(data, name)), name)


def read_map_text(text: str, name: str) -> RoadMap:
    """Read a map from OpenDRIVE text; ``name`` stands for the file in messages.

    Raises
    ------
    MapError
        As ``read_map``.
    """
    with garbage_collection_paused():
        return _read_text(text, name)


def _read_text(text: str, name: str) -> RoadMap:
    text, remark = trimmed(text)
    root = parse_xml(text, name)
    if remark:
        root.note(remark)
    if root.tag != "OpenDRIVE":
        raise MapError(name, "", f"the root element is {root.tag[:40]!r}: allowed is OpenDRIVE")
    version = _version(root)
    left_hand = left_hand_default(root)
    roads: dict[str, Road] = {}
    unusable: MapError | None = None
    total = lanes = 0.0
    for element in root.children("road"):
        if element.text("id") in roads:
            element.note("its id is taken by an earlier road; ignored")
            continue
        try:
            road = read_road(element, left_hand)
        except MapError as error:
            unusable = unusable or error
            root.faults.leave_out(element.where, error)
            continue
        roads[road.id] = road
        total += road.length_m
        lanes += sum(len(section.lanes) * section.length_m for section in road.sections)
        if lanes > MAX_LANE_LENGTH_M:
            element.fail(f"the lanes so far are longer than {MAX_LANE_LENGTH_M / 1000:g} km, the most that is allowed")
        if total > MAX_LENGTH_M:
            element.fail(f"the roads so far are longer than {MAX_LENGTH_M / 1000:g} km, the most that is allowed")
    if not roads and unusable is not None:
        raise unusable
    if not roads:
        raise MapError(name, "", "holds no road")
    junctions: dict[str, Junction] = {}
    for element in root.children("junction"):
        junctions.setdefault(element.text("id"), read_junction(element))
    _note_dangling(root, roads, junctions)
    faults = root.faults
    if faults.unlisted:
        faults.problems.append(f"and {faults.unlisted} more")
    header = root.child("header")
    geo = None if header is None else header.xml.findtext("geoReference")
    problems, left_out = tuple(faults.problems), tuple(faults.left_out)
    return RoadMap(name, text, version, (geo or "").strip(), roads, junctions, problems, left_out)


def _version(root: Element) -> str:
    header = root.child("header")
    if header is None:
        root.note("header is missing; read as OpenDRIVE 1.4")
        return ""
    version = f"{header.text('revMajor', '?')}.{header.text('revMinor', '?')}"
    if version not in ("1.4", "1.5", "1.6", "1.7", "1.8"):
        header.note(f"revision {version[:40]}: made for 1.4 to 1.8; read as such")
    return version


def left_hand_default(root: Element) -> bool:
    """OpenDRIVE 1.8 can set the rule for all roads in the header."""
    header = root.child("header")
    defaults = None if header is None else header.child("defaultRegulations")
    return defaults is not None and defaults.text("rule") == "LHT"


def read_road(element: Element, left_hand: bool) -> Road:
    """Read a ``<road>``; ``left_hand``: whether traffic keeps to the left where the road does not say.

    Raises
    ------
    MapError
        Nothing sensible is left of it.
    """
    plan_view = element.child("planView")
    if plan_view is None:
        element.fail("planView is missing")
    line = read_reference_line(plan_view)
    length = _length(element, line.end_s)
    link = element.child("link")
    junction = element.text("junction", "-1")
    rule = element.text("rule")
    if rule not in ("", "RHT", "LHT"):
        element.note(f"rule={rule[:40]!r}: allowed are RHT, LHT; read as RHT")
    types = list(element.children("type"))
    kind = types[0].text("type", "unknown") if types else "unknown"
    lanes = element.child("lanes")
    if lanes is None:
        element.fail("lanes are missing")
    lateral = element.child("lateralProfile")
    for tag in _CROSS_SECTIONS:
        if lateral is not None and lateral.child(tag) is not None:
            lateral.note(f"{tag} is not read: the road is drawn without it")
    return Road(
        id=element.text("id"),
        name=element.text("name"),
        length_m=length,
        junction_id=None if junction in ("-1", "") else junction,
        left_hand=rule == "LHT" or (rule == "" and left_hand),
        kind=kind,
        line=line,
        elevation=read_profile(element.child("elevationProfile"), "elevation"),
        superelevation=read_profile(lateral, "superelevation"),
        lane_offset=read_profile(lanes, "laneOffset"),
        sections=read_sections(lanes, length, kind == "motorway"),
        speeds=read_road_speeds(types),
        predecessor=read_road_link(link, "predecessor"),
        successor=read_road_link(link, "successor"),
    )


def _length(element: Element, geometry_end: float) -> float:
    """Find the road's length: where it says more than its geometry holds, the road runs on straight."""
    raw = element.xml.get("length")
    length = float(raw) if raw is not None and element.is_number("length") else math.nan
    if _SHORTEST_M <= length <= MAX_ROAD_LENGTH_M:
        if abs(length - geometry_end) > 0.01:
            element.note(f"length={length:g} but its geometry ends at s={geometry_end:g}")
        return length
    taken = length if 0.0 < length < _SHORTEST_M else geometry_end
    taken = min(max(taken, _SHORTEST_M), MAX_ROAD_LENGTH_M)
    met = "attribute length is missing" if raw is None else f"length={raw[:40]!r}"
    element.note(f"{met}; allowed are numbers from {_SHORTEST_M:g} to {MAX_ROAD_LENGTH_M:g}; read as {taken:g}")
    return taken


def _note_dangling(root: Element, roads: dict[str, Road], junctions: dict[str, Junction]) -> None:
    """Links and connections that lead nowhere."""
    for road in roads.values():
        for which, link in (("predecessor", road.predecessor), ("successor", road.successor)):
            if link is not None and link.id not in (roads if link.kind == "road" else junctions):
                root.faults.note(f"road {road.id}, {which}", f"there is no {link.kind} {link.id[:40]!r}")
    for junction in junctions.values():
        for connection in junction.connections:
            for road_id in (connection.incoming_road, connection.connecting_road):
                if road_id not in roads:
                    root.faults.note(
                        f"junction {junction.id}, connection {connection.id}", f"there is no road {road_id[:40]!r}"
                    )
