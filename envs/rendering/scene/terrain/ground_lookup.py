# mypy: allow-untyped-defs, allow-untyped-calls
"""Ground lookup: which strip of which road a point on the ground shows, and which mark covers it.

A cell of a tile names the roads that may own the point; its exact place beside each decides: the higher rank of
surface, then the nearer edge. Junctions have no lanes to tell apart: their asphalt lies in the map's axes, and narrow
islands between two ways through are asphalt, too.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from wormdrive.envs.rendering.camera.ground.road_marks import LABEL_SHARE, painted_length
from wormdrive.envs.rendering.camera.ground.row_layout import GRAVEL_TO, REPEAT, REPEAT_FROM, REPEAT_SHIFT, VERGE
from wormdrive.envs.rendering.camera.ground.rows import PERIOD_M
from wormdrive.envs.rendering.camera.road_layout.marks_table import COLOUR, DASH, HALF_WIDTH, KERB, OFFSET, PERIOD
from wormdrive.envs.rendering.camera.road_layout.strips import BASE, PAVED, SHIFT, SLOPE, WANDER
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.terrain.road_projection import JOINT_M, foot_on, height_on
from wormdrive.envs.rendering.scene.terrain.road_strips import COS, SIN, STATION
from wormdrive.envs.rendering.scene.terrain.tile_kernel import CANDIDATES, TILE_M
from wormdrive.envs.seasons.art.layout import Strip
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["Spot", "cell_of", "locate"]

f4, u4 = np.float32, np.uint32

_ABOVE_M: Final = 2.0  # roads further above or below are on another level
_ISLAND_M: Final = 2.2
_ASPHALT_MIDDLE: Final = float(Strip.ASPHALT) + 0.5 * float(Strip.STRIP_WIDTH)
_ROADS, _PAVEMENT, _TERRAIN, _GROUND, _LINES = (
    int(SemanticLabel.ROADS), int(SemanticLabel.SIDEWALKS), int(SemanticLabel.TERRAIN), int(SemanticLabel.GROUND),
    int(SemanticLabel.ROAD_LINES),
)  # fmt: skip


class Spot(NamedTuple):
    """What a point on the ground shows.

    Its place in the texture (``across``, ``station`` [m]), 1 where it is ``paved``, its class, its place beside the
    road [m], the road's direction, and how much of it a mark of which colour covers.
    """

    across: float
    station: float
    paved: float
    label: int
    lateral: float
    cos: float
    sin: float
    covered: float
    colour: int


@glue
def cell_of(west, south, window, x, y):
    """Tile, row and column of a point; tile -1 outside of the tiles."""
    side = window.shape[0] * TILE_M
    dx, dy = x - west, y - south
    if not (0.0 <= dx < side and 0.0 <= dy < side):
        return -1, 0, 0
    column, row = int(dx), int(dy)
    return window[row // TILE_M, column // TILE_M], row % TILE_M, column % TILE_M


@glue
def _folded(place):
    """Go to and fro within the strip of plain asphalt, half a metre off its edges."""
    width = 2.5
    turns = place / width
    part = turns - 2.0 * math.floor(0.5 * turns)
    return _ASPHALT_MIDDLE + width * ((part if part < 1.0 else 2.0 - part) - 0.5)


@glue
def _wilderness(x, y):
    """Texture of land that belongs to no road, in the map's axes."""
    times = math.floor(y / REPEAT)
    return REPEAT_FROM + y - times * REPEAT, x + times * REPEAT_SHIFT


@glue
def _rank(label):
    if label == _ROADS:
        return 3
    return 2 if label == _PAVEMENT else 1


@glue
def _mark_at(mark_count, marks, u, d, s, foot_d, foot_s, covered, colour):
    """Share of the footprint that marks cover, and the colour of the one that covers most."""
    half_d, half_s = 0.5 * foot_d, 0.5 * foot_s
    for m in range(mark_count[u]):
        half = marks[u, m, HALF_WIDTH]
        away = d - marks[u, m, OFFSET]
        if abs(away) >= half + half_d:
            continue
        share = min((min(away + half_d, half) - max(away - half_d, -half)) / foot_d, 1.0)
        dash, period = marks[u, m, DASH], marks[u, m, PERIOD]
        if dash < period:
            last, first = (s + half_s) / period, (s - half_s) / period
            share *= min(painted_length(first, last, dash, period) / foot_s, 1.0)
        if share > covered:
            covered, colour = share, int(marks[u, m, COLOUR])
    return covered, colour


