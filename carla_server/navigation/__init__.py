"""Navigation mesh: where walkers may go, as a file for CARLA's client.

The client moves walkers itself, with a crowd simulation (Detour) on a mesh of convex polygons that it asks the server
for. Here that mesh is made of the roads: pavements, crosswalks, carriageways, and verges where there is no pavement.
"""

from __future__ import annotations

from wormdrive.carla_server.navigation.cache import navigation_file, navigation_listed, navigation_mesh

__all__ = ["navigation_file", "navigation_listed", "navigation_mesh"]
