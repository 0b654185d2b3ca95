# mypy: allow-untyped-defs, allow-untyped-calls
"""Tile kernel: bake one square of land: how high it lies, and which roads each square metre may belong to.

Heights stand at the corners of cells of one metre, twice: what lies on top, and what lies under the bridges. On roads
they are the roads' own; beside them they go over into the land, which is drawn through all roads of the map by
distance. A cell keeps a sample of each road that covers it or comes near: ``ground_lookup`` then finds the exact place
of every point, so that edges are sharp at any distance.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.terrain.road_projection import JOINT_M, foot_on, height_on, nearest_sample
from wormdrive.envs.rendering.scene.terrain.road_strips import STATION

__all__ = ["CANDIDATES", "KNOTS", "TILE_M", "bake_tile", "lay_of_the_land"]

TILE_M: Final = 64
"""Side of a tile; a cell has one metre."""
CANDIDATES: Final = 8
"""Most roads that a cell may belong to."""
KNOTS: Final = 9
"""The land's height is known at 9 x 9 points of a tile."""

_REACH_M: Final = 40.0  # beyond it, land belongs to no road
_BLOCK_M: Final = 16  # pieces are looked for a block of cells at a time
_MOST_NEAR: Final = 32  # roads that matter to one point
_MOST_PIECES: Final = 512
_SAME_ROAD_M: Final = 25.0  # nearer stations are one and the same stretch of road
_LEVELS_M: Final = 2.5  # roads further apart in height lie above each other
_COVER_M: Final = 0.8  # a cell's half diagonal, and some
_NEXT_M: Final = 1.5  # of two roads that differ less in distance, either may own a part of a cell
_ISLAND_M: Final = 3.2  # cells this near to two ways through a junction may lie between them
_BESIDE_M, _LAND_M = 2.5, 22.0  # from a road's edge: its own height until here, the land's from there on

SAMPLE, EXCESS, HEIGHT, ROAD, AT = range(5)


@glue
def lay_of_the_land(x, y, skeleton):
    """Height of the land at a point, drawn through the roads' points by the fourth power of distance."""
    total, weight = 0.0, 1e-12
    for k in range(len(skeleton)):
        dx, dy = x - skeleton[k, 0], y - skeleton[k, 1]
        square = dx * dx + dy * dy + 36.0
        w = 1.0 / (square * square)
        total += w * skeleton[k, 2]
        weight += w
    return total / weight


@glue
def _gather(x, y, strips, near, near_count, found):
    """List the stretches of road near a point in ``found`` (_MOST_NEAR, 5); return how many there are."""
    samples, run_edges = strips.samples, strips.run_edges
    count = 0
    for n in range(near_count):
        p = near[n]
        dx, dy = x - strips.circles[p, 0], y - strips.circles[p, 1]
        reach = _REACH_M + strips.circles[p, 2]
        if dx * dx + dy * dy > reach * reach:
            continue
        j, _ = nearest_sample(samples, strips.pieces[p, 0], strips.pieces[p, 1], x, y)
        road = strips.road[j]
        first, last = strips.ends[road, 0], strips.ends[road, 1]
        j, along, d, beyond = foot_on(samples, first, last, j, x, y)
        u = strips.section[j]
        low, high = float(run_edges[u, 1]), float(run_edges[u, strips.run_count[u] - 1])
        aside = max(low - d, d - high, 0.0)
        if beyond > JOINT_M or abs(along) > 1.0:
            beyond = max(beyond, abs(along) - 0.5)
            excess = math.sqrt(aside * aside + beyond * beyond)
        else:
            excess = aside
        if excess > _REACH_M:
            continue
        slot = -1
        for k in range(count):
            if found[k, ROAD] == road and abs(found[k, AT] - samples[j, STATION]) < _SAME_ROAD_M:
                slot = k
        if slot >= 0 and found[slot, EXCESS] <= excess:
            continue
        if slot < 0:
            if count == _MOST_NEAR:
                continue
            slot = count
            count += 1
        found[slot, SAMPLE], found[slot, EXCESS], found[slot, ROAD] = j, excess, road
        found[slot, HEIGHT] = height_on(samples, first, last, j, along, min(max(d, low), high))
        found[slot, AT] = samples[j, STATION]
    return count