@glue
def _strip_of(run_count, run_edges, run_values, run_label, u, d, s, noise):
    """Texture coordinates, pavement and class ``d`` to the left of a road at station ``s``."""
    runs = run_count[u]
    k = 0
    while k < runs - 1 and d >= run_edges[u, k + 1]:
        k += 1
    along = s - PERIOD_M * math.floor(s / PERIOD_M) + run_values[u, k, SHIFT]
    across = run_values[u, k, BASE] + run_values[u, k, SLOPE] * d
    label = int(run_label[u, k])
    if k == 0 or k == runs - 1:
        across = max(across, VERGE)
        times = math.floor(max(across - REPEAT_FROM, 0.0) / REPEAT)
        if across < GRAVEL_TO:
            label = _GROUND
        paved = max(VERGE + 1.0 - across, 0.0)
        return across - times * REPEAT, along + times * REPEAT_SHIFT, paved, label
    bend = run_values[u, k, WANDER]
    if bend != 0.0:
        across += noise * bend * (d - run_edges[u, k]) * (run_edges[u, k + 1] - d)
    return across, along, float(run_values[u, k, PAVED]), label


@glue
def locate(
    west, south, window, cells, samples, section, roads, ends, junctions, run_count, run_edges, run_values, run_label,
    mark_count, marks, wander, x, y, z, across_x, across_y, deep_x, deep_y,
):  # fmt: skip
    """Say what the ground shows at a point.

    ``west`` to ``cells``: see ``TerrainArrays``, ``samples`` to ``marks``: see ``StripArrays``; arrays come one by one,
    since numba counts the references to those in tuples, point by point. ``wander`` (P,): of the wheel tracks at each
    sample, see ``ground``.

    ``(across_x, across_y)`` and ``(deep_x, deep_y)`` [m] are the sides of a pixel's footprint on the ground.
    """
    tile, row, column = cell_of(west, south, window, x, y)
    best_rank, best_excess, best, best_j, best_d, best_s = -1, 1e30, -1, -1, 0.0, 0.0
    covered, colour = 0.0, 0
    ways, islands, junction = 0, 0, -1
    if tile >= 0:
        for c in range(CANDIDATES):
            j = cells[tile, row, column, c]
            if j < 0:
                break
            road = roads[j]
            first, last = ends[road, 0], ends[road, 1]
            j, along, d, beyond = foot_on(samples, first, last, j, x, y)
            u = section[j]
            runs = run_count[u]
            low, high = float(run_edges[u, 1]), float(run_edges[u, runs - 1])
            aside = max(low - d, d - high, 0.0)
            rank = 0
            excess = aside
            if beyond > JOINT_M:
                excess = math.sqrt(aside * aside + beyond * beyond)
            if c > 0 or best >= 0:
                above = height_on(samples, first, last, j, along, min(max(d, low), high)) - z
                if abs(above) > _ABOVE_M and excess < 12.0:
                    continue
            s = samples[j, STATION] + along
            is_way = junctions[road] >= 0
            if excess <= 0.0:
                k = 1
                while k < runs - 2 and d >= run_edges[u, k + 1]:
                    k += 1
                label = int(run_label[u, k])
                rank = _rank(label)
                if is_way and label == _ROADS:
                    ways += 1
                cos, sin = samples[j, COS], samples[j, SIN]
                foot_d = abs(across_y * cos - across_x * sin) + 0.7 * abs(deep_y * cos - deep_x * sin)
                foot_s = abs(across_x * cos + across_y * sin) + abs(deep_x * cos + deep_y * sin)
                covered, colour = _mark_at(
                    mark_count, marks, u, d, s, max(foot_d, 0.004), max(foot_s, 0.004), covered, colour
                )  # fmt: skip
            elif is_way and excess < _ISLAND_M:
                islands += 1
                junction = junctions[road]
            if rank > best_rank or (rank == best_rank and excess < best_excess):
                best_rank, best_excess, best, best_j, best_d, best_s = rank, excess, road, j, d, s
    if best < 0:
        across, station = _wilderness(x, y)
        return Spot(across, station, 0.0, _TERRAIN, y, 1.0, 0.0, 0.0, 0)
    cos, sin = samples[best_j, COS], samples[best_j, SIN]
    if best_rank == 0 and islands > 1 and junction >= 0:
        ways = 1
        best_rank = 3
    if best_rank == 3 and ways > 0:
        return Spot(_folded(y), x, 1.0, _marked(_ROADS, covered, colour), y, 1.0, 0.0, covered, colour)
    across, station, paved, label = _strip_of(
        run_count, run_edges, run_values, run_label, section[best_j], best_d, best_s, wander[best_j]
    )
    return Spot(across, station, paved, _marked(label, covered, colour), best_d, cos, sin, covered, colour)


@glue
def _marked(label, covered, colour):
    if covered > LABEL_SHARE:
        return _PAVEMENT if colour == KERB else _LINES
    return label
