"""Point location: where on the map points lie, on which road, at which station.

>>> from wormdrive.envs.roads import read_map
>>> from wormdrive.envs.roads.point_location import place_index
>>> index = place_index(read_map("suburb"))
>>> found = index.locate([-1.625, 300.0], [90.0, 300.0])
>>> found.on_driving_lane.tolist(), index.lane_key(found, 0)
([True, False], LaneKey(road='0', section=0, lane=-1))

Axes are the map's (ISO 8855). A point belongs to the lane that it lies on; where several overlap (junctions, bridges)
the given height decides, then whether cars drive there, then the given heading, then the distance to the lane's centre.
Beside all roads the nearest lane is given, with the height of its road carried on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import point_location_kernel as kernel
from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.opendrive.once_per_map import once_per_map
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.surface_table import SurfaceTable, build_table

__all__ = ["PlaceIndex", "Places", "place_index"]

Array = NDArray[np.float64]

_FARTHEST_M: Final = 1e9
"""Coordinates are held within this [m]; NaN is read as 0."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where N points lie; arrays are (N,), none holds a NaN.

    Attributes
    ----------
    road:
        int64 number of the road in the map's order; see ``PlaceIndex.road_ids``.
    section, lane:
        int64 index of the lane section in its road, and id of the lane; beside the road the nearest lane's.
    s_m, t_m:
        Station of the road and lateral coordinate, positive left of the reference line [m].
    z_m:
        Height of the surface under the point [m].
    heading_rad:
        Direction of travel on the lane at its centre, in (-pi, pi] [rad].
    slope:
        Of the lane's centre in its direction of travel, rise by length in the plane [-].
    bank_rad:
        Roll of the surface about the direction of travel, positive when its left side is higher [rad].
    offset_m, width_m:
        Distance to the lane's centre, positive left of the direction of travel, and the lane's width [m].
    outside_m:
        Distance in the plane to the nearest lane; 0 on any lane [m].
    surface:
        int64 ``Surface``; ``TERRAIN`` beside the road and on lanes of no use.
    on_driving_lane, on_lane:
        bool: on a lane on which cars drive; on any lane that is more than terrain.
    """

    road: NDArray[np.int64]
    section: NDArray[np.int64]
    lane: NDArray[np.int64]
    s_m: Array
    t_m: Array
    z_m: Array
    heading_rad: Array
    slope: Array
    bank_rad: Array
    offset_m: Array
    width_m: Array
    outside_m: Array
    surface: NDArray[np.int64]
    on_driving_lane: NDArray[np.bool_]
    on_lane: NDArray[np.bool_]

    @property
    def off_road(self) -> NDArray[np.bool_]:
        """Whether a point lies on terrain."""
        return ~self.on_lane


class PlaceIndex:
    """All roads of a map, ready to be asked where points lie.

    Attributes
    ----------
    table:
        The map's surface, for kernels.
    """

    def __init__(self, road_map: RoadMap) -> None:
        self.table: SurfaceTable = build_table(road_map)

    @property
    def road_ids(self) -> tuple[str, ...]:
        """The id of each road by its number."""
        return self.table.road_ids

    def lane_key(self, places: Places, row: int) -> LaneKey:
        """Name the lane of one place as the lane graph does."""
        road = self.road_ids[int(places.road[row])]
        return LaneKey(road, int(places.section[row]), int(places.lane[row]))

    def locate(
        self, x_m: ArrayLike, y_m: ArrayLike, z_m: ArrayLike | None = None, heading_rad: ArrayLike | None = None
    ) -> Places:
        """Say where points (N,) lie.

        Parameters
        ----------
        x_m, y_m:
            In the map's axes [m].
        z_m:
            Height [m]: chooses between roads above one another. A road more than 2.5 m above is not under a point.
        heading_rad:
            Of the vehicle [rad]: chooses between lanes that overlap.

        Raises
        ------
        ArgumentError
            If the arrays differ in length.
        """
        x = np.atleast_1d(np.asarray(x_m, np.float64))
        points = np.full((len(x), 4), np.nan)
        for column, (name, values) in enumerate((("x_m", x), ("y_m", y_m), ("z_m", z_m), ("heading_rad", heading_rad))):
            if values is None:
                continue
            given = np.atleast_1d(np.asarray(values, np.float64))
            if given.shape != x.shape or x.ndim != 1:
                raise ArgumentError(f"{name}: shape {given.shape}, allowed is ({len(x)},), as x_m")
            points[:, column] = given
        points[:, :2] = np.nan_to_num(np.clip(points[:, :2], -_FARTHEST_M, _FARTHEST_M), nan=0.0)
        points[:, 2] = np.clip(points[:, 2], -_FARTHEST_M, _FARTHEST_M)
        points[~np.isfinite(points[:, 3]), 3] = np.nan
        return self.locate_points(points)

    def locate_points(self, points: Array) -> Places:
        """As ``locate``, for (N, 4) rows of x, y, z, heading, the last two of which may be NaN; nothing is checked."""
        table = self.table
        floats = np.zeros((len(points), kernel.FLOATS))
        ints = np.zeros((len(points), kernel.INTS), np.int64)
        kernel.find_places(
            points, table.pieces, table.owners, table.borders, table.sections, table.lanes, table.circles,
            table.block_circles, table.group_circles, floats, ints,
        )  # fmt: skip
        surface = ints[:, kernel.SURFACE]
        return Places(
            road=ints[:, kernel.ROAD],
            section=ints[:, kernel.SECTION],
            lane=ints[:, kernel.LANE],
            s_m=floats[:, kernel.S],
            t_m=floats[:, kernel.T],
            z_m=floats[:, kernel.Z],
            heading_rad=floats[:, kernel.HEADING],
            slope=floats[:, kernel.SLOPE],
            bank_rad=floats[:, kernel.BANK],
            offset_m=floats[:, kernel.OFFSET],
            width_m=floats[:, kernel.WIDTH],
            outside_m=floats[:, kernel.OUTSIDE],
            surface=surface,
            on_driving_lane=ints[:, kernel.DRIVABLE] == 1,
            on_lane=surface != 0,
        )


@once_per_map
def place_index(road_map: RoadMap) -> PlaceIndex:
    """Build the map's index, once."""
    return PlaceIndex(road_map)
