"""Canvas: small charts as SVG whose colours are the page's, so that they follow it into the dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

__all__ = ["Canvas", "Scale", "marker_key"]

Point = tuple[float, float]

_MARKERS: Final = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "M0 -5.2L5.2 0L0 5.2L-5.2 0z",
    "M-3.8 -3.8h7.6v7.6h-7.6z",
    "M0 -4.8L4.8 3.6h-9.6z",
    "M0 4.8L4.8 -3.6h-9.6z",
    "M-1.6 -4.8h3.2v3.2h3.2v3.2h-3.2v3.2h-3.2v-3.2h-3.2v-3.2h3.2z",
)
"""Disc, diamond, square, triangles and cross: models are not told apart by colour alone."""

_COLOURS: Final = 6


@dataclass(frozen=True)
class Scale:
    """From values between ``low`` and ``high`` to pixels between ``start`` and ``end``; what lies beyond is cut off."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


class Canvas:
    """A picture that grows; ``svg`` returns it. ``label`` is what screen readers say."""

    def __init__(self, width: float, height: float, label: str) -> None:
        self._parts = [
            f'<svg class="chart" viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-label="{escape(label)}">'
        ]

    def line(self, a: Point, b: Point, kind: str) -> None:
        """Draw a line; ``kind`` is a class of the style sheet."""
        self._parts.append(f'<path class="{kind}" d="M{_n(a[0])} {_n(a[1])}L{_n(b[0])} {_n(b[1])}"/>')

    def curve(self, points: Iterable[Point], kind: str, *, closed: bool = False) -> None:
        """Draw straight from point to point."""
        path = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        self._parts.append(f'<path class="{kind}" d="M{path}{"z" if closed else ""}"/>')

    def box(self, corner: Point, size: Point, kind: str, title: str = "") -> None:
        """Draw a rectangle from its upper left corner."""
        (x, y), (width, height) = corner, size
        rect = f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0.0))}" height="{_n(height)}"'
        self._parts.append(f"{rect}>{_title(title)}</rect>" if title else f"{rect}/>")

    def mark(self, at: Point, series: int, title: str, kind: str = "mark") -> None:
        """Draw the marker of a series; ``title`` shows where a pointer rests on it."""
        shape = _shape(series)
        place = f"translate({_n(at[0])} {_n(at[1])})"
        self._parts.append(
            f'<path class="{kind} {_colour(series)}" transform="{place}" d="{shape}">{_title(title)}</path>'
        )

    def text(
        self, at: Point, words: str, kind: str = "tick", anchor: Literal["start", "middle", "end"] = "start"
    ) -> None:
        """Write; ``at`` is on the base line."""
        self._parts.append(
            f'<text class="{kind}" x="{_n(at[0])}" y="{_n(at[1])}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def across(self, scale: Scale, ticks: Sequence[tuple[float, str]], top: float, bottom: float, name: str) -> None:
        """Draw a horizontal axis: a grid line and a number at each tick, and its name below."""
        for value, words in ticks:
            self.line((scale(value), top), (scale(value), bottom), "grid-line")
            self.text((scale(value), bottom + 14.0), words, "tick", "middle")
        self.text(((scale.start + scale.end) / 2.0, bottom + 30.0), name, "axis", "middle")

    def up(self, scale: Scale, ticks: Sequence[tuple[float, str]], left: float, right: float, name: str = "") -> None:
        """Draw a vertical axis: a grid line and a number at each tick, and its name above, if it has one."""
        if name:
            self.text((left, min(scale.start, scale.end) - 13.0), name, "axis")
        for value, words in ticks:
            self.line((left, scale(value)), (right, scale(value)), "grid-line")
            self.text((left - 6.0, scale(value) + 4.0), words, "tick", "end")

    @property
    def svg(self) -> str:
        """The picture as an ``<svg>`` element."""
        return "".join((*self._parts, "</svg>"))


def marker_key(series: int) -> str:
    """Return the marker of a series as a small picture for a legend."""
    shape = _shape(series)
    return (
        f'<svg class="chart marker-key" viewBox="-7 -7 14 14" aria-hidden="true"><path class="mark {_colour(series)}" '
        f'd="{shape}"/></svg>'
    )


def _colour(series: int) -> str:
    return f"s{series % _COLOURS}"


def _shape(series: int) -> str:
    """Return a series' marker; where colours begin anew, the next one, so that no two series have both alike."""
    return _MARKERS[(series + series // _COLOURS) % len(_MARKERS)]


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>"


def _n(value: float) -> str:
    """Return a number of pixels as short as it can be said."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0: no minus before a zero
