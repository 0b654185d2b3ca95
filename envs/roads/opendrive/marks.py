"""Road marks: from OpenDRIVE's ``<roadMark>`` to painted lines.

Defaults where a file gives none: width 0.12 m (weight standard) or 0.25 m (bold); broken lines are 3 m long every 9 m,
on motorways 6 m every 18 m; the two lines of a double mark are one width apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element as XmlElement

from wormdrive.envs.roads.opendrive.document import Element, Faults
from wormdrive.envs.roads.route import MarkColour

__all__ = ["PaintedLine", "RoadMark", "read_road_mark"]

_COLOURS: Final = {
    "standard": MarkColour.WHITE,
    "white": MarkColour.WHITE,
    "yellow": MarkColour.YELLOW,
    "red": MarkColour.RED,
    "blue": MarkColour.BLUE,
    "violet": MarkColour.BLUE,
    "green": MarkColour.GREEN,
    "orange": MarkColour.ORANGE,
}
_SINGLE: Final = {"solid", "broken", "botts dots"}
_DOUBLE: Final = {"solid solid", "solid broken", "broken solid", "broken broken"}
_UNPAINTED: Final = {"none", "grass", "curb", "edge", "custom", ""}
_BOTTS_DOT: Final = (0.1, 1.2)


@dataclass(frozen=True)
class PaintedLine:
    """One line of a road mark.

    Attributes
    ----------
    t_offset_m:
        Of the line's centre from the lane's border, in the direction of t [m].
    width_m:
        Full width [m].
    dash_m, period_m:
        Painted length and period [m]; a solid line has dash = period = 1.
    start_m, end_m:
        Where it is painted, from the start of its mark [m]; an explicit line ends, others go on.
    """

    t_offset_m: float
    width_m: float
    colour: MarkColour
    dash_m: float
    period_m: float
    start_m: float = 0.0
    end_m: float = float("inf")


@dataclass(frozen=True)
class RoadMark:
    """What marks the outer border of a lane (the centre line for lane 0) from ``s_offset_m`` in its section on.

    ``kind`` is the file's type, such as ``solid broken``; ``lines`` is empty for marks without paint, such as ``curb``.
    """

    s_offset_m: float
    kind: str
    width_m: float
    colour: MarkColour
    lines: tuple[PaintedLine, ...]


def read_road_mark(element: Element, side: int, motorway: bool) -> RoadMark:
    """Read a ``<roadMark>``. Marks that hold only attributes, and the same ones, are the same object.

    Parameters
    ----------
    side:
        1 for left lanes, -1 for right lanes, 0 for the centre lane: double marks are named from the inside to the
        outside, on the centre lane from left to right.
    motorway:
        Whether broken lines have a motorway's pattern by default.
    """
    known = None if len(element.xml) else _of_attributes(tuple(element.xml.items()), side, motorway)
    return known or _read_mark(element, side, motorway)


@lru_cache(maxsize=1024)
def _of_attributes(attributes: tuple[tuple[str, str], ...], side: int, motorway: bool) -> RoadMark | None:
    """Read a mark without lines of its own; None if there is any fault."""
    faults = Faults("")
    mark = _read_mark(Element(XmlElement("roadMark", dict(attributes)), faults), side, motorway)
    return None if faults.problems else mark


def _read_mark(element: Element, side: int, motorway: bool) -> RoadMark:
    kind = " ".join(element.text("type", "none").split())
    s_offset = element.value("sOffset", 0.0, minimum=0.0)
    default_width = 0.25 if element.text("weight") == "bold" else 0.12
    width = _width(element, default_width)
    colour = _colour(element, element)
    painted = element.text("color", "standard") != "black"
    lines: tuple[PaintedLine, ...] = ()
    if painted:
        lines = _explicit_lines(element, width, colour)
        if not lines and kind not in _UNPAINTED:
            lines = _described_lines(element, width, colour) or _default_lines(
                element, kind, width, colour, side, motorway
            )
        elif not lines and kind == "custom":
            lines = _described_lines(element, width, colour)
    return RoadMark(s_offset, kind, width, colour, lines)


def _width(element: Element, default: float) -> float:
    width = element.value("width", default)
    if width < 0.0:
        element.note(f"width={width:g}: allowed are numbers from 0; read as {default:g}")
    return width if 0.0 < width <= 2.0 else default


def _colour(element: Element, mark: Element) -> MarkColour:
    name = element.text("color") or mark.text("color", "standard") or "standard"
    if name not in _COLOURS and name != "black":
        mark.note(f"color={name[:40]!r}: allowed are {', '.join(_COLOURS)}; read as white")
    return _COLOURS.get(name, MarkColour.WHITE)


def _described_lines(mark: Element, width: float, colour: MarkColour) -> tuple[PaintedLine, ...]:
    """Lines of ``<type>``: a pattern that repeats."""
    described = mark.child("type")
    if described is None:
        return ()
    lines = []
    for line in described.children("line"):
        dash = line.value("length", 0.0, minimum=0.0)
        space = line.value("space", 0.0, minimum=0.0)
        solid = dash <= 0.0 or space <= 0.0
        lines.append(
            PaintedLine(
                t_offset_m=line.value("tOffset", 0.0, minimum=-50.0, maximum=50.0),
                width_m=_width(line, _width(described, width)),
                colour=_colour(line, mark),
                dash_m=1.0 if solid else dash,
                period_m=1.0 if solid else dash + space,
                start_m=line.value("sOffset", 0.0, minimum=0.0),
            )
        )
    return tuple(lines)


def _explicit_lines(mark: Element, width: float, colour: MarkColour) -> tuple[PaintedLine, ...]:
    """Lines of ``<explicit>``: single strokes."""
    explicit = mark.child("explicit")
    if explicit is None:
        return ()
    lines = []
    for line in explicit.children("line"):
        start = line.value("sOffset", 0.0, minimum=0.0)
        length = line.value("length", 0.0, minimum=0.0)
        t_offset = line.value("tOffset", 0.0, minimum=-50.0, maximum=50.0)
        lines.append(PaintedLine(t_offset, _width(line, width), _colour(line, mark), 1.0, 1.0, start, start + length))
    return tuple(lines)


def _default_lines(
    mark: Element, kind: str, width: float, colour: MarkColour, side: int, motorway: bool
) -> tuple[PaintedLine, ...]:
    patterns = {"solid": (1.0, 1.0), "broken": (6.0, 18.0) if motorway else (3.0, 9.0), "botts dots": _BOTTS_DOT}
    if kind in _SINGLE:
        return (PaintedLine(0.0, width, colour, *patterns[kind]),)
    if kind in _DOUBLE:
        first, second = kind.split()
        outwards = 1.0 if side > 0 else -1.0  # towards positive t on the left; left to right on the centre lane
        return (
            PaintedLine(-outwards * width, width, colour, *patterns[first]),
            PaintedLine(outwards * width, width, colour, *patterns[second]),
        )
    mark.note(f"type={kind[:40]!r} is unknown; not painted")
    return ()
