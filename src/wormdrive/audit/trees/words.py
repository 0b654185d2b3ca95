"""Words: what a path through a tree says, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from wormdrive.audit.situation import AGO_S, AHEAD_S, NAMES
from wormdrive.audit.trees.small_tree import Box, SmallTree

__all__ = ["sentences", "steers"]

_STRAIGHT_PER_M: Final = 0.0005
"""Steering of less curvature than this is called straight [1/m]."""

_SIDED: Final = {
    "offset": ("left of the lane's centre", "right of it", "m", 1.0),
    "heading error": ("turned left of the lane", "turned right of it", "deg", math.degrees(1.0)),
    "curvature": ("a bend to the left", "a bend to the right", "1/m", 1.0),
    "curvature ahead": (
        f"a bend to the left {AHEAD_S:g} s ahead",
        f"a bend to the right {AHEAD_S:g} s ahead",
        "1/m",
        1.0,
    ),
    "yaw rate": ("turning left", "turning right", "deg/s", math.degrees(1.0)),
}
_MOST_ARE: Final = 0.005


def sentences(tree: SmallTree, answer: Callable[[float], str], names: tuple[str, ...] = NAMES) -> list[str]:
    """Say each path of a tree, the most frequent first; ``answer`` words the number at its end.

    Columns that are none of a situation's are called by their ``names``.
    """
    boxes = sorted(tree.boxes, key=lambda box: -box.share)
    return [f"{_share(box.share)}: {answer(box.value)}{_when(box, names)}" for box in boxes]


def steers(curvature: float) -> str:
    """Say what somebody who steers a curvature [1/m] does."""
    if abs(curvature) < _STRAIGHT_PER_M:
        return "steers straight on"
    return f"steers {'left' if curvature > 0 else 'right'} (radius {1 / abs(curvature):,.0f} m)"


def _share(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= _MOST_ARE else "under 1 %"


def _when(box: Box, names: tuple[str, ...]) -> str:
    parts = [_said(names[column], box.low.get(column), box.high.get(column)) for column in box.columns]
    return f" when {' and '.join(parts)}" if parts else ", always"


def _said(name: str, low: float | None, high: float | None) -> str:
    """Say that a number lies between two bounds, of which one may be missing."""
    now = name.removesuffix(" before")
    ago = f" {AGO_S:g} s ago" if now != name else ""
    if now not in _SIDED:
        unit = " m/s" if now == "speed" else ""
        return f"{now}{ago} is {_range(low, high, unit)}"
    left, right, unit, scale = _SIDED[now]
    low, high = (None if end is None else end * scale for end in (low, high))
    if low is not None and low >= 0:
        return f"{left}{ago} by {_range(low, high, ' ' + unit)}"
    if high is not None and high <= 0:
        return (
            f"{right.replace('of it', _object(now))}{ago} by {_range(-high, None if low is None else -low, ' ' + unit)}"
        )
    return f"{now}{ago} is {_range(low, high, ' ' + unit)}"


def _object(name: str) -> str:
    return {"offset": "of the lane's centre", "heading error": "of the lane"}.get(name, "of it")


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None:
        return f"{high:.3g}{unit} or less"
    if high is None:
        return f"more than {low:.3g}{unit}"
    return f"{low:.3g} to {high:.3g}{unit}"
