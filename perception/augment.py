"""Augmentation: pictures of summer, changed as other days would change them.

It works on reduced images in [0, 1], before normalisation, from one seeded generator: the same generator state gives
the same bits, with any number of threads. Training sees pictures of summer alone. What of this carries a policy into
winter, and what its designers knew, stands in ``augment_families``.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.simd import LANES
from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.perception.augment_families import (
    GRID,
    REGIONS,
    AugmentationConfig,
    draw_families,
    draw_noise,
    normals,
)
from wormdrive.perception.augment_geometry import GroundRays, RoadPose
from wormdrive.perception.cross_section import BINS, LEVELS, blurred
from wormdrive.perception.kernels.augment_kernel import augment_frames
from wormdrive.perception.kernels.augment_tables import FrameDraws, PixelTables, WindowDraws
from wormdrive.perception.kernels.chunks import each_chunk

__all__ = ["Augmentation", "AugmentationConfig"]


class Augmentation:
    """Apply the families of a configuration to batches of windows.

    Surfaces change first (marks, regions, tracks), then the air, then the light, then the sensor: the order in which
    they lie between the world and the picture.
    """

    def __init__(self, config: AugmentationConfig, rays: GroundRays) -> None:
        self.config, self.rays = config, rays
        self._pixels = _pixel_tables(rays)

    @property
    def needs_cross_section(self) -> bool:
        """Whether ``cross_section`` must be set before pictures can be augmented."""
        return self.config.cross_section > 0 and not self._pixels.section.any()

    def set_cross_section(self, section: NDArray[np.float32]) -> None:
        """Say what asphalt looks like across a lane: (BINS,) from ``mean_cross_section``."""
        self._pixels = self._pixels._replace(section=blurred(section))

    def __call__(self, images: Tensor, classes: Tensor, pose: RoadPose, rng: np.random.Generator) -> Tensor:
        """Augment ``images`` (B, T, C, h, w) of ``classes`` (B, T, h, w) uint8: a new float32 tensor in [0, 1]."""
        if self.needs_cross_section:
            raise ArgumentError("cross_section: not set, allowed is one measured on pictures (`set_cross_section`)")
        b, t, c, h, w = images.shape
        images = images.float().contiguous() if images.dtype != torch.float32 else images.clone().contiguous()
        windows = draw_families(self.config, b, rng)
        frames = FrameDraws(
            pose=_pose_table(pose),
            patches=_patches(_has_lines(windows), t, rng),
            noise_at=draw_noise(b * t, rng),
        )
        pixels = self._pixels._replace(normals=normals(c * h * w + LANES))
        planes, kinds = images.view(b * t, c, h * w).numpy(), classes.contiguous().view(b * t, h * w).numpy()

        def work(first: int, last: int) -> None:
            augment_frames(planes, kinds, (h, w), pixels, windows, frames, first, last)

        for _ in each_chunk(b * t, work):
            pass
        return images


def _has_lines(windows: WindowDraws) -> NDArray[np.bool_]:
    families = windows.families
    has: NDArray[np.bool_] = np.zeros(len(families), np.bool_)
    for lines in ("tracks", "seams", "section"):
        has |= families[lines]["amplitude"] != 0
    return has


def _patches(wanted: NDArray[np.bool_], frames: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw patches for the frames of windows that want them, (M, *GRID)."""
    patches = np.zeros((len(wanted), frames, *GRID), np.float32)
    patches[wanted] = rng.random((int(wanted.sum()), frames, *GRID), np.float32)
    return patches.reshape(-1, *GRID)


def _pose_table(pose: RoadPose) -> NDArray[np.float32]:
    error = pose.heading_error_rad
    columns = (pose.offset_m, torch.cos(error), torch.sin(error), pose.curvature, pose.lane_width_m)
    table: NDArray[np.float32] = torch.stack(columns, -1).flatten(0, 1).contiguous().numpy()
    return table


def _pixel_tables(rays: GroundRays) -> PixelTables:
    height, width = rays.ground.shape

    def flat(values: Tensor, outside: float = 0.0) -> NDArray[np.float32]:
        array = values.expand(height, width).float().numpy().ravel()
        return np.pad(array, (0, -len(array) % LANES), constant_values=outside)

    group = np.zeros(256, np.uint8)
    for number, labels in enumerate(REGIONS.values(), 1):
        group[[int(label) for label in labels]] = number
    on_road = np.zeros(256, np.float32)
    on_road[[int(SemanticLabel.ROADS), int(SemanticLabel.ROAD_LINES)]] = 1
    on_ground = on_road.copy()
    on_ground[[int(label) for label in REGIONS["ground"]]] = 1
    return PixelTables(
        forward_m=flat(rays.forward_m),
        left_m=flat(rays.left_m),
        distance_m=flat(rays.distance_m),
        ground=flat(rays.ground),
        blur_m2=flat((0.6 * rays.footprint_m) ** 2, 1.0),
        row=flat(torch.linspace(-1, 1, height)[:, None]),
        column=flat(torch.linspace(-1, 1, width)[None, :]),
        group=group,
        on_road=on_road,
        on_ground=on_ground,
        normals=np.zeros(0, np.float32),
        section=np.zeros((LEVELS, BINS), np.float32),
    )
