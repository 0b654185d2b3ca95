"""Lane overlap: what of a lane runs backwards is cut off, and what jumps aside is joined.

Where a reference line has a kink, lanes on the inner side of the bend overlap: of two lanes drawn at a distance t
beside two straight pieces that meet at an angle a, the first ends t tan(a / 2) behind the point where they cross, and
the second begins as far before it. Both are cut where they cross. Pieces that lie in the overlap with their whole
length are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLEND_M", "COURSE", "OWNER", "connected_points"]

Array = NDArray[np.float64]

_LIMIT: Final = 5
"""Row of the speed limit, which may be infinite and does not change gradually."""
COURSE: Final = 9
"""Row of the points that holds the heading of the reference line, in the direction of travel [rad]."""
OWNER: Final = 10
"""Row that holds the number of the visit."""
BLEND_M: Final = 10.0
"""A gap between two lanes is closed by shifting both sides over this distance."""
_STANDING_M: Final = 1e-6
"""Points closer than this are one."""
_ZIGZAG_RAD: Final = 0.02
"""A step that turns to one side by more than this, and back by more than this, belongs to neither piece."""
_ASIDE_M: Final = 0.05
"""Jumps to the side by more than this are joined."""
_PARALLEL_RAD: Final = 0.01
"""Pieces whose directions differ by less do not cross."""
_WINDOW: Final = 300
"""So many points before and behind a joint are looked through for a crossing."""
_SPARE: Final = 2.0
"""Spacings: a crossing may lie between the last point of a piece and the first of the next."""
_LEAD_M: Final = 5.0
"""How far before its first point a path may be thought to begin."""


class _Joint(NamedTuple):
    """What happens where a run begins."""

    overlaps: bool
    jumps: bool


def connected_points(visits: list[Array], spacing_m: float) -> Array:
    """Put the points of visits one behind the other, in one line that does not run backwards.

    Parameters
    ----------
    visits:
        (ROWS, n) each, in the direction of travel: x, y, z first, ``COURSE`` and ``OWNER``. May be changed.
    spacing_m:
        Distance between points, about [m].

    Returns
    -------
    (ROWS, m). Gaps between visits, and jumps to the side, are closed by shifting both sides half-way, less and less
    with the distance. Points that are cut off are missing. The line ends before a piece that leads back for good.
    """
    runs: list[Array] = []
    overlapping = False
    for run, joint in _runs(visits, spacing_m):
        overlapping = bool(runs) and (overlapping or joint.overlaps)
        if overlapping:
            ahead = _cut(runs, run, spacing_m)
            if ahead is None:
                break
            if not ahead.shape[1]:
                continue  # what comes next is seen against the same end
            overlapping = False
            runs[-1:] = [np.concatenate([*runs[-1:], ahead], axis=1)]
        elif runs and joint.jumps:
            _close_gap(runs[-1], run, sideways=True)
            runs[-1] = np.concatenate([runs[-1], run], axis=1)
        else:
            if runs:
                _close_gap(runs[-1], run, sideways=False)
            runs.append(run)
    return np.concatenate(runs, axis=1)


def _runs(visits: list[Array], spacing_m: float) -> Iterator[tuple[Array, _Joint]]:
    """Cut visits where they overlap or jump."""
    points = np.concatenate(visits, axis=1)
    overlaps, jumps = _faults(points, spacing_m)
    if not (overlaps.any() or jumps.any()):
        for visit in visits:
            yield visit, _Joint(overlaps=False, jumps=False)
        return
    border = np.diff(points[OWNER]) != 0.0
    begins = [0, *(np.flatnonzero(overlaps | jumps | border) + 1).tolist(), points.shape[1]]
    for begin, end in pairwise(begins):
        fault = begin > 0 and _Joint(bool(overlaps[begin - 1]), bool(jumps[begin - 1]))
        yield points[:, begin:end].copy(), fault or _Joint(overlaps=False, jumps=False)


def _faults(points: Array, spacing_m: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say for each step from point to point whether the pieces overlap there, and whether they jump aside."""
    dx, dy = np.diff(points[0]), np.diff(points[1])
    length = np.hypot(dx, dy)
    border = np.diff(points[OWNER]) != 0.0
    forward = 0.5 * (dx * _both(np.cos(points[COURSE])) + dy * _both(np.sin(points[COURSE])))
    # where lanes of two sections meet, a little is closed by shifting both
    overlaps = (length > _STANDING_M) & (forward < np.where(border, -spacing_m, 0.0))
    jumps = np.zeros_like(overlaps)
    moving = np.flatnonzero(length > _STANDING_M)
    direction = np.arctan2(dy[moving], dx[moving])
    turn = _wrapped(np.diff(direction))
    into, out = turn[:-1], turn[1:]
    inner = moving[1:-1]
    zigzag = (into * out < 0.0) & (np.minimum(np.abs(into), np.abs(out)) > _ZIGZAG_RAD) & ~border[inner]
    crossing = zigzag & (np.abs(into + out) > _PARALLEL_RAD) & (length[inner] < 1.5 * spacing_m)
    overlaps[inner] |= crossing
    jumps[inner] = zigzag & (length[inner] * np.abs(np.sin(into)) > _ASIDE_M) & ~overlaps[inner]
    return overlaps, jumps


def _both(values: Array) -> Array:
    return np.asarray(values[1:] + values[:-1])


def _wrapped(angle: Array) -> Array:
    return np.asarray(np.remainder(angle + np.pi, 2.0 * np.pi) - np.pi)


