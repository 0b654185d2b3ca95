"""The families of augmentation: what is drawn at random for each, once a window, and what it means.

``draw_families`` draws; ``kernels/augment_kernel`` changes pictures by what was drawn. A window keeps its numbers over
all its frames, so that it stays one coherent drive; only patches in wheel tracks and sensor noise are new in each.

Most families use what holds on any road: paint wears off, surfaces change brightness, air scatters light. But they were
not fixed before any other season than summer was looked at. ``wheel_tracks`` was designed by people who had seen winter
pictures, and its numbers are those of winter's tracks. ``cross_section`` takes its numbers from the training pictures
themselves, on which wheels have left faint bands; but that these might matter, and how often, how sharply and how much
they are exaggerated, was settled by people who saw how policies then drove in winter. Driving there hangs on one of the
two; ``docs/results.md`` has figures. So no training picture shows winter, but the design of the training knew it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.perception.augment_geometry import FAR_M
from wormdrive.perception.kernels.augment_tables import FAMILIES, WindowDraws

__all__ = ["GRID", "REGIONS", "AugmentationConfig", "draw_families", "draw_noise", "normals"]

REGIONS: dict[str, tuple[SemanticLabel, ...]] = {
    "ground": (SemanticLabel.TERRAIN, SemanticLabel.SIDEWALKS, SemanticLabel.GROUND),
    "vegetation": (SemanticLabel.VEGETATION,),
    "sky": (SemanticLabel.SKY,),
    "road": (SemanticLabel.ROADS,),
}
"""Classes that change brightness together."""
GRID = (10, 12)
"""Rows and columns of the patches that break wheel tracks."""
_NORMALS = 1 << 16
_SHARES = 64
"""Uniform numbers drawn for a window; more than are used."""


class AugmentationConfig(BaseModel):
    """Probability of each family per window, and the largest noise; ``AugmentationConfig.none()`` leaves all out.

    - ``fade_marks``: wear road marks down towards the road around them: half away, wholly away, or on into a faint dark
      trace. The road's local mean is taken over 3 x 9 pixels of road that no mark touches.
    - ``exaggerate``: multiply how far the road's pixels differ from the mean of their row by 2 to 12, of either sign:
      what wheels, oil and water have left on the asphalt, faint in the picture, becomes plain, or its negative.
    - ``rebrighten_...``: change brightness and contrast of one kind of surface; the contrast may turn round.
    - ``dust``: cover road, marks and verges alike with one grey, by a half or wholly: an unpaved, dusty road, whose
      edges hardly show.
    - ``wheel_tracks``: paint pairs of tracks along every lane, brighter or darker than the road, broken by random
      patches: half gauge 0.62 to 0.90 m, width 0.16 to 0.42 m (wider where a pixel covers more), up to 0.15 m off the
      lane's middle, contrast of either sign with a standard deviation of 0.35.
    - ``seams``: paint lines along the road as tar, tyres and water leave them: one or two in every lane, anywhere, 0.05
      to 0.6 m wide, of any contrast. Unlike ``wheel_tracks`` they do not know where wheels run.
    - ``cross_section``: exaggerate what the asphalt of the training pictures looks like across a lane on average (see
      ``cross_section``): all that is darker than some threshold is set off from the rest, sharply or softly, broken by
      random patches, with a contrast of either sign and a standard deviation of 0.35.
    - ``fog``: blend towards one grey with distance (Koschmieder): visual range from 1,500 m down to 40 m, log-uniform.
      Rays that miss the ground have a distance of 20 to 300 m: what stands beside the road is near, the sky is far.
    - ``light_field``: multiply by a smooth random field: light that differs from place to place in the picture.
    - ``shadow``: darken one side of a random straight edge to 0.3 to 0.8 of its light (the paper's shadows).
    - ``contrast``: change brightness, contrast and gamma of the whole picture.
    - ``polarity``: turn the whole picture into its negative.
    - ``blank``: paint all that is above a row or all that is below one in one grey, so that half of the picture, the
      near or the far one, has to do.
    - ``noise``: normal noise, new in every frame; its deviation is drawn once a window, small ones more often.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fade_marks: float = Field(default=0.3, ge=0, le=1)
    wheel_tracks: float = Field(default=0.4, ge=0, le=1)
    seams: float = Field(default=0.0, ge=0, le=1)
    exaggerate: float = Field(default=0.0, ge=0, le=1)
    dust: float = Field(default=0.0, ge=0, le=1)
    cross_section: float = Field(default=0.0, ge=0, le=1)
    rebrighten_ground: float = Field(default=0.3, ge=0, le=1)
    rebrighten_vegetation: float = Field(default=0.3, ge=0, le=1)
    rebrighten_sky: float = Field(default=0.2, ge=0, le=1)
    rebrighten_road: float = Field(default=0.18, ge=0, le=1)
    fog: float = Field(default=0.4, ge=0, le=1)
    light_field: float = Field(default=0.2, ge=0, le=1)
    shadow: float = Field(default=0.2, ge=0, le=1)
    contrast: float = Field(default=0.3, ge=0, le=1)
    polarity: float = Field(default=0.0, ge=0, le=1)
    blank: float = Field(default=0.0, ge=0, le=1)
    noise: float = Field(default=0.06, ge=0, le=1, description="largest standard deviation, in every window")

    @classmethod
    def none(cls) -> AugmentationConfig:
        """No augmentation at all."""
        return cls(**dict.fromkeys(cls.model_fields, 0.0))


def draw_families(config: AugmentationConfig, windows: int, rng: np.random.Generator) -> WindowDraws:
    """Draw all families for B windows: as many random numbers whatever is chosen."""
    shares: Iterator[NDArray[np.float64]] = iter(
        rng.random((_SHARES, windows))
    )  # at one go: a call a number would take longer than all the rest

    def uniform(low: float, high: float) -> NDArray[np.float64]:
        share: NDArray[np.float64] = low + (high - low) * next(shares)
        return share

    def chosen(often: float) -> NDArray[np.bool_]:
        which: NDArray[np.bool_] = next(shares) < often
        return which

    drawn = np.zeros(windows, FAMILIES)
    drawn["fade_amount"] = chosen(config.fade_marks) * uniform(0.5, 1.2)
    lift, gain = np.zeros((windows, 1 + len(REGIONS)), np.float32), np.ones((windows, 1 + len(REGIONS)), np.float32)
    for number, region in enumerate(REGIONS, 1):
        often: float = getattr(config, f"rebrighten_{region}")
        changes, level, middle, turned = chosen(often), uniform(0.0, 1.0), uniform(0.25, 0.6), uniform(-1.0, 1.6)
        lift[changes, number] = (level - middle * turned)[changes]
        gain[changes, number] = turned[changes]
        drawn["rebrighten"] += changes
    for lines, often, shift_m, half_gauge_m, width_m in (
        ("tracks", config.wheel_tracks, 0.15, (0.62, 0.90), (0.16, 0.42)),
        ("seams", config.seams, 1.75, (0.0, 1.2), (0.05, 0.6)),
    ):
        drawn[lines]["amplitude"] = chosen(often) * rng.normal(0.0, 0.35, windows)
        drawn[lines]["shift_m"] = uniform(-shift_m, shift_m)
        drawn[lines]["half_gauge_m"] = uniform(*half_gauge_m)
        drawn[lines]["width_m"] = uniform(*width_m)
        drawn[lines]["patch_gain"] = uniform(0.0, 1.2)
        drawn[lines]["patch_level"] = uniform(0.4, 1.2)
    drawn["fog_per_m"] = chosen(config.fog) * 3.912 / np.exp(uniform(math.log(40.0), math.log(1500.0)))
    drawn["fog_beyond_m"] = np.exp(uniform(math.log(20.0), math.log(FAR_M)))
    drawn["fog_grey"] = uniform(0.1, 1.0)
    drawn["light_field"] = chosen(config.light_field)
    light = rng.normal(0.0, 0.45, (windows, 3, 6)) + rng.normal(0.0, 0.25, (windows, 1, 6))
    angle = uniform(0.0, 2 * math.pi)
    drawn["shadow_cos"], drawn["shadow_sin"] = np.cos(angle), np.sin(angle)
    drawn["shadow_shift"] = uniform(-0.7, 0.7)
    drawn["shadow_light"] = chosen(config.shadow) * uniform(0.3, 0.8)
    drawn["contrast_gain"] = chosen(config.contrast) * np.exp(uniform(-0.7, 0.5))
    drawn["contrast_lift"] = uniform(-0.25, 0.25)
    drawn["contrast_gamma"] = np.exp(uniform(-0.6, 0.6))
    drawn["negative"] = chosen(config.polarity)
    drawn["noise"] = config.noise * uniform(0.0, 1.0) ** 2
    sign = np.where(chosen(0.5), -1.0, 1.0)
    drawn["exaggerate"] = chosen(config.exaggerate) * sign * np.exp(uniform(math.log(2.0), math.log(12.0)))
    blank, far = chosen(config.blank), chosen(0.5)
    drawn["blank_from"] = np.where(blank & ~far, uniform(0.5, 0.9), 0.0)
    drawn["blank_to"] = np.where(blank, np.where(far, uniform(0.3, 0.6), 1.0), 0.0)
    drawn["blank_grey"] = uniform(0.1, 0.9)
    drawn["section"]["amplitude"] = chosen(config.cross_section) * rng.normal(0.0, 0.35, windows)
    drawn["section"]["steepness"] = np.exp(uniform(math.log(2.0), math.log(20.0)))
    drawn["section"]["threshold"] = uniform(-0.7, 0.3)
    drawn["section"]["patch_gain"] = uniform(0.0, 1.2)
    drawn["section"]["patch_level"] = uniform(0.4, 1.2)
    drawn["dust_amount"] = chosen(config.dust) * uniform(0.5, 1.0)
    drawn["dust_level"] = uniform(0.1, 0.95)
    return WindowDraws(drawn, lift, gain, light.astype(np.float32))


def draw_noise(frames: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw two stretches of the table of normal numbers for each frame, (M, 2): their sum is its noise."""
    return rng.integers(0, _NORMALS, (frames, 2))


@lru_cache(maxsize=4)
def normals(length: int) -> NDArray[np.float32]:
    """Make the table: every stretch of ``length`` from one of 65,536 places, so 2^32 pairs of them."""
    return np.random.default_rng(0).standard_normal(_NORMALS + length, np.float32)
