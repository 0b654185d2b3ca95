"""Marks table: the painted lines of each cross-section, and the kerbs that separate asphalt from what lies higher."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import CrossSections, Surface

__all__ = ["COLOUR", "DASH", "HALF_WIDTH", "KERB", "MARK_FIELDS", "OFFSET", "PERIOD", "SectionMarks", "section_marks"]

OFFSET, HALF_WIDTH, DASH, PERIOD, COLOUR = range(5)
"""Columns of ``SectionMarks.values``: all in metres, except COLOUR: a ``MarkColour`` or ``KERB``."""
MARK_FIELDS = 5
KERB = 6
"""Colour number of kerb stones."""

_KERB_WIDTH = 0.16
_ASPHALT = (Surface.DRIVING, Surface.SHOULDER, Surface.PARKING, Surface.BIKING)
_RAISED = (Surface.SIDEWALK, Surface.MEDIAN)


class SectionMarks(NamedTuple):
    """``count`` (U,) int32; ``values`` (U, M, MARK_FIELDS) float32, kerbs first so that paint lies on top."""

    count: NDArray[np.int32]  # type: ignore[assignment]  # hides tuple.count, which nobody calls
    values: NDArray[np.float32]


def section_marks(sections: CrossSections) -> SectionMarks:
    """Collect marks and kerbs of every cross-section."""
    rows: list[list[tuple[float, float, float, float, float]]] = []
    for u in range(len(sections.edges)):
        rows.append([(d, 0.5 * _KERB_WIDTH, 1.0, 1.0, KERB) for d in _kerbs(sections.edges[u], sections.surface[u])])
        for m in np.flatnonzero(sections.mark_width[u] > 0.0):
            dash, period = float(sections.mark_dash[u, m]), float(sections.mark_period[u, m])
            if not 0.0 < dash < period:
                dash = period = 1.0
            half = 0.5 * float(sections.mark_width[u, m])
            rows[-1].append((float(sections.mark_offset[u, m]), half, dash, period, float(sections.mark_colour[u, m])))
    most = max(1, *(len(row) for row in rows)) if rows else 1
    table = SectionMarks(np.zeros(len(rows), np.int32), np.zeros((len(rows), most, MARK_FIELDS), np.float32))
    for u, row in enumerate(rows):
        table.count[u] = len(row)
        if row:
            table.values[u, : len(row)] = row
    return table


def _kerbs(edges: NDArray[np.float32], surface: NDArray[np.uint8]) -> list[float]:
    solid = np.flatnonzero(np.diff(edges) > 0.02)
    found = []
    for below, above in pairwise(solid):
        kinds = (surface[below], surface[above])
        if (kinds[0] in _ASPHALT and kinds[1] in _RAISED) or (kinds[1] in _ASPHALT and kinds[0] in _RAISED):
            found.append(float(edges[above]))
    return found
