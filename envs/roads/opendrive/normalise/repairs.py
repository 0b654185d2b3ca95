"""What is repaired in a map's text, and how numbers are written there."""

from __future__ import annotations

import re
from typing import Final

from wormdrive.envs.roads.opendrive.document import Element

__all__ = ["Repairs", "is_plain", "place_of", "plain_number", "written"]

_PLAIN: Final = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)


class Repairs:
    """Counts and names what is changed; a text in which nothing was stays the same byte by byte."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def note(self, element: Element, what: str) -> None:
        """Say what is changed about an element."""
        self.made.append(f"{element.where}: {what}" if element.where else what)

    def set(self, element: Element, name: str, text: str) -> None:
        """Set an attribute, if it has another text."""
        if element.xml.get(name) != text:
            self.note(element, f"{name}={str(element.xml.get(name))[:40]!r} becomes {text[:40]!r}")
            element.xml.set(name, text)

    def remove(self, parent: Element, child: Element, why: str) -> None:
        """Remove a child of an element."""
        self.note(child, f"{why}; removed")
        parent.xml.remove(child.xml)


def is_plain(text: str) -> bool:
    """Whether every reader takes a text for the same finite number: digits, point and exponent, in ASCII."""
    return _PLAIN.fullmatch(text) is not None and abs(float(text)) < float("inf")


def plain_number(element: Element, name: str, default: float = 0.0) -> float | None:
    """Read an attribute as every reader does; None if they would not agree."""
    text = element.xml.get(name)
    if text is None:
        return default
    return float(text) if is_plain(text) else None


def written(value: float) -> str:
    """Write a number that is read as the same again."""
    return repr(float(value) + 0.0)


def place_of(parent: Element, tag: str, default: int) -> int:
    """Index among an element's children of the first one of that name."""
    return next((k for k, child in enumerate(parent.xml) if child.tag == tag), default)
