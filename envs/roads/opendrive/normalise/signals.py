"""Signals, and objects that others take for signals: on their road, once, and controlled only where they are."""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.normalise.parts import MapParts
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs, plain_number, written

__all__ = ["repair_signals"]

_SPEED: Final = ("Speed_", "speed_")
"""Objects of such names are taken for speed limits: what follows has to be a number."""
_SHORTEST_M: Final = 1e-4
"""Others find no place for a signal on a shorter road."""


def repair_signals(parts: MapParts, repairs: Repairs) -> None:
    """Remove signals without a place, second ones of an id, and references to none."""
    known: set[str] = set()
    for road_parts in parts.roads.values():
        for group in road_parts.element.children("signals"):
            for signal in list(group.children("signal")):
                if not _has_place(signal, road_parts.road.length_m) or signal.text("id") in known:
                    repairs.remove(group, signal, "it has no place, or there is one of its id")
                    continue
                known.add(signal.text("id"))
                _place(signal, road_parts.road.length_m, repairs)
                _repair_positions(parts, signal, repairs)
        for group in road_parts.element.children("objects"):
            for thing in group.children("object"):
                _repair_object(thing, road_parts.road.length_m, repairs)
    for road_parts in parts.roads.values():
        for group in road_parts.element.children("signals"):
            for reference in list(group.children("signalReference")):
                if not _has_place(reference, road_parts.road.length_m) or reference.text("id") not in known:
                    repairs.remove(group, reference, "it has no place, or its signal is not there")
                    continue
                _place(reference, road_parts.road.length_m, repairs)
    for controller in parts.root.children("controller"):
        for control in list(controller.children("control")):
            if control.text("signalId") not in known:
                repairs.remove(controller, control, "its signal is not there")
            else:
                repairs.set(control, "signalId", control.text("signalId"))


def _has_place(element: Element, length: float) -> bool:
    named = bool(element.text("id")) and element.xml.get("s") is not None
    return named and element.is_number("s") and element.is_number("t") and length >= _SHORTEST_M


def _place(element: Element, length: float, repairs: Repairs) -> None:
    repairs.set(element, "id", element.text("id"))
    s = float(element.text("s"))
    inside = min(max(s, 0.0), length)
    if plain_number(element, "s") != inside:
        repairs.set(element, "s", written(inside))
    if plain_number(element, "t") is None:
        repairs.set(element, "t", written(float(element.text("t"))))


def _repair_positions(parts: MapParts, signal: Element, repairs: Repairs) -> None:
    for position in list(signal.children("positionRoad")):
        if position.text("roadId") not in parts.roads:
            repairs.remove(signal, position, "it names a road that is not there")


def _repair_object(thing: Element, length: float, repairs: Repairs) -> None:
    name = thing.xml.get("name", "")
    crossing, speed, stop = thing.xml.get("type") == "crosswalk", name.startswith(_SPEED), "Stencil_STOP" in name
    if not (crossing or speed or stop):
        return
    if speed and not crossing and not _is_speed(name[13:] if "STATIC" in name else name[6:]):
        repairs.set(thing, "name", f"object {name}")
    s = plain_number(thing, "s")
    inside = min(max(s or 0.0, 0.0), length)
    if s != inside:
        repairs.set(thing, "s", written(inside))


def _is_speed(text: str) -> bool:
    """Whether a text begins with a number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
