"""Row layout: which strip of the ground texture each pixel of a row shows.

The boundaries of a cross-section's runs (``strips.py``) cross a row at columns that follow in closed form, so that a row
splits into stretches, written from left to right in blocks of fixed length: each may run over its end, because the
next overwrites it. In bends a row can pass the point nearest to the circle's centre; beyond it the runs come in
reverse, until open country begins.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.camera.labels import Label
from wormdrive.envs.embedded.camera.numba_options import glue, kernel
from wormdrive.envs.embedded.camera.projection import columns_of, reach_columns
from wormdrive.envs.embedded.camera.rows import KAPPA
from wormdrive.envs.embedded.camera.strips import BASE, PAVED, SHIFT, SLOPE, WANDER
from wormdrive.envs.seasons.art.layout import Strip

__all__ = ["BLOCK", "Layout", "RowBuffers", "lay_out_row"]

f4 = np.float32

BLOCK = 16
"""Row buffers are this much longer than a row, since blocks may run over its end."""

_VERGE = float(Strip.VERGE)
_SHELF = float(Strip.VERGE_REPEAT_FROM)
_REPEAT = float(Strip.VERGE_END - Strip.VERGE_REPEAT_FROM)
_REPEAT_SHIFT = 7.31  # m along s from one repetition to the next
_GRAVEL_TO = _VERGE + 0.8
_OPEN_COUNTRY = 7.0  # least texture coordinate behind a circle's centre, so that no ghost of the road shows
_GROUND = int(Label.GROUND)


class RowBuffers(NamedTuple):
    """One row at work, (W + BLOCK,) each, float32 unless said.

    ``lateral``, ``along`` [m]: place on the road; ``across``, ``station`` [m]: place in the texture; ``paved`` 0..1;
    ``red, green, blue``: reflectance; ``bareness`` 0..1; ``shade`` 0..1; ``label`` (W,) uint8. ``near`` and ``far``
    (R + 1,) hold the columns of the runs' edges on either side of the point nearest to the circle's centre.
    """

    lateral: NDArray[np.float32]
    along: NDArray[np.float32]
    across: NDArray[np.float32]
    station: NDArray[np.float32]
    paved: NDArray[np.float32]
    red: NDArray[np.float32]
    green: NDArray[np.float32]
    blue: NDArray[np.float32]
    bareness: NDArray[np.float32]
    shade: NDArray[np.float32]
    label: NDArray[np.uint8]
    near: NDArray[np.float32]
    far: NDArray[np.float32]


class Layout(NamedTuple):
    """The cross-section that a row shows.

    ``count`` runs; ``edges``, ``values``, ``label``, ``seam`` as in ``SectionRuns``; ``phase`` [m]: station of the
    row in the texture; ``wander``: of the wheel tracks, share of the lane's width; ``labelled``: whether labels are
    wanted.
    """

    count: int
    edges: NDArray[np.float32]
    values: NDArray[np.float32]
    label: NDArray[np.uint8]
    seam: NDArray[np.uint8]
    phase: float
    wander: float
    labelled: bool


@kernel
def _fill_run(lateral, along, base, slope, bend, lower, upper, begin_s, is_paved, begin, end, across, station, paved):
    for block in range((end - begin + BLOCK - 1) // BLOCK):
        first = np.uint64(begin + block * BLOCK)
        for i in range(BLOCK):
            u = first + np.uint64(i)
            d = lateral[u]
            across[u] = base + slope * d + bend * (d - lower) * (upper - d)
            station[u] = along[u] + begin_s
            paved[u] = is_paved


@kernel
def _fill_verge(lateral, along, base, slope, least, begin_s, begin, end, across, station, paved):
    for block in range((end - begin + BLOCK - 1) // BLOCK):
        first = np.uint64(begin + block * BLOCK)
        for i in range(BLOCK):
            u = first + np.uint64(i)
            c = max(base + slope * lateral[u], least)
            times = math.floor(max(c - f4(_SHELF), f4(0)) * f4(1.0 / _REPEAT))
            across[u] = c - times * f4(_REPEAT)
            station[u] = along[u] + begin_s + times * f4(_REPEAT_SHIFT)
            paved[u] = max(f4(_VERGE + 1.0) - c, f4(0))


@kernel
def _fill_labels(lateral, base, slope, least, label, begin, end, labels):
    for u in range(begin, end):
        labels[u] = np.uint8(_GROUND) if max(base + slope * lateral[u], least) < f4(_GRAVEL_TO) else label


@glue
def _fill(k, begin, end, open_country, layout, row):
    if end <= begin:
        return
    base, slope = layout.values[k, BASE], layout.values[k, SLOPE]
    begin_s = layout.phase + layout.values[k, SHIFT]
    least = f4(-16)
    if k == 0 or k == layout.count - 1:
        least = f4(_OPEN_COUNTRY if open_country else _VERGE)
        _fill_verge(row.lateral, row.along, base, slope, least, begin_s, begin, end, row.across, row.station, row.paved)
    else:
        bend = layout.wander * layout.values[k, WANDER]
        lower, upper = layout.edges[k], layout.edges[k + 1]
        paved = layout.values[k, PAVED]
        _fill_run(
            row.lateral, row.along, base, slope, bend, lower, upper, begin_s, paved, begin, end,
            row.across, row.station, row.paved,
        )  # fmt: skip
    if layout.labelled:
        gravel_base = base if least > f4(0) else f4(16)
        _fill_labels(row.lateral, gravel_base, slope, least, layout.label[k], begin, end, row.label)


@glue
def _pixel(column, low, high):
    """First pixel whose centre lies right of ``column``, within [low, high]."""
    return int(min(max(math.ceil(column - f4(0.5)), f4(low)), f4(high)))


@glue
def _fill_far(begin, end, layout, row):
    if end <= begin:
        return
    for k in range(layout.count):
        _fill(k, _pixel(row.far[k], begin, end), _pixel(row.far[k + 1], begin, end), False, layout, row)


@glue
def lay_out_row(entry, layout, lens_focal, centre_u, width, row):
    """Fill texture coordinates and labels of the row whose entry in the row table is ``entry``.

    Returns the pixel ranges on the near and on the far side of the point nearest to the circle's centre: near begin,
    near end, far begin, far end.
    """
    count = layout.count
    last = count - 1
    columns_of(layout.edges, count + 1, entry, lens_focal, centre_u, False, row.near)
    nearest, behind = reach_columns(entry, lens_focal, centre_u)
    turns = _pixel(nearest, 0, width)
    opens = _pixel(behind, 0, width)
    centre_left = entry[KAPPA] > f4(0)
    opens = min(opens, turns) if centre_left else max(opens, turns)
    near_begin, near_end = (turns, width) if centre_left else (0, turns)
    far_begin, far_end = (opens, turns) if centre_left else (turns, opens)
    if far_end > far_begin:
        columns_of(layout.edges, count + 1, entry, lens_focal, centre_u, True, row.far)
    if centre_left:
        _fill(last, 0, opens, True, layout, row)
        _fill_far(far_begin, far_end, layout, row)
    for j in range(count):
        k = last - j
        begin, end = _pixel(row.near[k + 1], near_begin, near_end), _pixel(row.near[k], near_begin, near_end)
        _fill(k, begin, end, False, layout, row)
    if not centre_left:
        _fill_far(far_begin, far_end, layout, row)
        _fill(0, opens, width, True, layout, row)
    return near_begin, near_end, far_begin, far_end
