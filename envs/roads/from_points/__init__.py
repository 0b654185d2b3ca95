"""Roads from points: a polyline becomes a line of clothoids, and that an OpenDRIVE map with a road of two lanes.

>>> from wormdrive.envs.roads.from_points import road_from_points, road_points
>>> road = road_from_points(road_points([(0, 0), (40, 0), (80, 20), (120, 20)]), "bend")
>>> round(road.length_m, 1), road.remarks
(126.4, ())
"""

from __future__ import annotations

from wormdrive.envs.roads.from_points.points_file import read_road_points
from wormdrive.envs.roads.from_points.road_from_points import FittedRoad, road_from_points
from wormdrive.envs.roads.from_points.road_points import RoadPoints, road_points

__all__ = ["FittedRoad", "RoadPoints", "read_road_points", "road_from_points", "road_points"]
