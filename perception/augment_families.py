"""The families of augmentation, each a small function on a batch of windows.

Common to all: ``images`` (B, T, C, h, w) float32 in [0, 1], ``classes`` (B, T, h, w) uint8 with CARLA's segmentation
numbers, ``pose`` and ``rays`` from ``augment_geometry``. Parameters are drawn once a window from ``generator``, so that
a window stays one coherent drive; only sensor noise is drawn once a frame. Results may leave [0, 1]: the caller clamps.

Most families use what holds on any road: paint wears off, surfaces change brightness, air scatters light. But they were
not fixed before any other season than summer was looked at. ``wheel_tracks`` was designed by people who had seen winter
pictures, and driving in winter hangs on it: trained by the recipe ``demo`` and driven on country_loop, 16 drives of
200 m a condition, grey policies, the NCP and the memoryless one alike, keep their lane (by the car's centre) in 0 of 16
drives on a winter day without it and in 16 of 16 with it; in winter snowfall in 0 of 16 without it, in 14 and 12 with
it. In all other conditions tried (summer, autumn and spring by day, summer at night, autumn in rain, spring in fog)
they keep it in 16 of 16 with or without. So no training picture shows winter, but the design of the training knew it.
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.perception.augment_geometry import FAR_M, GroundRays, RoadPose

__all__ = [
    "REGIONS",
    "contrast",
    "fade_marks",
    "fog",
    "light_field",
    "rebrighten_region",
    "sensor_noise",
    "shadow",
    "wheel_tracks",
]

REGIONS: dict[str, tuple[SemanticLabel, ...]] = {
    "ground": (SemanticLabel.TERRAIN, SemanticLabel.SIDEWALKS, SemanticLabel.GROUND),
    "vegetation": (SemanticLabel.VEGETATION,),
    "sky": (SemanticLabel.SKY,),
    "road": (SemanticLabel.ROADS,),
}
"""Classes that change brightness together."""


def _draw(windows: int, low: float, high: float, generator: Generator) -> Tensor:
    """One uniform number a window: (B, 1, 1, 1, 1)."""
    return torch.rand(windows, 1, 1, 1, 1, generator=generator) * (high - low) + low


def _is(classes: Tensor, labels: tuple[SemanticLabel, ...]) -> Tensor:
    """(B, T, 1, h, w) float mask of pixels whose class is among ``labels``."""
    mask = classes == int(labels[0])
    for label in labels[1:]:
        mask = mask | (classes == int(label))
    return mask.unsqueeze(2).float()


def fade_marks(images: Tensor, classes: Tensor, generator: Generator) -> Tensor:
    """Wear road marks down towards the road around them: half away, wholly away, or on into a faint dark trace.

    The road's local mean is taken over 3 x 9 pixels of road that no mark touches.
    """
    b, t, c, h, w = images.shape
    flat = images.reshape(b * t, c, h, w)
    marks = _is(classes, (SemanticLabel.ROAD_LINES,)).reshape(b * t, 1, h, w)
    near_road = 1 - _is(classes, (SemanticLabel.SKY, SemanticLabel.VEGETATION)).reshape(b * t, 1, h, w)
    painted = functional.max_pool2d(marks, 3, 1, 1) * near_road
    road = _is(classes, (SemanticLabel.ROADS,)).reshape(b * t, 1, h, w) * (1 - painted)
    area = functional.avg_pool2d(road, (3, 9), 1, (1, 4))
    mean = functional.avg_pool2d(flat * road, (3, 9), 1, (1, 4)) / (area + 1e-3)
    amount = _draw(b, 0.5, 1.2, generator)
    weight = (painted * (area > 0.03)).reshape(b, t, 1, h, w) * amount
    return images + weight * (mean.reshape(images.shape) - images)


def wheel_tracks(images: Tensor, classes: Tensor, pose: RoadPose, rays: GroundRays, generator: Generator) -> Tensor:
    """Paint pairs of wheel tracks along every lane, brighter or darker than the road, broken by random patches.

    Half gauge 0.62 to 0.90 m, width 0.16 to 0.42 m (wider where a pixel covers more), up to 0.15 m off the lane's
    middle, contrast of either sign with a standard deviation of 0.35.
    """
    b, t, _, h, w = images.shape
    lateral = rays.lateral_m(pose).unsqueeze(2)
    lane_width = pose.lane_width_m[:, :, None, None, None]
    in_lane = torch.remainder(lateral + 0.5 * lane_width, lane_width) - 0.5 * lane_width
    in_lane = in_lane + _draw(b, -0.15, 0.15, generator)
    half_gauge = _draw(b, 0.62, 0.90, generator)
    width = torch.sqrt(_draw(b, 0.16, 0.42, generator) ** 2 + (0.6 * rays.footprint_m) ** 2)
    track = torch.exp(-(((in_lane.abs() - half_gauge) / width) ** 2))
    patches = torch.rand(b * t, 1, 10, 12, generator=generator)
    patches = functional.interpolate(patches, (h, w), mode="bilinear", align_corners=False).reshape(b, t, 1, h, w)
    strength = patches * _draw(b, 0.0, 1.2, generator) + _draw(b, 0.4, 1.2, generator)
    amplitude = torch.randn(b, 1, 1, 1, 1, generator=generator) * 0.35
    on_road = _is(classes, (SemanticLabel.ROADS, SemanticLabel.ROAD_LINES)) * rays.ground
    return images + amplitude * on_road * (track * strength).clamp(0, 1)


def rebrighten_region(images: Tensor, classes: Tensor, region: str, generator: Generator) -> Tensor:
    """Change the brightness and contrast of one kind of surface; the contrast may turn round."""
    b = len(images)
    level, middle = _draw(b, 0.0, 1.0, generator), _draw(b, 0.25, 0.6, generator)
    changed = (level + (images - middle) * _draw(b, -1.0, 1.6, generator)).clamp(0, 1)
    return images + _is(classes, REGIONS[region]) * (changed - images)


def fog(images: Tensor, rays: GroundRays, generator: Generator) -> Tensor:
    """Blend towards one grey with distance (Koschmieder): visual range from 1,500 m down to 40 m, log-uniform.

    Rays that miss the ground are given a distance of 20 to 300 m: what stands beside the road is near, the sky is far.
    """
    b = len(images)
    visual_range_m = torch.exp(_draw(b, math.log(40.0), math.log(1500.0), generator))
    beyond = torch.exp(_draw(b, math.log(20.0), math.log(FAR_M), generator))
    distance = torch.where(rays.ground, torch.minimum(rays.distance_m, beyond), beyond)
    haze = 1 - torch.exp(-distance * (3.912 / visual_range_m))
    return images + haze * (_draw(b, 0.1, 1.0, generator) - images)


def light_field(images: Tensor, generator: Generator) -> Tensor:
    """Multiply by a smooth random field: light that differs from place to place in the picture."""
    b, _, _, h, w = images.shape
    coarse = torch.randn(b, 1, 3, 6, generator=generator) * 0.45 + torch.randn(b, 1, 1, 6, generator=generator) * 0.25
    field = torch.exp(functional.interpolate(coarse, (h, w), mode="bilinear", align_corners=False))
    return images * field.unsqueeze(1)


def shadow(images: Tensor, generator: Generator) -> Tensor:
    """Darken one side of a random straight edge to 0.3 to 0.8 of its light (the paper's shadow augmentation)."""
    b, _, _, h, w = images.shape
    angle = _draw(b, 0.0, 2 * math.pi, generator)
    row = torch.linspace(-1, 1, h)[:, None]
    column = torch.linspace(-1, 1, w)[None, :]
    side = torch.cos(angle) * column + torch.sin(angle) * row - _draw(b, -0.7, 0.7, generator)
    covered = (side * 10 + 0.5).clamp(0, 1)
    return images * (1 - covered * (1 - _draw(b, 0.3, 0.8, generator)))


def contrast(images: Tensor, generator: Generator) -> Tensor:
    """Change brightness, contrast and gamma of the whole picture."""
    b = len(images)
    mean = images.mean((2, 3, 4), keepdim=True)
    gain = torch.exp(_draw(b, -0.7, 0.5, generator))
    changed = (images - mean) * gain + mean + _draw(b, -0.25, 0.25, generator)
    return changed.clamp(1e-3, 1) ** torch.exp(_draw(b, -0.6, 0.6, generator))


def sensor_noise(images: Tensor, largest: float, generator: Generator) -> Tensor:
    """Add normal noise, new in every frame; its deviation is drawn once a window, small ones more often."""
    deviation = _draw(len(images), 0.0, 1.0, generator) ** 2 * largest
    return images + torch.randn(images.shape, generator=generator) * deviation
