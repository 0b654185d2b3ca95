"""Scene: pictures of a map from anywhere, for cameras that do not look along a route.

``scene_camera.SceneCamera`` adapts the exposure (``exposure``) and draws in one of two ways: where ``lane_choice``
finds a route to look along, ``lane_view`` takes the road camera's picture and lays vehicles over it
(``raster/overlay``); any other view is drawn by ``general_camera``. There a frame goes through
``general_frame.draw_band``, in this order:

1. ``terrain/terrain_tiles`` has the land around the camera ready: ``terrain/road_strips`` lays the map's roads out as
   the road camera lays out routes, ``terrain/tile_kernel`` bakes heights and which roads each square metre may belong
   to, ``terrain/world_scenery`` and ``terrain/tile_scenery`` list trees and posts.
2. ``terrain/ray_march`` finds the depth of the ground in every pixel.
3. ``raster/mesh_raster`` draws the ``meshes`` (vehicles, people, houses, things) before it; ``raster/mesh_table`` is
   the list of them.
4. ``terrain/billboards`` draws trees and posts before both.
5. ``terrain/ground`` fills what shows of the ground: ``terrain/ground_lookup`` turns points into places on a road, and
   the road camera's own kernels give texture, marks, litter and shading; ``raster/car_light`` adds shadows and beams.
6. ``sky_view`` fills what is left; then come the meshes' own light and the glow of ``raster/lamps``.
7. The road camera's ``precipitation`` and ``postprocess`` make bytes.

``normals`` and ``optical_flow`` tell more of a finished picture, from its depth and the geometry, whichever way it was
drawn.
"""

from __future__ import annotations

from wormdrive.envs.rendering.scene.camera_pose import make_camera_pose
from wormdrive.envs.rendering.scene.meshes.shapes import Shape, striding
from wormdrive.envs.rendering.scene.optical_flow import FlowFrame, optical_flow
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
