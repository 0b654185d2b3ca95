# mypy: allow-untyped-defs, allow-untyped-calls
"""Road marks: painted lines by analytic coverage.

A line's share of a pixel is the overlap of the pixel's footprint with the line's width times the painted share of the
footprint's length, both exact for a box filter: far lines grow faint instead of breaking up, and do not flicker.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.ground.projection import column_of
from wormdrive.envs.rendering.camera.ground.rows import FOOT_D, FOOT_S
from wormdrive.envs.rendering.camera.lens import CELL
from wormdrive.envs.rendering.camera.road_layout.marks_table import COLOUR, DASH, HALF_WIDTH, KERB, OFFSET, PERIOD
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.roads.route import MarkColour
from wormdrive.envs.seasons.appearance import MARK_STRENGTH, MARK_WEAR, MARK_WHITE, MARK_YELLOW
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["LABEL_SHARE", "PAINT", "label_marks", "paint_marks", "painted_length"]

f4 = np.float32

PAINT = np.array(
    [
        (0.64, 0.64, 0.61),
        (0.66, 0.42, 0.06),
        (0.45, 0.05, 0.03),
        (0.05, 0.14, 0.42),
        (0.04, 0.30, 0.10),
        (0.62, 0.24, 0.04),
        (0.34, 0.33, 0.31),
    ],
    np.float32,
)
"""Linear reflectance by ``MarkColour``, then of kerbs; white and yellow come from the appearance instead."""
_WHITE, _YELLOW = int(MarkColour.WHITE), int(MarkColour.YELLOW)
_LINES, _PAVEMENT = int(SemanticLabel.ROAD_LINES), int(SemanticLabel.SIDEWALKS)
LABEL_SHARE = 0.3
"""Of a pixel that a line must cover to own it."""


@glue
def _range(rows, v, low, high, offset, reach, focal, centre_u, far):
    """Pixels between ``low`` and ``high`` that a line may touch."""
    one = column_of(offset - reach, rows, v, focal, centre_u, far)
    other = column_of(offset + reach, rows, v, focal, centre_u, far)
    begin = int(max(math.floor(min(one, other) - f4(0.5)), f4(low)))
    end = int(min(math.ceil(max(one, other) + f4(0.5)), f4(high)))
    return begin, end


@glue
def painted_length(first, last, dash, period):
    """Length of paint [m] between two places of a line, given in whole periods of ``dash`` and gap [m]."""
    whole_last, whole_first = math.floor(last), math.floor(first)
    return (
        (whole_last - whole_first) * dash
        + min((last - whole_last) * period, dash)
        - min((first - whole_first) * period, dash)
    )


@kernel
def paint_marks(
    rows, v, far, low, high, marks, section, count, station, appearance, focal, centre_u, lateral, along, red, green,
    blue
):  # fmt: skip
    """Blend all lines of a cross-section into the reflectance of row ``v``, between pixels ``low`` and ``high``.

    ``far`` tells the side of the point nearest to the circle's centre; ``station`` [m] is the row's.
    """
    foot_d, foot_s = rows[v, FOOT_D], rows[v, FOOT_S]
    half_d, half_s = f4(0.5) * foot_d, f4(0.5) * foot_s
    per_d, per_s = f4(1) / foot_d, f4(1) / foot_s
    for m in range(count):
        offset, half = marks[section, m, OFFSET], marks[section, m, HALF_WIDTH]
        begin, end = _range(rows, v, low, high, offset, half + half_d, focal, centre_u, far)
        if end <= begin:
            continue
        dash, period = marks[section, m, DASH], marks[section, m, PERIOD]
        phase = f4(station - math.floor(station / period) * period)
        colour = int(marks[section, m, COLOUR])
        r, g, b = PAINT[colour, 0], PAINT[colour, 1], PAINT[colour, 2]
        if colour == _WHITE or colour == _YELLOW:
            at = MARK_WHITE if colour == _WHITE else MARK_YELLOW
            r, g, b = appearance[at], appearance[at + 1], appearance[at + 2]
        strength = f4(1) if colour == KERB else appearance[MARK_STRENGTH]
        wear = f4(0) if colour == KERB else appearance[MARK_WEAR]
        per_period = f4(1) / period
        for block in range((end - begin + CELL - 1) // CELL):
            for i in range(CELL):
                u = np.uint64(begin + block * CELL) + np.uint64(i)
                d = lateral[u] - offset
                covered = min(max((min(d + half_d, half) - max(d - half_d, -half)) * per_d, f4(0)), f4(1))
                last = (phase + along[u] + half_s) * per_period
                first = (phase + along[u] - half_s) * per_period
                painted = painted_length(first, last, dash, period)
                fresh = min(max((green[u] - f4(0.10)) * f4(6), f4(0)), f4(1))
                covered *= min(painted * per_s, f4(1)) * strength * (f4(1) - wear * (f4(1) - fresh))
                covered = covered if block * CELL + i < end - begin else f4(0)
                red[u] += (r - red[u]) * covered
                green[u] += (g - green[u]) * covered
                blue[u] += (b - blue[u]) * covered


@kernel
def label_marks(
    rows, v, far, low, high, marks, section, count, station, focal, centre_u, lateral, along, labels, first
):  # fmt: skip
    """Label what lines cover in row ``v``, whose labels begin at ``labels[first]``."""
    if high <= low:  # where nothing lies beyond, a column beyond need not be finite
        return
    foot_d = rows[v, FOOT_D]
    half_d = f4(0.5) * foot_d
    for m in range(count):
        offset, half = marks[section, m, OFFSET], marks[section, m, HALF_WIDTH]
        begin, end = _range(rows, v, low, high, offset, half + half_d, focal, centre_u, far)
        dash, period = marks[section, m, DASH], marks[section, m, PERIOD]
        phase = f4(station - math.floor(station / period) * period)
        label = np.uint8(_PAVEMENT) if int(marks[section, m, COLOUR]) == KERB else np.uint8(_LINES)
        for u in range(begin, end):
            d = lateral[u] - offset
            covered = (min(d + half_d, half) - max(d - half_d, -half)) / foot_d
            s = (phase + along[u]) / period
            if covered > f4(LABEL_SHARE) and (s - math.floor(s)) * period <= dash:
                labels[first + u] = label
