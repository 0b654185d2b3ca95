"""Numbers that readers do not agree about, where nothing else depends on them: NaN, infinity, digits of others."""

from __future__ import annotations

import math
import re
from typing import Final

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs, is_plain, written

__all__ = ["repair_numbers"]

_NAMES: Final = frozenset(
    {
        "a", "b", "c", "d", "s", "t", "u", "v", "x", "y", "z", "dz", "hdg", "length", "width", "height", "radius",
        "sOffset", "tOffset", "zOffset", "zOffSet", "hOffset", "pitch", "roll", "curvature", "curvStart", "curvEnd",
        "space", "inner", "outer", "forward", "back", "left", "right", "friction", "roughness", "sStart", "sEnd",
        "max", "value", "validLength", "distance", "north", "south", "east", "west",
    }
)  # fmt: skip
_NO_NUMBER: Final = re.compile(r"\s*[+-]?(?:nan|inf|0x)", re.IGNORECASE)


def repair_numbers(root: Element, repairs: Repairs) -> None:
    """Write such numbers in plain digits, and remove those that are none."""
    for xml in root.xml.iter():
        if xml.tag == "userData":
            continue
        for name in _NAMES.intersection(xml.keys()):
            text = xml.get(name, "")
            if is_plain(text):
                continue
            value = _value(text)
            element = Element(xml, root.faults, root)
            if value is not None:
                repairs.set(element, name, written(value))
            elif _NO_NUMBER.match(text) or _is_number(text):
                repairs.note(element, f"{name}={text[:40]!r} is no number; removed")
                del xml.attrib[name]


def _value(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
