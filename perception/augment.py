"""Augmentation: which families are applied, how often, in which order.

It works on reduced images in [0, 1], before normalisation, from one seeded ``torch.Generator``: the same generator
state gives the same bits. Training sees pictures of summer alone. Into winter a grey policy is carried by one family,
``wheel_tracks``, which people designed who had seen winter pictures; what hangs on it stands in ``augment_families``.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Generator, Tensor

from wormdrive.perception import augment_families as families
from wormdrive.perception.augment_geometry import GroundRays, RoadPose

__all__ = ["Augmentation", "AugmentationConfig"]


class AugmentationConfig(BaseModel):
    """Probability of each family per window, and the largest noise; ``AugmentationConfig.none()`` leaves all out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fade_marks: float = Field(default=0.3, ge=0, le=1)
    wheel_tracks: float = Field(default=0.4, ge=0, le=1)
    rebrighten_ground: float = Field(default=0.3, ge=0, le=1)
    rebrighten_vegetation: float = Field(default=0.3, ge=0, le=1)
    rebrighten_sky: float = Field(default=0.2, ge=0, le=1)
    rebrighten_road: float = Field(default=0.18, ge=0, le=1)
    fog: float = Field(default=0.4, ge=0, le=1)
    light_field: float = Field(default=0.2, ge=0, le=1)
    shadow: float = Field(default=0.2, ge=0, le=1)
    contrast: float = Field(default=0.3, ge=0, le=1)
    noise: float = Field(default=0.06, ge=0, le=1, description="largest standard deviation, in every window")

    @classmethod
    def none(cls) -> AugmentationConfig:
        """No augmentation at all."""
        return cls(**dict.fromkeys(cls.model_fields, 0.0))


class Augmentation:
    """Apply the families of a configuration to batches of windows.

    Surfaces change first (marks, regions, tracks), then the air, then the light, then the sensor: the order in which
    they lie between the world and the picture.
    """

    def __init__(self, config: AugmentationConfig, rays: GroundRays) -> None:
        self.config = config
        self.rays = rays

    def __call__(self, images: Tensor, classes: Tensor, pose: RoadPose, generator: Generator) -> Tensor:
        """Augment ``images`` (B, T, C, h, w); ``classes`` are (B, T, h, w) uint8. Returns a new tensor in [0, 1]."""
        config, rays = self.config, self.rays
        images = images.clone()
        # each entry: how often, and the family applied to the windows whose indices it is given
        steps: tuple[tuple[float, Callable[[Tensor], Tensor]], ...] = (
            (config.fade_marks, lambda i: families.fade_marks(images[i], classes[i], generator)),
            *(
                (often, lambda i, region=region: families.rebrighten_region(images[i], classes[i], region, generator))
                for region, often in (
                    ("ground", config.rebrighten_ground),
                    ("vegetation", config.rebrighten_vegetation),
                    ("sky", config.rebrighten_sky),
                    ("road", config.rebrighten_road),
                )
            ),
            (
                config.wheel_tracks,
                lambda i: families.wheel_tracks(images[i], classes[i], pose.select(i), rays, generator),
            ),
            (config.fog, lambda i: families.fog(images[i], rays, generator)),
            (config.light_field, lambda i: families.light_field(images[i], generator)),
            (config.shadow, lambda i: families.shadow(images[i], generator)),
            (config.contrast, lambda i: families.contrast(images[i], generator)),
            (float(config.noise > 0), lambda i: families.sensor_noise(images[i], config.noise, generator)),
        )
        for often, apply in steps:
            chosen = torch.nonzero(torch.rand(len(images), generator=generator) < often)[:, 0]
            if len(chosen):
                images[chosen] = apply(chosen)
        return images.clamp_(0, 1)
