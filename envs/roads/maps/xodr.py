"""Write roads as OpenDRIVE 1.6 text."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from wormdrive.envs.roads.maps.alignment import Geometry
from wormdrive.envs.roads.maps.road_specs import (
    ControllerSpec,
    JunctionConnection,
    LaneSpec,
    MarkSpec,
    ObjectSpec,
    RoadSpec,
    SectionSpec,
    SignalSpec,
)

__all__ = ["to_xodr"]


@dataclass
class _Writer:
    lines: list[str] = field(default_factory=list)
    depth: int = 0

    def open(self, tag: str, **attributes: object) -> None:
        self._line(f"<{tag}{_attributes(attributes)}>")
        self.depth += 1

    def close(self, tag: str) -> None:
        self.depth -= 1
        self._line(f"</{tag}>")

    def leaf(self, tag: str, **attributes: object) -> None:
        self._line(f"<{tag}{_attributes(attributes)}/>")

    def text(self, tag: str, content: str) -> None:
        self._line(f"<{tag}><![CDATA[{content}]]></{tag}>")

    def _line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)


def _attributes(attributes: dict[str, object]) -> str:
    return "".join(
        f" {name}={quoteattr(_number(v) if isinstance(v, float) else str(v))}" for name, v in attributes.items()
    )


def _number(value: float) -> str:
    """Ten decimals at most: far below a micrometre, far above rounding errors that differ between machines."""
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _coefficients(*values: float) -> dict[str, object]:
    """Attributes a to d; higher powers are multiplied by up to 1e8, hence need more digits than lengths do."""
    return {name: f"{round(value, 15):.12g}" for name, value in zip("abcd", values, strict=True)}


def to_xodr(
    name: str,
    roads: list[RoadSpec],
    junctions: dict[str, list[JunctionConnection]] | None = None,
    controllers: tuple[ControllerSpec, ...] = (),
) -> str:
    """Write the whole file."""
    out = _Writer(['<?xml version="1.0" encoding="UTF-8"?>'])
    out.open("OpenDRIVE")
    out.open("header", revMajor=1, revMinor=6, name=name, version="1.0", vendor="Wormdrive")
    out.text("geoReference", "+proj=tmerc +lat_0=49 +lon_0=8 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs")
    out.close("header")
    for road in roads:
        _write_road(out, road)
    for controller in controllers:
        out.open("controller", id=controller.id, name=f"turn {controller.sequence}", sequence=controller.sequence)
        for signal in controller.signals:
            out.leaf("control", signalId=signal, type=0)
        out.close("controller")
    for junction, connections in (junctions or {}).items():
        out.open("junction", id=junction, name=f"junction {junction}")
        for k, connection in enumerate(connections):
            out.open(
                "connection",
                id=k,
                incomingRoad=connection.incoming,
                connectingRoad=connection.connecting,
                contactPoint="start",
            )
            for source, target in connection.lane_links:
                out.leaf("laneLink", **{"from": source, "to": target})
            out.close("connection")
        for controller in controllers:
            if controller.junction == junction:
                out.leaf("controller", id=controller.id, type=0, sequence=controller.sequence)
        out.close("junction")
    out.close("OpenDRIVE")
    return "\n".join(out.lines) + "\n"


def _write_road(out: _Writer, road: RoadSpec) -> None:
    out.open("road", name=road.name, length=road.length_m, id=road.id, junction=road.junction, rule="RHT")
    if road.predecessor or road.successor:
        out.open("link")
        for tag, link in (("predecessor", road.predecessor), ("successor", road.successor)):
            if link is not None and link[0] == "road":
                out.leaf(tag, elementType="road", elementId=link[1], contactPoint=link[2])
            elif link is not None:
                out.leaf(tag, elementType="junction", elementId=link[1])
        out.close("link")
    out.open("type", s=0.0, type=road.kind)
    out.leaf("speed", max=road.limit_kmh, unit="km/h")
    out.close("type")
    out.open("planView")
    for geometry in road.geometries:
        _write_geometry(out, geometry)
    out.close("planView")
    for parent, tag, records in (
        ("elevationProfile", "elevation", road.elevation),
        ("lateralProfile", "superelevation", road.superelevation),
    ):
        if records:
            out.open(parent)
            for s, a, b, c, d in records:
                out.leaf(tag, s=s, **_coefficients(a, b, c, d))
            out.close(parent)
    out.open("lanes")
    for section in road.sections:
        _write_section(out, section)
    out.close("lanes")
    if road.objects:
        out.open("objects")
        for thing in road.objects:
            _write_object(out, thing)
        out.close("objects")
    if road.signals:
        out.open("signals")
        for signal in road.signals:
            _write_signal(out, signal)
        out.close("signals")
    out.close("road")


def _write_geometry(out: _Writer, geometry: Geometry) -> None:
    pose = geometry.pose
    out.open("geometry", s=geometry.s, x=pose.x, y=pose.y, hdg=pose.heading_rad, length=geometry.length_m)
    if geometry.curvature_start != geometry.curvature_end:
        out.leaf("spiral", curvStart=geometry.curvature_start, curvEnd=geometry.curvature_end)
    elif geometry.curvature_start:
        out.leaf("arc", curvature=geometry.curvature_start)
    else:
        out.leaf("line")
    out.close("geometry")


def _write_section(out: _Writer, section: SectionSpec) -> None:
    out.open("laneSection", s=section.s)
    left = [lane for lane in section.lanes if lane.id > 0]
    right = [lane for lane in section.lanes if lane.id < 0]
    if left:
        out.open("left")
        for lane in sorted(left, key=lambda lane: -lane.id):
            _write_lane(out, lane)
        out.close("left")
    out.open("center")
    out.open("lane", id=0, type="none", level="false")
    _write_mark(out, section.centre, crossed=False)
    out.close("lane")
    out.close("center")
    if right:
        out.open("right")
        for lane in sorted(right, key=lambda lane: -lane.id):
            _write_lane(out, lane)
        out.close("right")
    out.close("laneSection")


def _write_lane(out: _Writer, lane: LaneSpec) -> None:
    out.open("lane", id=lane.id, type=lane.kind, level="false")
    if lane.before is not None or lane.after is not None:
        out.open("link")
        if lane.before is not None:
            out.leaf("predecessor", id=lane.before)
        if lane.after is not None:
            out.leaf("successor", id=lane.after)
        out.close("link")
    for start, a, b, c, d in lane.widths or ((0.0, lane.width_m, 0.0, 0.0, 0.0),):
        out.leaf("width", sOffset=start, **_coefficients(a, b, c, d))
    _write_mark(out, lane.mark)
    out.close("lane")


def _write_mark(out: _Writer, mark: MarkSpec | None, *, crossed: bool = True) -> None:
    """Write a mark; with ``crossed`` lanes may be changed over a broken one.

    Not so over the middle: CARLA's route planner knows of no overtaking, and would lead into the oncoming traffic.
    """
    if mark is None:
        out.leaf("roadMark", sOffset=0.0, type="none")
        return
    attributes = {
        "sOffset": 0.0,
        "type": mark.kind,
        "weight": "standard",
        "color": mark.colour,
        "width": mark.width_m,
        "laneChange": "both" if crossed and mark.kind == "broken" else "none",
    }
    if mark.dash_m == 0.0:
        out.leaf("roadMark", **attributes)
        return
    out.open("roadMark", **attributes)
    out.open("type", name=mark.kind, width=mark.width_m)
    out.leaf("line", length=mark.dash_m, space=mark.space_m, tOffset=0.0, sOffset=0.0, width=mark.width_m)
    out.close("type")
    out.close("roadMark")


def _write_object(out: _Writer, thing: ObjectSpec) -> None:
    attributes = {
        "id": thing.id,
        "name": thing.name,
        "type": thing.kind,
        "s": thing.s,
        "t": thing.t,
        "zOffset": 0.0,
        "orientation": "none",
        "hdg": thing.heading_rad,
        "pitch": 0.0,
        "roll": 0.0,
        "length": thing.length_m,
        "width": thing.width_m,
        "height": thing.height_m,
    }
    if thing.subtype:
        attributes["subtype"] = thing.subtype
    if not thing.outline:
        out.leaf("object", **attributes)
        return
    out.open("object", **attributes)
    out.open("outline")
    for u, v in thing.outline:
        out.leaf("cornerLocal", u=u, v=v, z=0.0, height=0.0)
    out.close("outline")
    out.close("object")


def _write_signal(out: _Writer, signal: SignalSpec) -> None:
    out.open(
        "signal",
        id=signal.id,
        name=signal.name,
        s=signal.s,
        t=signal.t,
        zOffset=signal.z_m,
        orientation=signal.orientation,
        dynamic="yes" if signal.dynamic else "no",
        country="OpenDRIVE",
        type=signal.kind,
        subtype="-1",
        value=signal.value,
        width=signal.width_m,
        height=signal.height_m,
        hOffset=0.0,
        pitch=0.0,
        roll=0.0,
    )
    out.leaf("validity", fromLane=signal.lanes[0], toLane=signal.lanes[1])
    out.close("signal")