@glue
def _heights(found, count, terrain_height):
    """Height of what lies on top and of what lies lowest."""
    lowest, nearest = 1e30, 1e30
    for k in range(count):
        nearest = min(nearest, found[k, EXCESS])
        if found[k, EXCESS] < 12.0:
            lowest = min(lowest, found[k, HEIGHT])
    deck, decks = 0.0, 0
    road, roads = 0.0, 0
    for k in range(count):
        if found[k, EXCESS] <= 0.0:
            if found[k, HEIGHT] > lowest + _LEVELS_M:
                deck, decks = deck + found[k, HEIGHT], decks + 1
            else:
                road, roads = road + found[k, HEIGHT], roads + 1
    ground = road / max(roads, 1)
    if roads == 0:
        total, weight = 0.0, 1e-12
        least = 1e30
        for k in range(count):
            if decks > 0 and found[k, HEIGHT] > lowest + _LEVELS_M:
                continue
            w = 1.0 / ((found[k, EXCESS] + 0.05) * (found[k, EXCESS] + 0.05))
            total, weight = total + w * found[k, HEIGHT], weight + w
            least = min(least, found[k, EXCESS])
        far = min(max((least - _BESIDE_M) / (_LAND_M - _BESIDE_M), 0.0), 1.0)
        far = far * far * (3.0 - 2.0 * far)
        ground = total / weight
        ground += far * (terrain_height - ground)
        if least > 1e29:
            ground = terrain_height
    if decks > 0:
        return deck / decks, ground
    return ground, ground


@glue
def _choose(found, count, junction, order):
    """Put the stretches that a cell may belong to into ``order``, nearest first; return how many."""
    nearest = 1e30
    for k in range(count):
        nearest = min(nearest, found[k, EXCESS])
    kept = 0
    for k in range(count):
        excess = found[k, EXCESS]
        island = excess < _ISLAND_M and junction[int(found[k, ROAD])] >= 0
        if excess > _COVER_M and excess > nearest + _NEXT_M and not island:
            continue
        place = min(kept, CANDIDATES)
        while place > 0 and found[order[place - 1], EXCESS] > excess:
            if place < CANDIDATES:
                order[place] = order[place - 1]
            place -= 1
        if place < CANDIDATES:
            order[place] = k
            kept = min(kept + 1, CANDIDATES)
    return kept


@glue
def bake_tile(west, south, strips, pieces, knots, upper, lower, cells):
    """Fill ``upper`` and ``lower`` (65, 65) float32 [m] and ``cells`` (64, 64, CANDIDATES) int32: samples, or -1.

    ``west, south`` [m] is the tile's corner; ``pieces`` (N,) int32 are those near it; ``knots`` (KNOTS, KNOTS) float64
    are heights of the land [m]. First axes run to the north.
    """
    near = np.empty(_MOST_PIECES, np.int32)
    found = np.empty((_MOST_NEAR, 5), np.float64)
    order = np.empty(CANDIDATES, np.int32)
    per_knot = TILE_M / (KNOTS - 1.0)
    blocks = TILE_M // _BLOCK_M
    for block in range(blocks * blocks):
        left, bottom = (block % blocks) * _BLOCK_M, (block // blocks) * _BLOCK_M
        count = 0
        for p in pieces:
            dx = west + left + 0.5 * _BLOCK_M - strips.circles[p, 0]
            dy = south + bottom + 0.5 * _BLOCK_M - strips.circles[p, 1]
            reach = _REACH_M + 0.75 * _BLOCK_M + strips.circles[p, 2]
            if dx * dx + dy * dy <= reach * reach and count < _MOST_PIECES:
                near[count] = p
                count += 1
        right = left + _BLOCK_M + (1 if left + _BLOCK_M == TILE_M else 0)
        top = bottom + _BLOCK_M + (1 if bottom + _BLOCK_M == TILE_M else 0)
        for v in range(bottom, top):
            for u in range(left, right):
                kx, ky = u / per_knot, v / per_knot
                i, k = min(int(kx), KNOTS - 2), min(int(ky), KNOTS - 2)
                kx, ky = kx - i, ky - k
                terrain_height = (knots[k, i] * (1.0 - kx) + knots[k, i + 1] * kx) * (1.0 - ky)
                terrain_height += (knots[k + 1, i] * (1.0 - kx) + knots[k + 1, i + 1] * kx) * ky
                if count == 0:
                    upper[v, u] = lower[v, u] = terrain_height
                else:
                    n = _gather(west + u, south + v, strips, near, count, found)
                    upper[v, u], lower[v, u] = _heights(found, n, terrain_height)
                if u == TILE_M or v == TILE_M:
                    continue
                n = 0
                if count > 0:
                    n = _gather(west + u + 0.5, south + v + 0.5, strips, near, count, found)
                kept = _choose(found, n, strips.junction, order)
                for c in range(CANDIDATES):
                    cells[v, u, c] = int(found[order[c], SAMPLE]) if c < kept else -1
