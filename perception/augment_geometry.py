"""Where on the road each pixel lies, on flat ground: what road-aligned augmentation paints by.

The camera looks along its route; hills are ignored, which costs nothing here: what is painted is random anyway.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.perception.preprocess import PreprocessConfig

__all__ = ["FAR_M", "GroundRays", "RoadPose"]

FAR_M = 300.0
"""Distance given to pixels at and above the horizon [m]."""


@dataclass(frozen=True)
class RoadPose:
    """Where the camera's vehicle stands on its road; tensors are (B, T).

    ``offset_m`` left of the lane centre, ``heading_error_rad`` counter-clockwise from the lane, ``curvature`` of the
    lane [1/m], positive in left bends, ``lane_width_m`` of the ego lane.
    """

    offset_m: Tensor
    heading_error_rad: Tensor
    curvature: Tensor
    lane_width_m: Tensor

    def select(self, windows: Tensor) -> RoadPose:
        """Pose of the windows with these indices."""
        return RoadPose(
            self.offset_m[windows], self.heading_error_rad[windows], self.curvature[windows], self.lane_width_m[windows]
        )


class GroundRays:
    """Ground points of an image's pixels in the vehicle's axes, for one camera and one reduction of its frames.

    Parameters
    ----------
    camera:
        The camera that took the frames.
    preprocess:
        How frames are reduced: the image has ``preprocess.image_height`` rows h and ``image_width`` columns w.

    Attributes
    ----------
    forward_m, left_m:
        (h, w): where the pixel's ray meets flat ground [m]; capped at ``FAR_M`` forward.
    distance_m:
        (h, w): length of the ray; ``FAR_M`` where it misses.
    ground:
        (h, w) bool: the ray meets the ground before ``FAR_M``.
    footprint_m:
        (h, w): width that a pixel covers on the ground [m].
    """

    def __init__(self, camera: CameraConfig, preprocess: PreprocessConfig) -> None:
        height, width, pixel = preprocess.image_height, preprocess.image_width, preprocess.downsample
        focal = 0.5 * camera.width / math.tan(math.radians(camera.fov_deg) / 2)
        column = ((torch.arange(width, dtype=torch.float32) + 0.5) * pixel - camera.width / 2) / focal
        row = (
            (torch.arange(height, dtype=torch.float32) + preprocess.crop_top + 0.5) * pixel - camera.height / 2
        ) / focal
        cos, sin = math.cos(camera.pitch_rad), math.sin(camera.pitch_rad)
        # a ray is (1, -column, -row) in camera axes; pitched down it falls by (sin + row cos) per unit of depth
        fall = (sin + row * cos)[:, None].expand(height, width)
        depth = (camera.z_m / fall.clamp_min(1e-6)).clamp_max(FAR_M)
        self.ground = (fall > camera.z_m / FAR_M).contiguous()
        self.forward_m = camera.x_m + depth * (cos - row * sin)[:, None]
        self.left_m = camera.y_m - depth * column[None, :]
        self.distance_m = torch.where(self.ground, depth, torch.full_like(depth, FAR_M))
        self.footprint_m = depth * (pixel / focal)

    def lateral_m(self, pose: RoadPose) -> Tensor:
        """Lateral road position of each pixel, left of the ego lane's centre: (B, T, h, w) [m].

        The road is a circle of the pose's curvature k. A point (x, y) in the frame of the lane below the vehicle lies
        at d = (1 - sqrt((k x)^2 + (1 - k y)^2)) / k, written so that k = 0 is no special case.
        """
        error = pose.heading_error_rad[..., None, None]
        k = pose.curvature[..., None, None]
        x = self.forward_m * torch.cos(error) - self.left_m * torch.sin(error)
        y = self.forward_m * torch.sin(error) + self.left_m * torch.cos(error) + pose.offset_m[..., None, None]
        root = torch.sqrt((k * x) ** 2 + (1 - k * y) ** 2)
        return (2 * y - k * (x * x + y * y)) / (1 + root)
