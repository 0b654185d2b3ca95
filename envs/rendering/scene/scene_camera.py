"""Scene camera: pictures of a map from any place, by whichever of two ways suits the view."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.scene.camera_pose import make_camera_pose
from wormdrive.envs.rendering.scene.exposure import evenly_lit, exposed
from wormdrive.envs.rendering.scene.general_camera import GeneralCamera
from wormdrive.envs.rendering.scene.lane_choice import LaneFollower, looks_along
from wormdrive.envs.rendering.scene.lane_view import LaneView
from wormdrive.envs.rendering.scene.normals import surface_normals
from wormdrive.envs.rendering.scene.raster.mesh_table import Meshes, carries
from wormdrive.envs.rendering.scene.scene_model import Cars, Look, Pin, SceneFrames, check_pose
from wormdrive.envs.rendering.scene.terrain.road_strips import RoadStrips
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainTiles
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.seasons.appearance import HEADLIGHTS
from wormdrive.envs.simulation.camera_config import CameraConfig

__all__ = ["SceneCamera"]

_LARGEST: Final = 8192
_FOV_DEG: Final = (1.0, 170.0)


class SceneCamera:
    """A camera anywhere on a map.

    It draws in one of two ways. A camera on a vehicle that drives a route (``pin``) and looks along it is drawn by the
    road camera: the same bits as in the simulator, with other vehicles over them. Any other view is drawn by casting
    rays to the ground (``general_frame.py``). Both use the same textures, light and weather; trees stand along the
    route in one, and at places of their own in the other.

    The arguments of ``draw`` decide every bit, whatever the number of threads.

    Parameters
    ----------
    road_map:
        The map.
    width, height:
        Of the picture [pixel].
    fov_deg:
        Horizontal field of view [deg].
    rgb, segmentation, depth, instance:
        What to draw.
    threads:
        How many draw at once.
    follow_lanes:
        Let the road camera draw whenever the camera stands over a lane and looks along it, on a route of its own that
        it keeps from frame to frame. Several times faster, but trees stand elsewhere than in other views of the place.
    terrain:
        Of the same map, to share what was baked with other cameras: their ``terrain``.

    Raises
    ------
    ArgumentError
        If a size or the field of view is out of bounds.

    Examples
    --------
    A bird's view of the middle of ``suburb`` in autumn::

        camera = SceneCamera(read_map("suburb"), 800, 600, 90.0)
        look = Look.of(Conditions.preset("autumn", "day"), scenery_seed=7)
        picture = camera.draw((0.0, 0.0, 50.0, 0.0, 1.2, 0.0), look, Cars.none(), frame=0).rgb
    """

    def __init__(
        self,
        road_map: RoadMap,
        width: int,
        height: int,
        fov_deg: float,
        *,
        rgb: bool = True,
        segmentation: bool = False,
        depth: bool = False,
        instance: bool = False,
        threads: int = 1,
        follow_lanes: bool = False,
        terrain: TerrainTiles | None = None,
    ) -> None:
        for name, value in (("width", width), ("height", height)):
            if not 1 <= value <= _LARGEST:
                raise ArgumentError(f"{name}={value!r}: allowed are 1 to {_LARGEST} pixels")
        if not (math.isfinite(fov_deg) and _FOV_DEG[0] <= fov_deg <= _FOV_DEG[1]):
            raise ArgumentError(f"fov_deg={fov_deg!r}: allowed is {_FOV_DEG[0]:g} to {_FOV_DEG[1]:g}")
        if threads < 1:
            raise ArgumentError(f"threads={threads!r}: allowed are 1 and more")
        self.width, self.height, self.fov_deg = width, height, fov_deg
        self._wants = {"rgb": rgb, "segmentation": segmentation, "depth": depth, "instance": instance}
        self._map = road_map
        self._threads = threads
        self._meshes = Meshes()
        self._terrain = terrain
        self._general: GeneralCamera | None = None
        self._follower = LaneFollower(road_map) if follow_lanes else None
        self._lanes: dict[CameraConfig, LaneView] = {}

    @property
    def terrain(self) -> TerrainTiles:
        """The land, for other cameras on the same map and in the same thread."""
        if self._terrain is None:
            self._terrain = TerrainTiles(RoadStrips(self._map))
        return self._terrain

    def draw(
        self,
        pose: ArrayLike,
        look: Look,
        cars: Cars,
        frame: int,
        *,
        pin: Pin | None = None,
        bgra: NDArray[np.uint8] | None = None,
    ) -> SceneFrames:
        """Draw one picture.

        Parameters
        ----------
        pose:
            x, y, z [m], heading, pitch, roll [rad] of the camera in the map's axes; pitch positive looks down.
        look:
            What the world looks like.
        cars:
            Vehicles, people, things and fixtures. What the camera sits in is not drawn.
        frame:
            Seed of the sensor's noise and of falling rain and snow.
        pin:
            The vehicle and route that carry the camera.
        bgra:
            (H, W, 4) uint8, contiguous: where to put the colour picture as blue, green, red, 255, instead of
            ``SceneFrames.rgb``.

        Raises
        ------
        ArgumentError
            If the pose is not six finite numbers, or ``bgra`` has another shape or type.
        """
        return self.begin(pose, look, cars, frame, pin=pin, bgra=bgra)()

    def begin(
        self,
        pose: ArrayLike,
        look: Look,
        cars: Cars,
        frame: int,
        *,
        pin: Pin | None = None,
        bgra: NDArray[np.uint8] | None = None,
    ) -> Callable[[], SceneFrames]:
        """As ``draw``, but return what has to be called to complete the picture, before the next one is begun.

        Where the road camera draws it, other threads do so meanwhile; until it is complete, nothing given may change.
        """
        place = check_pose(pose)
        self._check_bgra(bgra)
        camera = make_camera_pose(place, self.width, self.height, self.fov_deg)
        if pin is not None:
            mount = replace(pin.mount, width=self.width, height=self.height, fov_deg=self.fov_deg)
            if looks_along(mount):
                return self._lane_view(mount).begin(pin, camera, look, cars, frame, bgra)
        lit = bool(look.appearance[HEADLIGHTS] > 0.0)
        if pin is None:
            look = evenly_lit(look if lit else exposed(look), self.fov_deg)
        mounted = pin is not None or (lit and carries(cars, camera))
        # in the road camera's picture headlights are the viewer's own: none of a camera that no vehicle carries
        if pin is None and self._follower is not None and (mounted or not lit) and not len(look.left_out):
            found = self._follower.pin(place, self.width, self.height, self.fov_deg)
            if found is not None:
                return self._lane_view(found.mount).begin(found, camera, look, cars, frame, bgra)
        return partial(self._general_camera().draw, camera, look, cars, frame, own_beam=mounted, bgra=bgra)

    def normals(self, pose: ArrayLike, frames: SceneFrames, cars: Cars) -> NDArray[np.float32]:
        """Return the normals of what a picture shows that this camera has drawn from ``pose``.

        Returns
        -------
        (H, W, 3) float32: of length 1, in the map's axes, zeros in the sky.

        Raises
        ------
        ArgumentError
            If the picture holds no depth or no segmentation.
        """
        if frames.depth is None or frames.segmentation is None:
            raise ArgumentError("frames: allowed are those with depth and segmentation")
        camera = make_camera_pose(check_pose(pose), self.width, self.height, self.fov_deg)
        terrain = self.terrain.around(camera.x, camera.y)
        return surface_normals(frames.depth, frames.segmentation, camera, terrain, cars, self._meshes)

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        if self._general is not None:
            self._general.close()
        for view in self._lanes.values():
            view.close()

    def _check_bgra(self, bgra: NDArray[np.uint8] | None) -> None:
        if bgra is None:
            return
        shape = self.height, self.width, 4
        if not self._wants["rgb"] or bgra.shape != shape or bgra.dtype != np.uint8 or not bgra.flags.c_contiguous:
            raise ArgumentError(
                f"bgra: shape {bgra.shape} of {bgra.dtype}: allowed is a contiguous {shape} of uint8, "
                "of a camera that draws colours"
            )

    def _lane_view(self, mount: CameraConfig) -> LaneView:
        view = self._lanes.get(mount)
        if view is None:
            view = self._lanes[mount] = LaneView(mount, **self._wants, meshes=self._meshes, threads=self._threads)
        return view

    def _general_camera(self) -> GeneralCamera:
        if self._general is None:
            labelled = any(self._wants[name] for name in ("segmentation", "depth", "instance"))
            self._general = GeneralCamera(
                self.terrain,
                self.width,
                self.height,
                colour=self._wants["rgb"],
                labelled=labelled,
                threads=self._threads,
            )
        return self._general