def _cut(runs: list[Array], run: Array, spacing_m: float) -> Array | None:
    """Cut the end of ``runs``, in place, and return what of ``run`` lies ahead of it; None if nothing ever does."""
    seen = 0
    for k in range(len(runs) - 1, -1, -1):
        met = _crossing(runs[k], run, spacing_m, first=k == 0)
        if met is not None:
            tail, ahead = met
            runs[k:] = [tail] if tail.shape[1] else []
            return ahead
        seen += runs[k].shape[1]
        if seen > _WINDOW:
            break
    last = runs[-1]
    heading = _end_heading(last)
    window = run[:, :_WINDOW]
    forward = (window[0] - last[0, -1]) * np.cos(heading) + (window[1] - last[1, -1]) * np.sin(heading)
    reached = np.flatnonzero(forward > 0.0)
    if not len(reached):
        return None if run.shape[1] > _WINDOW else run[:, :0]
    ahead = run[:, reached[0] :]
    _close_gap(last, ahead, sideways=True)
    return ahead


def _end_heading(points: Array) -> float:
    """Heading at the end of a run [rad]."""
    step = points[:2, -1] - points[:2, -2] if points.shape[1] > 1 else np.zeros(2)
    if np.hypot(*step) < _STANDING_M:
        return float(points[COURSE, -1])
    return float(np.arctan2(step[1], step[0]))


def _start_heading(points: Array) -> float:
    """Heading at the start of a run [rad]."""
    return float(_end_heading(points[:, 1::-1]) + np.pi) if points.shape[1] > 1 else float(points[COURSE, 0])


def _crossing(tail: Array, head: Array, spacing_m: float, *, first: bool) -> tuple[Array, Array] | None:
    """Cut two runs where they cross, at the place where the least is lost; None if they do not."""
    skipped = max(tail.shape[1] - _WINDOW, 0)
    tail_lead = _LEAD_M if first and not skipped else 0.0
    tail_line = _extended(tail[:, skipped:], tail_lead, _SPARE * spacing_m)
    head_line = _extended(head[:, :_WINDOW], _SPARE * spacing_m, 0.0)
    found = _least_crossing(tail_line, head_line)
    if found is None:
        return None
    i, u, k, v = found
    i, k = i + skipped - 1, k - 1  # of the points themselves
    corner = [_between(tail, i, u)] if 0 <= i < tail.shape[1] - 1 else []
    beyond = [_between(head, k, v)] if k >= 0 else []
    kept = tail[:, : i + 1]
    return np.concatenate([kept, *corner], axis=1), np.concatenate([*beyond, head[:, k + 1 :]], axis=1)


def _extended(points: Array, lead_m: float, spare_m: float) -> Array:
    """Rows x, y of a run, with one point more before and one behind it."""
    start, end = _start_heading(points), _end_heading(points)
    before = points[:2, :1] - lead_m * np.array([[np.cos(start)], [np.sin(start)]])
    behind = points[:2, -1:] + spare_m * np.array([[np.cos(end)], [np.sin(end)]])
    return np.concatenate([before, points[:2], behind], axis=1)


def _least_crossing(tail: Array, head: Array) -> tuple[int, float, int, float] | None:
    """Segment and part of it, of two lines, where they cross such that the least of both is cut off."""
    p, r = tail[:, :-1, None], np.diff(tail)[:, :, None]
    q, s = head[:, None, :-1], np.diff(head)[:, None, :]
    apart = q - p
    area = r[0] * s[1] - r[1] * s[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        u = (apart[0] * s[1] - apart[1] * s[0]) / area
        v = (apart[0] * r[1] - apart[1] * r[0]) / area
    found = np.argwhere((u >= 0.0) & (u <= 1.0) & (v >= 0.0) & (v <= 1.0))
    if not len(found):
        return None
    i, k = found.T
    tail_m, head_m = np.hypot(*np.diff(tail)), np.hypot(*np.diff(head))
    lost_tail = np.cumsum(tail_m[::-1])[::-1][i] - u[i, k] * tail_m[i]
    lost_head = (np.cumsum(head_m) - head_m)[k] + v[i, k] * head_m[k]
    best = int(np.argmin(lost_tail + lost_head))
    return int(i[best]), float(u[i[best], k[best]]), int(k[best]), float(v[i[best], k[best]])


def _between(points: Array, index: int, part: float) -> Array:
    """Return the point (ROWS, 1) on the way from one point to the next."""
    here, there = points[:, index : index + 1], points[:, index + 1 : index + 2]
    point = here.copy()
    changing = np.delete(np.arange(len(here)), [_LIMIT, OWNER])
    point[changing] += part * (there[changing] - here[changing])
    return point


def _close_gap(earlier: Array, later: Array, *, sideways: bool) -> None:
    """Shift the points on both sides of a joint so that they meet half-way, less and less with the distance.

    ``sideways``: on a line abreast, at the height that each has.
    """
    gap = later[:3, :1] - earlier[:3, -1:]
    if sideways:
        course = 0.5 * (_end_heading(earlier) + np.unwrap([_end_heading(earlier), _start_heading(later)])[1])
        left = np.array([[-np.sin(course)], [np.cos(course)], [0.0]])
        gap = left * float((left * gap).sum())
    if np.abs(gap).max() < _STANDING_M:
        return
    for points, share, away in ((earlier, 0.5, slice(None, None, -1)), (later, -0.5, slice(None))):
        steps = np.hypot(np.diff(points[0, away]), np.diff(points[1, away]))
        distance = np.concatenate([[0.0], np.cumsum(steps)])
        r = np.clip(distance / min(BLEND_M, max(float(distance[-1]) * 0.5, 1e-6)), 0.0, 1.0)
        fade = 1.0 - r * r * r * (10.0 - r * (15.0 - 6.0 * r))
        points[:3, away] += share * gap * fade
