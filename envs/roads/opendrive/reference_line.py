"""The reference line of a road: its planView, evaluated for many stations at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.curves import Arc, Curve, Line, Poly3, Spiral
from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.limits import MAX_ROAD_LENGTH_M, MAX_TURNING_RAD
from wormdrive.envs.roads.opendrive.param_poly3 import ParamPoly3

__all__ = ["Piece", "PlanPoints", "ReferenceLine", "placed", "read_reference_line"]

Array = NDArray[np.float64]

_ROUNDING_M: Final = 1e-6
_SURELY_CLOSED_M: Final = 0.005
"""Gaps that look smaller than this are smaller than those that are noted."""


@dataclass(frozen=True)
class PlanPoints:
    """Points of the reference line; arrays of the shape of ``s``."""

    x: Array
    y: Array
    heading_rad: Array
    curvature: Array


@dataclass(frozen=True)
class Piece:
    """One geometry: a curve placed in the world, from station ``s`` on over ``length_m``."""

    s: float
    x: float
    y: float
    heading_rad: float
    length_m: float
    curve: Curve

    def at(self, s: Array) -> Array:
        """Rows x, y, heading, curvature at stations ``s`` (n,)."""
        return placed(self.curve, self.s, self.x, self.y, self.heading_rad, self.length_m, s)


class ReferenceLine:
    """Pieces one behind the other; where the file leaves a gap in s the line runs on straight."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self._starts = np.array([piece.s for piece in pieces])

    @property
    def end_s(self) -> float:
        """Station at which the last piece ends [m]."""
        return self.pieces[-1].s + self.pieces[-1].length_m

    @property
    def joints(self) -> Array:
        """Stations at which pieces begin."""
        return self._starts

    def owners(self, s: Array) -> NDArray[np.intp]:
        """Find the number of the piece that holds at each of the stations ``s``."""
        return np.maximum(np.searchsorted(self._starts, s, side="right") - 1, 0)

    def at(self, s: Array) -> PlanPoints:
        """Points at stations ``s`` (n,)."""
        owner = self.owners(s)
        out = np.empty((4, len(s)))
        for k in np.unique(owner) if len(self.pieces) > 1 else (0,):
            mine = owner == k
            out[:, mine] = self.pieces[k].at(s[mine])
        return PlanPoints(*out)


def placed(
    curve: Curve,
    start_s: float | Array,
    x: float | Array,
    y: float | Array,
    heading_rad: float | Array,
    length_m: float | Array,
    s: Array,
) -> Array:
    """Rows x, y, heading, curvature at stations ``s`` (n,) of a curve that is placed like a ``Piece``.

    Place and curve may also be arrays (n,): one for each station.
    """
    ds = s - start_s
    inside = np.clip(ds, 0.0, length_m)
    local = curve.at(inside)
    beyond = ds - inside
    u = local.u + beyond * np.cos(local.heading_rad)
    v = local.v + beyond * np.sin(local.heading_rad)
    cos, sin = np.cos(heading_rad), np.sin(heading_rad)
    return np.stack(
        [
            x + cos * u - sin * v,
            y + sin * u + cos * v,
            heading_rad + local.heading_rad,
            np.where(beyond == 0.0, local.curvature, 0.0),
        ]
    )


def read_reference_line(plan_view: Element) -> ReferenceLine:
    """Read a ``planView``; gaps of more than 1 cm between its pieces are noted."""
    pieces: list[Piece] = []
    standing: list[Piece] = []
    end = 0.0
    for element in plan_view.children("geometry"):
        length = _length(element)
        if element.xml.get("s") is None:
            element.note("attribute s is missing; taken to follow on what is before it")
        s = element.value("s", end, minimum=-1.0, maximum=2.0 * MAX_ROAD_LENGTH_M)
        x, y, heading = (element.number(name) for name in ("x", "y", "hdg"))
        if length < 1e-9:
            element.note("has no length; ignored")
            standing.append(Piece(s, x, y, heading, 0.0, Line()))
            continue
        pieces.append(Piece(s, x, y, heading, length, _read_curve(element, length)))
        end = s + length
    pieces = pieces or standing[:1]  # from there it runs on straight
    if not pieces:
        plan_view.fail("holds no geometry")
    if any(later.s < earlier.s for earlier, later in pairwise(pieces)):
        plan_view.note("geometries are not in order of s; sorted")
        pieces.sort(key=lambda piece: piece.s)
    _note_gaps(plan_view, pieces)
    return ReferenceLine(pieces)


def _length(element: Element) -> float:
    """Length of a geometry [m]; a rounding error below zero is zero."""
    if element.is_number("length") and -_ROUNDING_M <= float(element.text("length") or 1.0) < 0.0:
        element.note(f"length={element.text('length')[:40]!r}: read as 0")
        return 0.0
    return element.number("length", minimum=0.0, maximum=MAX_ROAD_LENGTH_M)


def _read_curve(element: Element, length: float) -> Curve:
    for shape in element:
        if shape.tag == "line":
            return Line()
        if shape.tag == "arc":
            return Arc(shape.number("curvature", minimum=-MAX_TURNING_RAD / length, maximum=MAX_TURNING_RAD / length))
        if shape.tag == "spiral":
            bound = MAX_TURNING_RAD / length
            start = shape.number("curvStart", minimum=-bound, maximum=bound)
            return Spiral(start, shape.number("curvEnd", minimum=-bound, maximum=bound), length)
        if shape.tag == "poly3":
            a, b, c, d = (shape.number(name, 0.0) for name in "abcd")
            return Poly3((a, b, c, d), length)
        if shape.tag == "paramPoly3":
            return _read_param_poly3(shape, length)
    return element.fail("holds none of line, arc, spiral, poly3, paramPoly3")


def _read_param_poly3(shape: Element, length: float) -> ParamPoly3:
    u = [shape.number(f"{name}U", 0.0) for name in "abcd"]
    v = [shape.number(f"{name}V", 0.0) for name in "abcd"]
    p_range = shape.text("pRange", "normalized")
    if p_range not in ("arcLength", "normalized"):
        shape.note(f"pRange={p_range[:40]!r}: allowed are arcLength, normalized; read as normalized")
    p_end = length if p_range == "arcLength" else 1.0
    return ParamPoly3((u[0], u[1], u[2], u[3]), (v[0], v[1], v[2], v[3]), p_end, length)


def _gap(earlier: Piece, later: Piece) -> float:
    """Distance from the end of one piece to the start of the next [m], right to a millimetre."""
    u, v = earlier.curve.end(earlier.length_m)
    cos, sin = math.cos(earlier.heading_rad), math.sin(earlier.heading_rad)
    return math.hypot(earlier.x + cos * u - sin * v - later.x, earlier.y + sin * u + cos * v - later.y)


def _note_gaps(plan_view: Element, pieces: list[Piece]) -> None:
    for earlier, later in pairwise(pieces):
        gap_s = later.s - earlier.s - earlier.length_m
        if abs(gap_s) > 0.01:
            plan_view.note(f"s jumps by {gap_s:.3g} m between the geometries at s={earlier.s:g} and s={later.s:g}")
            continue
        if _gap(earlier, later) + abs(gap_s) < _SURELY_CLOSED_M:
            continue
        end = earlier.at(np.array([later.s]))[:, 0]
        gap = float(np.hypot(end[0] - later.x, end[1] - later.y))
        if gap > 0.01:
            plan_view.note(f"a gap of {gap:.3g} m between the geometries at s={earlier.s:g} and s={later.s:g}")
