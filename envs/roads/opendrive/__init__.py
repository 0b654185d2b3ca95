"""A reader of OpenDRIVE 1.4-1.8 (ASAM), evaluated with numpy."""

from __future__ import annotations

from wormdrive.envs.roads.opendrive.reader import read_map, read_map_text
from wormdrive.envs.roads.opendrive.road_map import RoadMap

__all__ = ["RoadMap", "read_map", "read_map_text"]
