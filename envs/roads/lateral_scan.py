"""Scan the lateral line of each station: what it crosses, painted on a ruler of one centimetre.

Each station's line is a ruler of cells. The ego road's lanes are painted first, then the lanes of other roads that the
line crosses; in each cell the surface of higher rank stays. The ruler is then read back as intervals. Lanes keep their
own intervals; junction areas, and roads that the line meets at a steep angle, have no lanes to tell apart and become
one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Surface

__all__ = ["MOST_INTERVALS", "MOST_MARKS", "scan"]

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Ruler = NDArray[np.int16]
Station = tuple[float, float, float, float, float]
"""x, y, z, cosine and sine of the heading."""

MOST_INTERVALS: Final = 48
MOST_MARKS: Final = 32
"""Limits a station; what lies farther to the left is left out."""

_HALF: Final = 5_000  # cells on each side: 50 m, for the ego road itself
_OTHERS_CM: Final = 3_000  # other roads count within 30 m
_ABOVE_M: Final = 2.0  # and within this height
_OWN_SKIP_M: Final = 8.0  # of the ego road, which is known exactly here
_SEAM_CM: Final = 30  # narrower gaps in the asphalt are faults of the map
_ISLAND_CM: Final = 400  # narrower gaps between ways through a junction are asphalt too
_STEEP: Final = 0.7  # cosine from which on the line crosses lanes rather than running along them
_MARK_STEEP: Final = 0.4
_SHIFT: Final = 10  # a cell holds rank << _SHIFT | label: 13 bits
_STRIDE: Final = 32  # cells that are compared at a time
_LABELS: Final = 1 << _SHIFT
_COMMON: Final = 0  # label of asphalt without lanes

_RANK: Final = np.zeros(8, np.int64)
for _rank, _surface in enumerate(
    (
        Surface.MEDIAN,
        Surface.SIDEWALK,
        Surface.CURB,
        Surface.SHOULDER,
        Surface.BIKING,
        Surface.PARKING,
        Surface.DRIVING,
    )
):
    _RANK[_surface] = _rank + 1
_BY_RANK: Final = np.argsort(_RANK).astype(np.int64)
_ASPHALT_RANK: Final = int(_RANK[Surface.SHOULDER])
_DRIVING: Final = int(Surface.DRIVING)
_CURB: Final = int(Surface.CURB)


@njit(cache=True, nogil=True, error_model="numpy")
def scan(
    stations: Array,
    own_road: Ints,
    own_spans: Array,
    own_marks: Array,
    points: Array,
    sections: Ints,
    along: Array,
    surfaces: NDArray[np.uint8],
    marks: Array,
    blocks: Ints,
    circles: Array,
    edges_cm: Ints,
    kinds: Ints,
    counts: Ints,
    out_marks: Array,
) -> None:
    """Fill ``edges_cm`` (n, MOST_INTERVALS + 1), ``kinds`` (n, MOST_INTERVALS), ``counts`` (n, 2), ``out_marks``.

    Parameters
    ----------
    stations:
        (n, 6): x, y, z, cosine and sine of the heading, station of the ego road.
    own_road:
        (n,) number of the ego road.
    own_spans, own_marks:
        (n, K, 3) from, to [m], surface; (n, M, 5) offset, width [m], colour, dash, period [m]; absent ones are empty.
    points ... circles:
        ``Sheets`` of the roads around.
    counts:
        Intervals and marks found at each station.
    out_marks:
        (n, MOST_MARKS, 5) as ``own_marks``.
    """
    ruler = np.zeros(2 * _HALF, np.int16)
    for i in range(len(stations)):
        # numbers, tuples and whole arrays are handed on: views cost a count of references each
        here = (stations[i, 0], stations[i, 1], stations[i, 2], stations[i, 3], stations[i, 4])
        marks_here = out_marks[i]
        low, high = _paint_own(ruler, own_spans[i])
        found = _copy_marks(own_marks[i], marks_here)
        for b in range(len(blocks)):
            dx, dy = circles[b, 0] - here[0], circles[b, 1] - here[1]
            ahead = dx * here[3] + dy * here[4]
            left = dy * here[3] - dx * here[4]
            radius = circles[b, 2]
            if abs(ahead) > radius or abs(left) > radius + 0.01 * _OTHERS_CM:
                continue
            if circles[b, 3] > here[2] + _ABOVE_M or circles[b, 4] < here[2] - _ABOVE_M:
                continue
            section, extent = sections[blocks[b, 0]], along[blocks[b, 0]]
            own = section[6] == own_road[i]
            for j in range(blocks[b, 1], blocks[b, 2]):
                s = extent[0] + (j + 0.5) * extent[1]
                if own and abs(s - stations[i, 5]) < _OWN_SKIP_M:
                    continue
                if not _crosses(here, points, section, j):
                    continue
                low, high = _paint_step(ruler, low, high, here, points, section, surfaces, j)
                found = _mark_step(marks_here, found, here, points, section, extent, marks, j, ruler)
        _close_seams(ruler, low, high)
        counts[i, 0] = _read(ruler, low, high, edges_cm[i], kinds[i])
        counts[i, 1] = found
        ruler[low:high] = 0


@njit(cache=True, nogil=True, error_model="numpy")
def _cell(d: float, limit_cm: int) -> int:
    """Cell at whose right end a lateral position lies, within a limit to both sides."""
    return int(np.round(min(max(d * 100.0, -limit_cm), limit_cm))) + _HALF


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(ruler: Ruler, low: int, high: int, value: int) -> None:
    """Paint cells whose rank is lower."""
    least, colour = np.int16((value >> _SHIFT) << _SHIFT), np.int16(value)
    stretch = ruler[low:high]
    for cell in range(len(stretch)):
        stretch[cell] = colour if stretch[cell] < least else stretch[cell]


@njit(cache=True, nogil=True, error_model="numpy")
def _paint_own(ruler: Ruler, spans: Array) -> tuple[int, int]:
    lowest, highest = _HALF, _HALF
    for k in range(len(spans)):
        low = _cell(spans[k, 0], _HALF)
        high = _cell(spans[k, 1], _HALF)
        rank = _RANK[int(spans[k, 2])]
        if high <= low or rank == 0:
            continue
        _fill(ruler, low, high, (rank << _SHIFT) + k + 1)
        lowest, highest = min(lowest, low), max(highest, high)
    return lowest, highest


@njit(cache=True, nogil=True, error_model="numpy")
def _copy_marks(own: Array, out: Array) -> int:
    found = 0
    for k in range(len(own)):
        if own[k, 1] > 0.0 and found < MOST_MARKS:
            out[found] = own[k]
            found += 1
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _ahead(station: Station, points: Array, k: int) -> float:
    return float((points[k, 0] - station[0]) * station[3] + (points[k, 1] - station[1]) * station[4])


@njit(cache=True, nogil=True, error_model="numpy")
def _left(station: Station, points: Array, k: int) -> float:
    return float((points[k, 1] - station[1]) * station[3] - (points[k, 0] - station[0]) * station[4])


@njit(cache=True, nogil=True, error_model="numpy")
def _crosses(station: Station, points: Array, section: Ints, j: int) -> bool:
    """Whether the line may cross a step: its outermost borders' corners lie on both sides."""
    right = section[0] + j
    left = right + (section[2] - 1) * section[1]
    one = _ahead(station, points, right) > 0.0
    return (
        (_ahead(station, points, right + 1) > 0.0) != one
        or (_ahead(station, points, left) > 0.0) != one
        or (_ahead(station, points, left + 1) > 0.0) != one
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _paint_step(
    ruler: Ruler,
    lowest: int,
    highest: int,
    station: Station,
    points: Array,
    section: Ints,
    surfaces: NDArray[np.uint8],
    j: int,
) -> tuple[int, int]:
    """Paint where the line crosses the lanes of one step: each is a quadrangle, clipped by the line."""
    count = section[1]
    for lane in range(section[2] - 1):
        rank = _RANK[surfaces[section[3] + lane]]
        if rank == 0:
            continue
        a = section[0] + lane * count + j
        corners = (a, a + 1, a + count + 1, a + count)
        ahead = (
            _ahead(station, points, corners[0]),
            _ahead(station, points, corners[1]),
            _ahead(station, points, corners[2]),
            _ahead(station, points, corners[3]),
        )
        if min(ahead) > 0.0 or max(ahead) < 0.0:
            continue
        z = 0.25 * (points[corners[0], 2] + points[corners[1], 2] + points[corners[2], 2] + points[corners[3], 2])
        if abs(z - station[2]) > _ABOVE_M:
            continue
        near, far = np.inf, -np.inf
        for k in range(4):
            one, two = ahead[k], ahead[(k + 1) % 4]
            if (one > 0.0) == (two > 0.0):
                continue
            part = one / (one - two)
            v_one, v_two = _left(station, points, corners[k]), _left(station, points, corners[(k + 1) % 4])
            v = v_one + part * (v_two - v_one)
            near, far = min(near, v), max(far, v)
        if near > far:
            continue
        low, high = _cell(near, _OTHERS_CM), _cell(far, _OTHERS_CM)
        length = np.hypot(points[a + 1, 0] - points[a, 0], points[a + 1, 1] - points[a, 1])
        steep = abs(ahead[1] - ahead[0]) < _STEEP * length
        label = _COMMON if section[7] == 1 or steep else 100 + (section[3] + lane) % (_LABELS - 100)
        _fill(ruler, low, high, (rank << _SHIFT) + label)
        if high > low:
            lowest, highest = min(lowest, low), max(highest, high)
    return lowest, highest


@njit(cache=True, nogil=True, error_model="numpy")
def _mark_step(
    out: Array,
    found: int,
    station: Station,
    points: Array,
    section: Ints,
    along: Array,
    marks: Array,
    j: int,
    ruler: Ruler,
) -> int:
    """Add the marks that the line crosses in one step; kerbs are painted on the ruler."""
    for m in range(section[4], section[5]):
        a = section[0] + int(marks[m, 0]) * section[1] + j
        one, two = _ahead(station, points, a), _ahead(station, points, a + 1)
        if (one > 0.0) == (two > 0.0) or abs(points[a, 2] - station[2]) > _ABOVE_M:
            continue
        part = one / (one - two)
        s = along[0] + (j + part) * along[1]
        if not marks[m, 6] <= s < marks[m, 7]:
            continue
        v_one, v_two = _left(station, points, a), _left(station, points, a + 1)
        length = np.hypot(two - one, v_two - v_one)
        cosine = (two - one) / max(length, 1e-9)
        if abs(cosine) < _MARK_STEEP:
            continue
        offset = v_one + part * (v_two - v_one) + marks[m, 1] / cosine
        width = marks[m, 2] / abs(cosine)
        if abs(offset) * 100.0 > _OTHERS_CM:
            continue
        if marks[m, 8] == 1.0:
            low, high = _cell(offset - 0.5 * width, _OTHERS_CM), _cell(offset + 0.5 * width, _OTHERS_CM)
            for cell in range(low, high):  # only where something was found already: kerbs widen no road
                if ruler[cell] != 0 and ruler[cell] >> _SHIFT < _RANK[_CURB]:
                    ruler[cell] = _RANK[_CURB] << _SHIFT
            continue
        known = False
        for k in range(found):
            known = known or abs(out[k, 0] - offset) < 0.05
        if known or found >= MOST_MARKS:
            continue
        out[found, 0], out[found, 1] = offset, width
        out[found, 2], out[found, 3], out[found, 4] = marks[m, 3], marks[m, 4], marks[m, 5]
        found += 1
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _end_of_run(ruler: Ruler, cell: int, high: int) -> int:
    """First cell behind ``cell`` that holds something else, ``high`` at most."""
    value = ruler[cell]
    while cell + _STRIDE <= high:
        stretch, different = ruler[cell : cell + _STRIDE], np.int16(0)
        for k in range(_STRIDE):
            different |= stretch[k] ^ value
        if different != 0:
            break
        cell += _STRIDE
    while cell < high and ruler[cell] == value:
        cell += 1
    return cell


@njit(cache=True, nogil=True, error_model="numpy")
def _close_seams(ruler: Ruler, low: int, high: int) -> None:
    """Fill gaps in the asphalt: seams between roads, and the islands that ways through a junction leave out."""
    before, last = -1, 0  # end of the last asphalt, and its value
    end = low
    while end < high:
        cell, end = end, _end_of_run(ruler, end, high)
        value = int(ruler[cell])
        if value >> _SHIFT >= _ASPHALT_RANK:
            gap = cell - before - 1
            if before >= 0 and gap > 0:
                both_drive = last >> _SHIFT == _RANK[_DRIVING] and value >> _SHIFT == _RANK[_DRIVING]
                junction = both_drive and (last & (_LABELS - 1) == _COMMON or value & (_LABELS - 1) == _COMMON)
                if gap <= _SEAM_CM or (junction and gap <= _ISLAND_CM):
                    filling = (_RANK[_DRIVING] << _SHIFT) + _COMMON if both_drive else min(last, value)
                    for hole in range(before + 1, cell):
                        if ruler[hole] == 0:
                            ruler[hole] = filling
            before, last = end - 1, value


@njit(cache=True, nogil=True, error_model="numpy")
def _read(ruler: Ruler, low: int, high: int, edges: Ints, kinds: Ints) -> int:
    """Read the ruler back as intervals."""
    count = 0
    edges[0] = low - _HALF
    end = low
    while end < high and count < MOST_INTERVALS:
        cell, end = end, _end_of_run(ruler, end, high)
        kinds[count] = _BY_RANK[ruler[cell] >> _SHIFT]
        count += 1
        edges[count] = end - _HALF
    return count
