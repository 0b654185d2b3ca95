# mypy: allow-untyped-defs, allow-untyped-calls
"""Row layout: which strip of the ground texture each pixel of a row shows.

The boundaries of a cross-section's runs (``road_layout/strips.py``) cross a row at columns that follow in closed form,
so a row splits into *stretches* of pixels, one run each, written from left to right in blocks of fixed length: each may
run over its end, because the next overwrites it. In bends a row can pass the point nearest to the circle's centre;
beyond it the runs come in reverse, until open country begins.
"""

from __future__ import annotations

import math

import numpy as np

from wormdrive.envs.rendering.camera.ground.projection import column_of, reach_columns
from wormdrive.envs.rendering.camera.ground.rows import KAPPA
from wormdrive.envs.rendering.camera.road_layout.strips import BASE, PAVED, SHIFT, SLOPE, WANDER
from wormdrive.envs.rendering.kernels.compilation import glue, kernel
from wormdrive.envs.seasons.art.layout import Strip
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = [
    "BLOCK",
    "GRAVEL_TO",
    "REPEAT",
    "REPEAT_FROM",
    "REPEAT_SHIFT",
    "STRETCH_FIELDS",
    "VERGE",
    "fill_stretches",
    "label_stretches",
    "list_stretches",
]

f4 = np.float32

BLOCK = 16
"""Row buffers are this much longer than a row, since blocks may run over its end."""

BEGIN, END, RUN, OPEN = range(4)
"""Columns of the list of stretches: first pixel, one past the last, run, and 1 for open country behind the centre."""
STRETCH_FIELDS = 4

VERGE = float(Strip.VERGE)
REPEAT_FROM = float(Strip.VERGE_REPEAT_FROM)
REPEAT = float(Strip.VERGE_END - Strip.VERGE_REPEAT_FROM)
"""Where in the texture the verge begins, from where on it repeats, and how much of it does [m]."""
REPEAT_SHIFT = 7.31
"""Along s from one repetition to the next [m]."""
GRAVEL_TO = VERGE + 0.8
"""Up to here a verge is gravel [m]."""
_OPEN_COUNTRY = 7.0  # least texture coordinate behind a circle's centre, so that no ghost of the road shows
_GROUND = int(SemanticLabel.GROUND)


@glue
def _pixel(column, low, high):
    """First pixel whose centre lies right of ``column``, within [low, high]."""
    return int(min(max(math.ceil(column - f4(0.5)), f4(low)), f4(high)))


@glue
def _append(stretches, count, begin, end, run, is_open):
    if end <= begin:
        return count
    stretches[count, BEGIN] = begin
    stretches[count, END] = end
    stretches[count, RUN] = run
    stretches[count, OPEN] = is_open
    return count + 1


@glue
def _append_far(stretches, count, far, runs, begin, end):
    if end > begin:
        for k in range(runs):
            count = _append(
                stretches, count, _pixel(far[k], begin, end), _pixel(far[k + 1], begin, end), k, 0
            )  # fmt: skip
    return count


@kernel
def list_stretches(rows, v, edges, section, runs, focal, centre_u, width, near, far, stretches):
    """Cut row ``v`` into stretches.

    ``near`` and ``far`` (R + 1,) receive the columns of the runs' edges on either side of the point nearest to the
    circle's centre. Returns the number of stretches, and the pixel ranges of both sides: near begin, near end, far
    begin, far end.
    """
    for k in range(runs + 1):
        near[k] = column_of(edges[section, k], rows, v, focal, centre_u, False)
    nearest, behind = reach_columns(rows, v, focal, centre_u)
    turns = _pixel(nearest, 0, width)
    opens = _pixel(behind, 0, width)
    centre_left = rows[v, KAPPA] > f4(0)
    opens = min(opens, turns) if centre_left else max(opens, turns)
    near_begin, near_end = (turns, width) if centre_left else (0, turns)
    far_begin, far_end = (opens, turns) if centre_left else (turns, opens)
    if far_end > far_begin:
        for k in range(runs + 1):
            far[k] = column_of(edges[section, k], rows, v, focal, centre_u, True)
    count = 0
    if centre_left:
        count = _append(stretches, count, 0, opens, runs - 1, 1)
        count = _append_far(stretches, count, far, runs, far_begin, far_end)
    end = near_begin
    for j in range(runs):
        k = runs - 1 - j
        begin, end = end, _pixel(near[k], near_begin, near_end)
        count = _append(stretches, count, begin, end, k, 0)
    if not centre_left:
        count = _append_far(stretches, count, far, runs, far_begin, far_end)
        count = _append(stretches, count, opens, width, 0, 1)
    return count, near_begin, near_end, far_begin, far_end


@kernel
def fill_stretches(
    stretches, count, edges, values, section, runs, phase, wander, lateral, along, across, station, paved
):  # fmt: skip
    """Fill the texture coordinates ``across`` and ``station`` [m] and ``paved`` (0..1) of a row.

    ``phase`` [m]: station of the row in the texture; ``wander``: of the wheel tracks, share of the lane's width.
    """
    for n in range(count):
        begin, end, k = stretches[n, BEGIN], stretches[n, END], stretches[n, RUN]
        base, slope = values[section, k, BASE], values[section, k, SLOPE]
        begin_s = phase + values[section, k, SHIFT]
        blocks = (end - begin + BLOCK - 1) // BLOCK
        if k == 0 or k == runs - 1:
            least = f4(_OPEN_COUNTRY) if stretches[n, OPEN] else f4(VERGE)
            for block in range(blocks):
                first = np.uint64(begin + block * BLOCK)
                for i in range(BLOCK):
                    u = first + np.uint64(i)
                    c = max(base + slope * lateral[u], least)
                    times = math.floor(max(c - f4(REPEAT_FROM), f4(0)) * f4(1.0 / REPEAT))
                    across[u] = c - times * f4(REPEAT)
                    station[u] = along[u] + begin_s + times * f4(REPEAT_SHIFT)
                    paved[u] = max(f4(VERGE + 1.0) - c, f4(0))
        else:
            bend = wander * values[section, k, WANDER]
            lower, upper = edges[section, k], edges[section, k + 1]
            is_paved = values[section, k, PAVED]
            for block in range(blocks):
                first = np.uint64(begin + block * BLOCK)
                for i in range(BLOCK):
                    u = first + np.uint64(i)
                    d = lateral[u]
                    across[u] = base + slope * d + bend * (d - lower) * (upper - d)
                    station[u] = along[u] + begin_s
                    paved[u] = is_paved


@kernel
def label_stretches(stretches, count, values, run_label, section, runs, lateral, labels, at):
    """Fill the labels of a row that begins at ``labels[at]``."""
    for n in range(count):
        k = stretches[n, RUN]
        base, slope = values[section, k, BASE], values[section, k, SLOPE]
        verge = (k == 0 or k == runs - 1) and stretches[n, OPEN] == 0
        label = run_label[section, k]
        begin = np.uint64(stretches[n, BEGIN])
        first = np.uint64(at) + begin
        if verge:
            for i in range(stretches[n, END] - stretches[n, BEGIN]):
                gravel = base + slope * lateral[begin + np.uint64(i)] < f4(GRAVEL_TO)
                labels[first + np.uint64(i)] = np.uint8(_GROUND) if gravel else label
        else:
            for i in range(stretches[n, END] - stretches[n, BEGIN]):
                labels[first + np.uint64(i)] = label
