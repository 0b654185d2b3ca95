"""Distances: how far each training comes, a row a way, drawn as SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Final

__all__ = ["distances_svg"]

_LEFT, _WIDE, _ROW, _TOP = 190, 760, 30, 26
_SNOW: Final = (0.25, 0.75)
"""Shares of the route where snow begins to arrive, and has arrived."""


def distances_svg(metres: Mapping[str, Sequence[float]], length_m: float, *, snow: bool = True) -> str:
    """Draw for each way the mean distance of every training [m], a dot each, and a bar at their mean.

    ``snow`` shows where it comes.
    """
    width = _WIDE - _LEFT - 30

    def x(value: float) -> float:
        return _LEFT + width * value / length_m

    bottom = _TOP + _ROW * len(metres)
    parts = _snow(x, bottom, length_m) if snow else []
    for row, (way, values) in enumerate(metres.items()):
        y = _TOP + _ROW * (row + 0.5)
        mean = sum(values) / len(values)
        parts.append(f'<text x="{_LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(way)}</text>')
        parts.append(f'<line class="rule" x1="{_LEFT}" x2="{_LEFT + width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts += [f'<circle cx="{x(value):.1f}" cy="{y:.1f}" r="4"/>' for value in values]
        parts.append(f'<line class="mean" x1="{x(mean):.1f}" x2="{x(mean):.1f}" y1="{y - 10:.1f}" y2="{y + 10:.1f}"/>')
    parts += [
        f'<text class="tick" x="{x(share * length_m):.1f}" y="{bottom + 18}" text-anchor="middle">'
        f"{share * length_m:.0f} m</text>"
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    return (
        f'<svg viewBox="0 0 {_WIDE} {bottom + 28}" role="img" aria-label="Distance driven before a wheel left the '
        f'lane, a dot a training">{"".join(parts)}</svg>'
    )


def _snow(x: Callable[[float], float], bottom: float, length_m: float) -> list[str]:
    parts = []
    for begin, end, kind, says in ((*_SNOW, "snow", "snow arrives"), (_SNOW[1], 1.0, "snow all", "all is there")):
        left, right = x(begin * length_m), x(end * length_m)
        parts.append(
            f'<rect class="{kind}" x="{left:.1f}" y="{_TOP}" width="{right - left:.1f}" height="{bottom - _TOP}"/>'
            f'<text class="tick" x="{(left + right) / 2:.1f}" y="{_TOP - 8}" text-anchor="middle">{says}</text>'
        )
    return parts
