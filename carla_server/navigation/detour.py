"""Detour: a mesh in the binary form that CARLA's client loads.

A set of tiles, each a header, vertices, polygons, room for links (the loader makes them), and a triangulation for
heights. Numbers are little endian. Detour's axes are x, height, y of CARLA, which is left-handed: what is
counter-clockwise from above in the map's axes is what Detour expects. Source: recastnavigation's DetourNavMesh.h
(version 7 of tiles, 32-bit references) and CARLA's Navigation::Load.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.navigation.mesh import MOST_CORNERS, NONE, NavMesh, neighbours_of
from wormdrive.carla_server.navigation.tiles import Tiling

__all__ = ["MOST_POLYGONS", "packed"]

MOST_POLYGONS: Final = 0x7FFF
"""In one tile: a neighbour's number has 15 bits, and 0 stands for none."""

_SET_MAGIC, _SET_VERSION = int.from_bytes(b"TESM", "little"), 1
_TILE_MAGIC, _TILE_VERSION = int.from_bytes(b"VAND", "little"), 7
_AGENT: Final = (1.8, 0.3, 0.5)
"""Height, radius and step of who walks there [m]; CARLA's."""
_ROOM_M: Final = 1.0
"""By which tiles are higher than what is in them."""
_PORTAL: Final = 0x8000
_SIDES: Final = ((1, 0, 0), (0, 1, 2), (-1, 0, 4), (0, -1, 6))
"""Column and row of the tile beyond, and Detour's number of that side."""

_POLYGON: Final = np.dtype(
    [("link", "<u4"), ("corners", "<u2", MOST_CORNERS), ("beyond", "<u2", MOST_CORNERS), ("flags", "<u2"),
     ("count", "u1"), ("area", "u1")]
)  # fmt: skip
_DETAIL: Final = np.dtype(
    [("vertices", "<u4"), ("triangles", "<u4"), ("vertex_count", "u1"), ("triangle_count", "u1"), ("", "<u2")]
)
_LINK_BYTES: Final = 12


def packed(mesh: NavMesh, tiling: Tiling) -> bytes:
    """Pack a mesh whose polygons lie within their tiles."""
    beyond = neighbours_of(mesh.polygons)
    cells, numbers = np.unique(tiling.cells, axis=0, return_inverse=True)
    numbers = numbers.ravel()
    order = np.argsort(numbers, kind="stable")
    counts = np.bincount(numbers, minlength=len(cells))
    polygon_bits = max(int(counts.max(initial=1)) - 1, 1).bit_length()
    members = np.split(order, np.cumsum(counts)[:-1]) if len(cells) else []
    local = np.empty(len(mesh.polygons), np.int64)
    for rows in members:
        local[rows] = np.arange(len(rows))
    low, high = _bounds(mesh)
    tiles = []
    for number, rows in enumerate(members):
        data = _tile(mesh, tiling, rows, beyond[rows], local, low[1], high[1])
        reference = 1 << (polygon_bits + max(len(cells) - 1, 0).bit_length()) | number << polygon_bits
        tiles.append(struct.pack("<Ii", reference, len(data)) + data)
    head = struct.pack(
        "<iii3f2fii", _SET_MAGIC, _SET_VERSION, len(tiles), tiling.west, low[1], tiling.north, tiling.side_m,
        tiling.side_m, max(len(tiles), 1), 1 << polygon_bits,
    )  # fmt: skip
    return b"".join([head, *tiles])


def _axes(vertices: NDArray[np.float64]) -> NDArray[np.float32]:
    """Change from the map's axes to Detour's."""
    return np.stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]], axis=1).astype(np.float32)


def _bounds(mesh: NavMesh) -> tuple[list[float], list[float]]:
    if not len(mesh.vertices):
        return [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]
    points = _axes(mesh.vertices)
    return (points.min(axis=0) - _ROOM_M).tolist(), (points.max(axis=0) + _ROOM_M).tolist()


def _tile(
    mesh: NavMesh,
    tiling: Tiling,
    rows: NDArray[np.int64],
    beyond: NDArray[np.int64],
    local: NDArray[np.int64],
    low_m: float,
    high_m: float,
) -> bytes:
    """Pack one tile: the polygons ``rows``, which are ``local[rows]`` in it."""
    column, row = (int(v) for v in tiling.cells[rows[0]])
    corners = mesh.polygons[rows]
    real = corners != NONE
    used, inverse = np.unique(np.where(real, corners, corners[:, :1]), return_inverse=True)
    counts = real.sum(axis=1)
    polygons = np.zeros(len(rows), _POLYGON)
    polygons["corners"] = np.where(real, inverse.reshape(corners.shape), 0)
    polygons["beyond"] = np.where(beyond == NONE, 0, _edges(tiling.cells, (column, row), beyond, local))
    polygons["count"] = counts
    polygons["area"] = mesh.areas[rows]
    polygons["flags"] = 1 << mesh.areas[rows].astype(np.int64)
    details = np.zeros(len(rows), _DETAIL)
    details["triangles"] = np.cumsum(counts - 2) - (counts - 2)
    details["triangle_count"] = counts - 2
    triangles = _triangles(counts)
    links = int(counts.sum()) + 2 * int((polygons["beyond"] >= _PORTAL).sum())
    west, north = tiling.west + column * tiling.side_m, tiling.north + row * tiling.side_m
    header = struct.pack(
        "<5iI9i3f3f3ff", _TILE_MAGIC, _TILE_VERSION, column, row, 0, 0, len(rows), len(used), links, len(rows), 0,
        len(triangles), 0, 0, len(rows), *_AGENT, west, low_m, north, west + tiling.side_m, high_m,
        north + tiling.side_m, 1.0,
    )  # fmt: skip
    parts = _axes(mesh.vertices[used]), polygons, np.zeros(links * _LINK_BYTES, np.uint8), details, triangles
    return header + b"".join(part.tobytes() for part in parts)


def _edges(
    cells: NDArray[np.int64], here: tuple[int, int], beyond: NDArray[np.int64], local: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Say what is beyond each edge: a polygon of the same tile, or the tile on that side."""
    there = cells[beyond] - np.array(here)
    edges = local[beyond] + 1
    for column, row, side in _SIDES:
        edges[(there[..., 0] == column) & (there[..., 1] == row)] = _PORTAL | side
    return np.asarray(edges)


def _triangles(counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Cut polygons into fans: three corners, and which of the edges belong to the outline."""
    fans = []
    for corners in range(MOST_CORNERS + 1):
        fan = np.zeros((MOST_CORNERS, 4), np.uint8)
        for k in range(2, corners):
            fan[k - 2] = 0, k - 1, k, (k == 2) | 1 << 2 | (k == corners - 1) << 4
        fans.append(fan)
    every = np.array(fans)[counts]
    return every[np.arange(MOST_CORNERS) < counts[:, None] - 2]
