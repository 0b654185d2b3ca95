"""Build: from a map's roads to the mesh."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.roads import RoadMap
from wormdrive.envs.roads.places import place_index
from wormdrive.envs.server.navigation.islands import without_islets
from wormdrive.envs.server.navigation.joints import joined
from wormdrive.envs.server.navigation.mesh import Area, Mesh
from wormdrive.envs.server.navigation.strips import lay_strips

__all__ = ["build_mesh"]


def build_mesh(road_map: RoadMap) -> Mesh:
    """Make the mesh of a map; there is pavement on it wherever there is anything to walk on."""
    index = place_index(road_map)
    mesh = without_islets(joined(lay_strips(road_map, index), index))
    if not (mesh.areas == Area.PAVEMENT).any():
        return Mesh(mesh.vertices, mesh.polygons, np.where(mesh.areas == Area.GRASS, Area.PAVEMENT, mesh.areas))
    return mesh
