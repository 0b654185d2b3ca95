"""Cubic records of heights, banks, offsets and widths: in order, plain numbers, and one at the very start.

Other readers look for the record that holds, and find none before the first one.
"""

from __future__ import annotations

from typing import Final, TypeAlias
from xml.etree.ElementTree import Element as XmlElement

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic
from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.normalise.repairs import Repairs, place_of, plain_number, written

__all__ = ["Record", "repair_records", "sound_records"]

Record: TypeAlias = tuple[float, ...]
"""Start, a, b, c, d."""
_COEFFICIENTS: Final = "abcd"


def sound_records(function: PiecewiseCubic) -> list[Record]:
    """List records that say what a function is from 0 on; before its first record, the value at that one holds."""
    rows: list[Record] = []
    for start, coefficients in zip(function.starts.tolist(), function.coefficients.tolist(), strict=True):
        if rows and rows[-1][0] == start:  # of several at one place, the last one holds
            rows.pop()
        rows.append((start, *coefficients))
    if rows and rows[0][0] > 0.0:
        rows.insert(0, (0.0, rows[0][1], 0.0, 0.0, 0.0))
    return rows


def repair_records(
    parent: Element, tag: str, start: str, wanted: list[Record], repairs: Repairs, index: int = 0
) -> None:
    """Write the wanted records, unless they are there as every reader reads them.

    Parameters
    ----------
    start:
        Attribute that says where a record begins.
    index:
        Where among the children they go if there are none yet.
    """
    there = list(parent.children(tag))
    if [tuple([plain_number(element, name) for name in (start, *_COEFFICIENTS)]) for element in there] == wanted:
        return
    repairs.note(parent, f"{tag} records are written anew")
    index = place_of(parent, tag, index)
    for element in there:
        parent.xml.remove(element.xml)
    for row in reversed(wanted):
        texts = dict(zip((start, *_COEFFICIENTS), map(written, row), strict=True))
        parent.xml.insert(index, XmlElement(tag, texts))
