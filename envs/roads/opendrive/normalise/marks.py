"""Road marks whose numbers no sensible mark has: they are written as they are read."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs, is_plain, written

__all__ = ["repair_marks"]

_NOT_NEGATIVE: Final = ("sOffset", "length", "space")


def repair_marks(element: Element, repairs: Repairs) -> None:
    """Repair the marks of a lane's element: stations and lengths below zero are zero, impossible widths the default."""
    for mark in element.children("roadMark"):
        default = 0.25 if mark.text("weight") == "bold" else 0.12
        _repair(mark, default, repairs)
        width = float(mark.xml.get("width", written(default)))
        for tag in ("type", "explicit"):
            for described in mark.children(tag):
                _repair(described, width, repairs)
                inner = float(described.xml.get("width", written(width))) if tag == "type" else width
                for line in described.children("line"):
                    _repair(line, inner, repairs)


def _repair(element: Element, default_width: float, repairs: Repairs) -> None:
    for name in _NOT_NEGATIVE:
        text = element.xml.get(name)
        if text is not None and (not is_plain(text) or float(text) < 0.0):
            repairs.set(element, name, written(max(element.value(name, 0.0, minimum=0.0), 0.0)))
    text = element.xml.get("width")
    if text is not None and (not is_plain(text) or float(text) < 0.0):
        read = element.value("width", default_width)
        repairs.set(element, "width", written(read if 0.0 < read <= 2.0 else default_width))
    text = element.xml.get("tOffset")
    if text is not None and not is_plain(text):
        repairs.set(element, "tOffset", written(element.value("tOffset", 0.0, minimum=-50.0, maximum=50.0)))
