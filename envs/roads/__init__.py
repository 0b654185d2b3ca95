"""OpenDRIVE maps and the routes driven on them.

>>> from wormdrive.envs.roads import follow_route, read_map
>>> route = follow_route(read_map("country_loop"), seed=0, length_m=400.0)
>>> route.length_m
400.0
"""

from __future__ import annotations

from wormdrive.envs.roads.maps import BUILTIN_MAPS
from wormdrive.envs.roads.opendrive import RoadMap, read_map, read_map_text
from wormdrive.envs.roads.route import CrossSections, MarkColour, Route, Surface
from wormdrive.envs.roads.route_follower import follow_route

__all__ = [
    "BUILTIN_MAPS",
    "CrossSections",
    "MarkColour",
    "RoadMap",
    "Route",
    "Surface",
    "follow_route",
    "read_map",
    "read_map_text",
]
