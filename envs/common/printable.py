"""Printable text: names that others chose, as a terminal may show them."""

from __future__ import annotations

__all__ = ["printable"]


def printable(text: str) -> str:
    """Return text whose control characters are question marks: an escape sequence in a file's name stays a name."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
