"""How roads hang together: links of roads, and junctions with their connections."""

from __future__ import annotations

from dataclasses import dataclass

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.limits import MAX_LANES_PER_SECTION

__all__ = [
    "Connection",
    "Junction",
    "RoadLink",
    "read_connection",
    "read_junction",
    "read_lane_links",
    "read_road_link",
]


@dataclass(frozen=True)
class RoadLink:
    """What lies before or after a road.

    Attributes
    ----------
    kind:
        ``road`` or ``junction``.
    id:
        Of that road or junction; any text.
    contact:
        ``start`` or ``end``: the end of the linked road that is met; empty for junctions.
    """

    kind: str
    id: str
    contact: str


@dataclass(frozen=True)
class Connection:
    """One way through a junction.

    ``lane_links`` are pairs (lane of the incoming road, lane of the connecting road), the latter in the section at the
    connecting road's ``contact`` end.
    """

    id: str
    incoming_road: str
    connecting_road: str
    contact: str
    lane_links: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Junction:
    """A place where more than two roads meet."""

    id: str
    name: str
    kind: str
    connections: tuple[Connection, ...]


def read_road_link(link: Element | None, which: str) -> RoadLink | None:
    """Read a road's ``predecessor`` or ``successor``; None if there is none or it is unusable."""
    element = None if link is None else link.child(which)
    if element is None:
        return None
    kind = element.text("elementType", "road")
    target = element.text("elementId")
    contact = element.text("contactPoint")
    if not target or kind not in ("road", "junction"):
        element.note(f"elementType={kind[:40]!r} elementId={target[:40]!r}: allowed are road or junction with an id")
        return None
    if kind == "road" and contact not in ("start", "end"):
        if element.text("elementS"):  # a virtual junction's road, entered in its middle
            return None
        element.note(f"contactPoint={contact[:40]!r}: allowed are start, end; link ignored")
        return None
    return RoadLink(kind, target, contact if kind == "road" else "")


def read_lane_links(link: Element | None, which: str) -> tuple[int, ...]:
    """Lane ids of the ``predecessor`` or ``successor`` elements in a lane's ``link``, if it has one."""
    if link is None:
        return ()
    ids = [element.integer("id", MAX_LANES_PER_SECTION) for element in link.children(which)]
    return tuple([lane_id for lane_id in ids if lane_id])


def read_junction(element: Element) -> Junction:
    """Read a ``<junction>``; connections that name no road are noted and left out."""
    connections = []
    for child in element.children("connection"):
        connection = read_connection(child)
        if not connection.incoming_road or not connection.connecting_road:
            if element.text("type", "default") == "default":
                child.note("names no incoming or no connecting road; ignored")
            continue
        if not connection.lane_links and element.text("type", "default") == "default":
            child.note("has no laneLink; lanes of the same ids follow one another")
        connections.append(connection)
    kind = element.text("type", "default")
    if kind == "virtual":
        main = element.text("mainRoad")[:40]
        element.note(f"is virtual: what branches off road {main!r} between its ends is not reached from it")
    return Junction(element.text("id"), element.text("name"), kind, tuple(connections))


def read_connection(element: Element) -> Connection:
    """Read a ``<connection>``; lane links that name no lanes are noted and left out."""
    contact = element.text("contactPoint", "start")
    if contact not in ("start", "end"):
        element.note(f"contactPoint={contact[:40]!r}: allowed are start, end; read as start")
        contact = "start"
    links = []
    for link in element.children("laneLink"):
        source = link.integer("from", MAX_LANES_PER_SECTION)
        target = link.integer("to", MAX_LANES_PER_SECTION)
        if source and target:
            links.append((source, target))
    connecting = element.text("connectingRoad") or element.text("linkedRoad")
    return Connection(element.text("id"), element.text("incomingRoad"), connecting, contact, tuple(links))
