"""Section stacks: lane sections of one build, sampled together.

A map has thousands of lane sections, each of which takes NumPy some fifty calls to sample; those that have the same
lanes and the same number of samples take them together. What comes out has the same bits: ``Road.profile`` does the
same arithmetic on one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic, cubic_slopes, cubic_values
from wormdrive.envs.roads.opendrive.curve_stack import stack_curves, stack_kind
from wormdrive.envs.roads.opendrive.lanes import LaneSection
from wormdrive.envs.roads.opendrive.param_poly3 import ParamPoly3, tabulate
from wormdrive.envs.roads.opendrive.reference_line import PlanPoints, ReferenceLine, placed
from wormdrive.envs.roads.opendrive.road import LanePoints, Profile, Road, centre_line, cross_profile

__all__ = ["SectionStack", "stack_sections"]

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

_MOST_SAMPLES = 100_000
"""In one stack: more take memory and save no time."""


class SectionStack:
    """S lane sections with lanes alike: as many on each side, with traffic in the same directions.

    Attributes
    ----------
    members:
        The S sections and their roads.
    profile:
        Their cross profiles at n stations, evenly from end to end; arrays (S, n), borders (lanes + 1, S, n).
    """

    def __init__(self, members: Sequence[tuple[Road, LaneSection]], samples: int) -> None:
        self.members = members
        roads = [road for road, _ in members]
        sections = [section for _, section in members]
        start, end = (np.array([[ends] for ends in side]) for side in zip(*map(_ends, sections), strict=True))
        lanes = [_LaneStack.of(sections, row) for row in range(len(sections[0].lanes))]
        s = np.ascontiguousarray(np.linspace(start[:, 0], end[:, 0], samples, axis=1))
        self.profile: Profile = cross_profile(_CourseStack(roads), lanes, sections[0].rights, start, end, s)

    def centre(self, row: int) -> LanePoints:
        """Return the centres of the lanes in that row of the sections; arrays (S, n)."""
        return centre_line(self.profile, row, self.travel(row))

    def travel(self, row: int) -> int:
        """1 if traffic on the lanes in that row runs along s, -1 if against it."""
        road, section = self.members[0]
        return road.travel(section.lanes[row])


def stack_sections(
    pairs: Iterable[tuple[Road, LaneSection]], samples_of: Callable[[LaneSection], int]
) -> Iterator[tuple[SectionStack, list[int]]]:
    """Put sections into stacks, each with the numbers that its members have in ``pairs``."""
    alike: dict[tuple[int, int, tuple[tuple[bool, int], ...]], list[tuple[int, Road, LaneSection]]] = {}
    for number, (road, section) in enumerate(pairs):
        build = tuple([(lane.border is None, road.travel(lane)) for lane in section.lanes])
        key = (samples_of(section), section.rights, build)
        alike.setdefault(key, []).append((number, road, section))
    for (samples, _, _), found in alike.items():
        most = max(1, _MOST_SAMPLES // samples)
        for first in range(0, len(found), most):
            part = found[first : first + most]
            stack = SectionStack([(road, section) for _, road, section in part], samples)
            yield stack, [number for number, _, _ in part]


def _ends(section: LaneSection) -> tuple[float, float]:
    return section.start_s, section.end_s


class _CourseStack:
    """Where S roads lead: a ``Course`` for stations (S, n)."""

    def __init__(self, roads: Sequence[Road]) -> None:
        self.line = _LineStack([road.line for road in roads])
        self.elevation = _CubicStack([road.elevation for road in roads])
        self.superelevation = _CubicStack([road.superelevation for road in roads])
        self.lane_offset = _CubicStack([road.lane_offset for road in roads])


@dataclass(frozen=True)
class _LaneStack:
    """The lanes in one row of S sections: a ``LaneShape`` for stations (S, n)."""

    width: _CubicStack
    border: _CubicStack | None

    @classmethod
    def of(cls, sections: Sequence[LaneSection], row: int) -> _LaneStack:
        lanes = [section.lanes[row] for section in sections]
        borders = [lane.border for lane in lanes if lane.border is not None]
        return cls(_CubicStack([lane.width for lane in lanes]), _CubicStack(borders) if borders else None)


class _CubicStack:
    """S piecewise cubics, one for each row of stations (S, n): a ``Varying``."""

    def __init__(self, functions: Sequence[PiecewiseCubic]) -> None:
        levels = [function.level for function in functions]
        self._levels = np.array([[0.0 if level is None else level] for level in levels])
        self._rows: Indices = np.flatnonzero([level is None for level in levels])
        self._functions = [functions[row] for row in self._rows.tolist()]

    def __call__(self, s: Array, /) -> Array:
        """Values at stations ``s``."""
        out = np.repeat(self._levels, s.shape[1], axis=1)
        if self._functions:
            coefficients, ds, _ = self._locate(s[self._rows])
            out[self._rows] = cubic_values(coefficients, ds)
        return out

    def slope(self, s: Array, /) -> Array:
        """First derivative at stations ``s``."""
        out = np.zeros(s.shape)
        if self._functions:
            coefficients, ds, inside = self._locate(s[self._rows])
            out[self._rows] = np.where(inside, cubic_slopes(coefficients, ds), 0.0)
        return out

    def _locate(self, s: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Coefficients (R, n, 4), distances from where they begin to hold, and whether any does yet."""
        starts = np.concatenate([function.starts for function in self._functions])
        owner = _owners([function.starts for function in self._functions], s)
        coefficients = np.concatenate([function.coefficients for function in self._functions])
        first = np.array([[function.starts[0]] for function in self._functions])
        return coefficients[owner], np.maximum(s - starts[owner], 0.0), s >= first


