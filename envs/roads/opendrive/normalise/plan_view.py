"""Reference lines: pieces in order, from the road's start to its end, of curves that are no division by zero."""

from __future__ import annotations

from typing import Final, NamedTuple
from xml.etree.ElementTree import Element as XmlElement
from xml.etree.ElementTree import SubElement

import numpy as np

from wormdrive.envs.roads.opendrive.curves import Arc, Curve, Poly3, Spiral
from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs, plain_number, written
from wormdrive.envs.roads.opendrive.param_poly3 import ParamPoly3
from wormdrive.envs.roads.opendrive.reference_line import Piece
from wormdrive.envs.roads.opendrive.road import Road

__all__ = ["repair_plan_view"]

_SEAM_M: Final = 0.01
"""Gaps of this size between two pieces are none."""
_NEGLIGIBLE_M: Final = 1e-6
_STRAIGHT: Final = 1e-12
"""A curvature [1/m] that is none: its radius is no number to reckon with."""
_NAMES: Final = ("s", "x", "y", "hdg", "length")
_SHAPES: Final = {
    "line": (),
    "arc": ("curvature",),
    "spiral": ("curvStart", "curvEnd"),
    "poly3": ("a", "b", "c", "d"),
    "paramPoly3": ("aU", "bU", "cU", "dU", "aV", "bV", "cV", "dV"),
}


class _Geometry(NamedTuple):
    """One ``<geometry>``: s, x, y, heading and length, and its shape with its numbers; ``p_range`` of a paramPoly3."""

    place: tuple[float | None, ...]
    shape: str
    numbers: tuple[float | None, ...]
    p_range: str


def repair_plan_view(plan_view: Element, road: Road, repairs: Repairs) -> None:
    """Write the pieces that our reader has, unless others read the same: also where the line runs on straight."""
    wanted = _wanted(road)
    elements = list(plan_view.children("geometry"))
    if [_read(element) for element in elements] == wanted:
        return
    repairs.note(plan_view, "geometries are written anew")
    for element in elements:
        plan_view.xml.remove(element.xml)
    for geometry in reversed(wanted):
        plan_view.xml.insert(0, _element(geometry))


def _read(element: Element) -> _Geometry:
    """Read a geometry as others do: they take its first child for the shape."""
    place = tuple([plain_number(element, name) for name in _NAMES])
    shape = next(iter(element), None)
    if shape is None or shape.tag not in _SHAPES or (element.xml.text or "").strip():
        return _Geometry(place, "", (), "")
    numbers = tuple([plain_number(shape, name) for name in _SHAPES[shape.tag]])
    p_range = "arcLength" if shape.xml.get("pRange") == "arcLength" and place[-1] != 1.0 else ""
    return _Geometry(place, shape.tag, numbers, p_range if shape.tag == "paramPoly3" else "")


def _wanted(road: Road) -> list[_Geometry]:
    pieces = road.line.pieces
    # of several at one place, the last one holds
    pieces = [piece for k, piece in enumerate(pieces) if k + 1 == len(pieces) or pieces[k + 1].s > piece.s]
    wanted = []
    first = pieces[0].s
    if first > _NEGLIGIBLE_M:
        wanted.append(_straight(road, 0.0, first))
    for k, piece in enumerate(pieces):
        start = 0.0 if 0.0 < piece.s <= _NEGLIGIBLE_M else piece.s
        place = (start, piece.x, piece.y, piece.heading_rad, piece.length_m)
        end = piece.s + piece.length_m
        beyond = (pieces[k + 1].s if k + 1 < len(pieces) else road.length_m) - end
        if piece.length_m == 0.0:
            place = (*place[:4], max(beyond, _NEGLIGIBLE_M))
            beyond = 0.0
        wanted.append(_Geometry(place, *_shape(piece.curve, piece)))
        if beyond > _SEAM_M:
            wanted.append(_straight(road, end, beyond))
    return wanted


def _straight(road: Road, s: float, length: float) -> _Geometry:
    at = road.line.at(np.array([s]))
    return _Geometry((s, float(at.x[0]), float(at.y[0]), float(at.heading_rad[0]), length), "line", (), "")


def _shape(curve: Curve, piece: Piece) -> tuple[str, tuple[float, ...], str]:
    if isinstance(curve, Arc):
        curvature = float(curve.curvature)
        return ("arc", (curvature,), "") if abs(curvature) > _STRAIGHT else ("line", (), "")
    if isinstance(curve, Spiral):
        start, end = curve.curvatures
        if abs(end - start) > _STRAIGHT:
            return "spiral", (start, end), ""
        return _shape(Arc(start), piece)
    if isinstance(curve, Poly3):
        return "poly3", tuple(map(float, curve.coefficients)), ""
    if isinstance(curve, ParamPoly3):
        by_arc_length = curve.p_end == piece.length_m != 1.0
        return "paramPoly3", tuple(map(float, (*curve.u, *curve.v))), "arcLength" if by_arc_length else ""
    return "line", (), ""


def _element(geometry: _Geometry) -> XmlElement:
    numbers = [value for value in geometry.place if value is not None]
    made = XmlElement("geometry", dict(zip(_NAMES, map(written, numbers), strict=True)))
    values = [value for value in geometry.numbers if value is not None]
    shape = SubElement(made, geometry.shape, dict(zip(_SHAPES[geometry.shape], map(written, values), strict=True)))
    if geometry.shape == "paramPoly3":
        shape.set("pRange", geometry.p_range or "normalized")
    return made
