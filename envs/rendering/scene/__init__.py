"""Scene: pictures of a map from anywhere, for cameras that do not look along a route.

``scene_camera.SceneCamera`` draws a view by the road camera where that can (``lane_view``), else in general:

1. ``road_strips`` lays the map's roads out as the road camera lays out routes; ``tile_kernel`` bakes squares of
   ``land``: heights, and which roads each square metre may belong to.
2. ``ray_march`` finds the depth of the ground, ``car_raster`` draws the meshes of ``shapes`` (vehicles, people,
   things) before it, and ``billboards`` the trees of ``world_scenery`` before both.
3. ``locate`` turns points of the ground into places on a road; ``ground`` shades them with the road camera's textures,
   ``sky_view`` fills what is left.

``normals`` and ``flow`` tell more of a finished picture, from its depth and the geometry, whichever way it was drawn.

All stand in one folder, since compiled kernels are kept by the content of their folder (``camera/numba_options.py``).
"""

from __future__ import annotations

from wormdrive.envs.rendering.scene.camera_pose import make_camera_pose
from wormdrive.envs.rendering.scene.meshes.shapes import Shape, striding
from wormdrive.envs.rendering.scene.raster.optical_flow import FlowFrame, optical_flow
from wormdrive.envs.rendering.scene.scene_camera import SceneCamera
from wormdrive.envs.rendering.scene.scene_model import Cars, Look, Pin, SceneFrames

__all__ = [
    "Cars",
    "FlowFrame",
    "Look",
    "Pin",
    "SceneCamera",
    "SceneFrames",
    "Shape",
    "make_camera_pose",
    "optical_flow",
    "striding",
]
