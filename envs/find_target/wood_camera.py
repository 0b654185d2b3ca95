"""Wood camera: pictures of a batch of flights."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole
from wormdrive.envs.find_target.picture.canvas import make_canvas
from wormdrive.envs.find_target.picture.wood_frame import draw_wood
from wormdrive.envs.find_target.season_textures import SeasonTextures
from wormdrive.envs.find_target.site import Site
from wormdrive.envs.rendering.camera.lens import FINE_WIDTH, headlight_beam
from wormdrive.envs.rendering.camera.postprocess import noise_table
from wormdrive.envs.rendering.camera.sky import choose_sky_level
from wormdrive.envs.rendering.scene.camera_pose import make_camera_pose
from wormdrive.envs.rendering.scene.meshes.mesh_builder import Mesh

__all__ = ["CameraView", "WoodCamera"]

_MULTIPLE: Final = (16, 8)
_LARGEST: Final = 2048


class CameraView(NamedTuple):
    """What one picture shows.

    ``plants`` see ``wood``; ``target`` (1, CAR_FIELDS) and ``mesh``: the target; ``pose`` (4,): x, y, z [m], heading
    [rad]; ``frame_seed``: of noise and of what falls.
    """

    site: Site
    ground: NDArray[np.uint32]
    textures: SeasonTextures
    appearance: NDArray[np.float32]
    plants: NDArray[np.float32]
    target: NDArray[np.float64]
    mesh: Mesh
    label: int
    pose: NDArray[np.float64]
    frame_seed: int


class WoodCamera:
    """A level camera that looks a little down.

    Parameters
    ----------
    width, height:
        Of the picture [pixel], in whole multiples of 16 and 8.
    fov_deg:
        Horizontal field of view [deg].
    pitch_rad:
        Positive looks down.
    threads:
        How many draw at once; they do not change a bit.

    Raises
    ------
    ArgumentError
        If a size or an angle is not allowed.
    """

    def __init__(
        self, width: int = 144, height: int = 96, fov_deg: float = 80.0, pitch_rad: float = 0.2, threads: int = 1
    ) -> None:
        for name, value, multiple in (("width", width, _MULTIPLE[0]), ("height", height, _MULTIPLE[1])):
            if not is_whole(value) or not multiple <= value <= _LARGEST or value % multiple:
                raise ArgumentError(f"{name}={value!r}: allowed are multiples of {multiple} up to {_LARGEST} [pixel]")
        if not is_real(fov_deg) or not 40.0 <= fov_deg <= 120.0:
            raise ArgumentError(f"fov_deg={fov_deg!r}: allowed is 40 to 120 [deg]")
        if not is_whole(threads) or threads < 1:
            raise ArgumentError(f"threads={threads!r}: allowed is a positive whole number")
        self.width, self.height, self.fov_deg, self.pitch_rad = width, height, fov_deg, pitch_rad
        focal = 0.5 * width / np.tan(0.5 * np.radians(fov_deg))
        tangent = (np.arange(width + 16) + 0.5 - 0.5 * width) / focal
        azimuth = np.arctan(tangent)
        self._columns = [
            np.ascontiguousarray(column, np.float32)
            for column in (azimuth, np.cos(azimuth), tangent, headlight_beam(tangent))
        ]
        self._noise = noise_table(width)
        self._sky_level = choose_sky_level(float(focal))
        self._fine = width >= FINE_WIDTH
        self._threads = int(threads)
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(self._threads, "wood") if self._threads > 1 else None

    def __reduce__(self) -> tuple[type[WoodCamera], tuple[int, int, float, float, int]]:
        """Make a copy or a pickle of what it was made of, for it remembers nothing."""
        return WoodCamera, (self.width, self.height, self.fov_deg, self.pitch_rad, self._threads)

    def draw(
        self,
        views: list[CameraView],
        rgb: NDArray[np.uint8],
        labels: NDArray[np.uint8] | None = None,
    ) -> NDArray[np.float64]:
        """Draw pictures; return how much of the target shows in each, (N,) [pixel].

        Parameters
        ----------
        rgb:
            (N, H, W, 3), to be filled.
        labels:
            (N, H, W) ``SemanticLabel``, to be filled, or ``None``.
        """
        shows = np.zeros(len(views))

        def some(first: int) -> None:
            for n in range(first, len(views), self._threads):
                shows[n] = self._draw(views[n], rgb[n], None if labels is None else labels[n])

        if self._pool is None or len(views) == 1:
            for first in range(self._threads):
                some(first)
        else:
            list(self._pool.map(some, range(self._threads)))
        return shows

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        if self._pool is not None:
            self._pool.shutdown()

    def _draw(self, view: CameraView, rgb: NDArray[np.uint8], labels: NDArray[np.uint8] | None) -> float:
        local = self._local
        if not hasattr(local, "canvas"):
            local.canvas = make_canvas(self.width, self.height)
            local.no_labels = np.zeros(0, np.uint8)
        x, y, z, heading = (float(value) for value in view.pose)
        camera = make_camera_pose((x, y, z, heading, self.pitch_rad, 0.0), self.width, self.height, self.fov_deg)
        site, art = view.site, view.textures
        azimuth, cos_azimuth, tangent, beam = self._columns
        shows: float = draw_wood(
            site.heights, site.heights_west, site.heights_south, view.ground, site.labels, site.x, site.y, camera,
            heading, self.pitch_rad, view.plants, view.target, view.mesh.corners, view.mesh.material,
            np.uint8(view.label), view.appearance, np.uint32(view.frame_seed), art.atlas, art.atlas_offsets,
            art.atlas_spans, art.litter, art.litter_offsets,
            art.shadow, art.shadow_offsets, art.sky, self._sky_level, azimuth, cos_azimuth, tangent, beam,
            self._noise, self._fine, self.width, self.height, local.canvas, labels is not None, rgb.reshape(-1),
            local.no_labels if labels is None else labels.reshape(-1),
        )  # fmt: skip
        return float(shows)