class _LineStack:
    """S reference lines, one for each row of stations (S, n): a ``PlanLine``."""

    def __init__(self, lines: Sequence[ReferenceLine]) -> None:
        self._lines = lines
        self._pieces = [piece for line in lines for piece in line.pieces]

    def at(self, s: Array) -> PlanPoints:
        """Points at stations ``s``."""
        pieces = self._pieces
        owner = _owners([line.joints for line in self._lines], s)
        places = np.array([[piece.s, piece.x, piece.y, piece.heading_rad, piece.length_m] for piece in pieces])
        tabulate([piece.curve for piece in pieces if isinstance(piece.curve, ParamPoly3)])
        kinds = [stack_kind(piece.curve) for piece in pieces]
        out = np.empty((4, *s.shape))
        for kind in dict.fromkeys(kinds):
            members = np.flatnonzero([found == kind for found in kinds])
            rank = np.full(len(pieces), -1)
            rank[members] = np.arange(len(members))
            mine = rank[owner] >= 0
            if kind is None:
                out[:, mine] = self._one_by_one(owner, mine, s)
                continue
            curve = stack_curves(kind, [pieces[k].curve for k in members.tolist()], rank[owner[mine]])
            start, x, y, heading, length = np.ascontiguousarray(places[owner[mine]].T)
            out[:, mine] = placed(curve, start, x, y, heading, length, s[mine])
        return PlanPoints(*out)

    def _one_by_one(self, owner: Indices, mine: NDArray[np.bool_], s: Array) -> Array:
        """Rows x, y, heading, curvature of some stations, from curves that cannot be stacked."""
        numbers, stations = owner[mine], s[mine]
        edges = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
        parts = [self._pieces[numbers[first]].at(stations[first:end]) for first, end in pairwise(edges) if first < end]
        return np.concatenate(parts, axis=1) if parts else np.empty((4, 0))


def _owners(starts: Sequence[Array], s: Array) -> Indices:
    """Where, in all records one after the other, those are that hold at stations ``s``; each row has its own."""
    counts = np.array([len(mine) for mine in starts])
    owner: Indices = np.repeat((np.cumsum(counts) - counts)[:, None], s.shape[1], axis=1)
    for row in np.flatnonzero(counts > 1).tolist():
        owner[row] += np.maximum(np.searchsorted(starts[row], s[row], side="right") - 1, 0)
    return owner
