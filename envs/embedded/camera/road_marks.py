"""Road marks: painted lines by analytic coverage.

A line's share of a pixel is the overlap of the pixel's footprint with the line's width times the painted share of the
footprint's length, both exact for a box filter: far lines grow faint instead of breaking up, and do not flicker.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.embedded.camera.marks_table import COLOUR, DASH, HALF_WIDTH, KERB, OFFSET, PERIOD
from wormdrive.envs.embedded.camera.numba_options import glue, kernel
from wormdrive.envs.embedded.camera.projection import column_of
from wormdrive.envs.embedded.camera.rows import FOOT_D, FOOT_S
from wormdrive.envs.roads.route import MarkColour
from wormdrive.envs.seasons.appearance import MARK_STRENGTH, MARK_WEAR, MARK_WHITE, MARK_YELLOW

__all__ = ["draw_marks"]

f4 = np.float32

_PAINT = np.array(
    [(0.64, 0.64, 0.61), (0.66, 0.42, 0.06), (0.45, 0.05, 0.03), (0.05, 0.14, 0.42), (0.04, 0.30, 0.10),
     (0.62, 0.24, 0.04), (0.34, 0.33, 0.31)],
    np.float32,
)  # fmt: skip
"""Linear reflectance by ``MarkColour``, then of kerbs; white and yellow come from the appearance instead."""
_WHITE, _YELLOW = int(MarkColour.WHITE), int(MarkColour.YELLOW)
_LABEL_SHARE = 0.3  # of a pixel that a line must cover to own it


@kernel
def _paint(
    lateral,
    along,
    offset,
    half,
    foot_d,
    foot_s,
    dash,
    period,
    phase,
    strength,
    wear,
    r,
    g,
    b,
    begin,
    end,
    red,
    green,
    blue,
):
    half_d, half_s = f4(0.5) * foot_d, f4(0.5) * foot_s
    per_d, per_s, per_period = f4(1) / foot_d, f4(1) / foot_s, f4(1) / period
    for u in range(begin, end):
        d = lateral[u] - offset
        share = min(max((min(d + half_d, half) - max(d - half_d, -half)) * per_d, f4(0)), f4(1))
        last = (phase + along[u] + half_s) * per_period
        first = (phase + along[u] - half_s) * per_period
        whole_last, whole_first = math.floor(last), math.floor(first)
        painted = (
            (whole_last - whole_first) * dash
            + min((last - whole_last) * period, dash)
            - min((first - whole_first) * period, dash)
        )
        fresh = min(max((green[u] - f4(0.10)) * f4(6), f4(0)), f4(1))
        share = share * min(painted * per_s, f4(1)) * strength * (f4(1) - wear * (f4(1) - fresh))
        red[u] += (r - red[u]) * share
        green[u] += (g - green[u]) * share
        blue[u] += (b - blue[u]) * share


@kernel
def _label(lateral, along, offset, half, foot_d, dash, period, phase, label, begin, end, labels):
    half_d = f4(0.5) * foot_d
    for u in range(begin, end):
        d = lateral[u] - offset
        share = (min(d + half_d, half) - max(d - half_d, -half)) / foot_d
        s = (phase + along[u]) / period
        if share > f4(_LABEL_SHARE) and (s - math.floor(s)) * period <= dash:
            labels[u] = label


@glue
def draw_marks(
    entry, count, marks, station, looks, focal, centre_u, spans, row, want_colour, want_label, line, pavement
):
    """Blend all lines of a cross-section into a row's reflectance and labels.

    ``entry`` is the row's in the row table, ``station`` [m] its exact station, ``spans`` the pixel ranges from
    ``lay_out_row``.
    """
    foot_d, foot_s = entry[FOOT_D], entry[FOOT_S]
    for m in range(count):
        offset, half, dash, period = marks[m, OFFSET], marks[m, HALF_WIDTH], marks[m, DASH], marks[m, PERIOD]
        phase = f4(station - math.floor(station / period) * period)
        colour = int(marks[m, COLOUR])
        kerb = colour == KERB
        r, g, b = _PAINT[colour, 0], _PAINT[colour, 1], _PAINT[colour, 2]
        if colour == _WHITE or colour == _YELLOW:
            at = MARK_WHITE if colour == _WHITE else MARK_YELLOW
            r, g, b = looks[at], looks[at + 1], looks[at + 2]
        strength = f4(1) if kerb else looks[MARK_STRENGTH]
        wear = f4(0) if kerb else looks[MARK_WEAR]
        reach = half + f4(0.5) * foot_d
        for far in range(2):
            low, high = spans[2 * far], spans[2 * far + 1]
            if high <= low:
                continue
            one = column_of(offset - reach, entry, focal, centre_u, far == 1)
            other = column_of(offset + reach, entry, focal, centre_u, far == 1)
            begin = int(max(math.floor(min(one, other) - f4(0.5)), f4(low)))
            end = int(min(math.ceil(max(one, other) + f4(0.5)), f4(high)))
            if end <= begin:
                continue
            if want_colour:
                _paint(
                    row.lateral, row.along, offset, half, foot_d, foot_s, dash, period, phase, strength, wear, r, g, b,
                    begin, end, row.red, row.green, row.blue,
                )  # fmt: skip
            if want_label:
                label = pavement if kerb else line
                _label(row.lateral, row.along, offset, half, foot_d, dash, period, phase, label, begin, end, row.label)
