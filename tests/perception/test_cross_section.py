"""Cross-section: what is measured on pictures is what was painted on them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.perception.augment_geometry import GroundRays, RoadPose
from wormdrive.perception.cross_section import BINS, BLUR_STEP_M, LEVELS, blurred, mean_cross_section
from wormdrive.perception.preprocess import PreprocessConfig

N, H, W = 60, 39, 100
ROAD, SKY, TERRAIN, MARK = 1, 11, 10, 24
RAYS = GroundRays(CameraConfig(), PreprocessConfig())


def _pictures(contrast: float = 0.05, at_m: float = 0.7, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, RoadPose]:
    """Two lanes with bands ``at_m`` off their middles, in rows of any light, and blotches anywhere."""
    draw = torch.Generator().manual_seed(seed)
    offset = torch.rand(1, N, generator=draw) - 0.5
    zero = torch.zeros(1, N)
    pose = RoadPose(offset, zero, zero, zero + 3.5)
    lateral = RAYS.lateral_m(pose)[0]
    classes = torch.full((N, H, W), TERRAIN, dtype=torch.uint8)
    classes[(lateral > -1.75) & (lateral < 5.25)] = ROAD
    classes[(lateral - 1.75).abs() < 0.1] = MARK
    classes[(~RAYS.ground).expand(N, H, W)] = SKY
    in_lane = torch.remainder(lateral + 1.75, 3.5) - 1.75
    worn = ((in_lane.abs() - at_m).abs() < 0.2).float()
    images = (0.2 + 0.5 * torch.rand(N, H, 1, generator=draw)) * (1 - contrast * worn)
    images += 0.03 * torch.randn(N, H, W, generator=draw)
    images[classes == MARK] = 0.95
    return images.unsqueeze(1), classes, pose


def test_bands_too_faint_for_one_picture_are_found_where_they_are() -> None:
    section = mean_cross_section(*_pictures(), RAYS)
    assert section.shape == (BINS,)
    assert section.dtype == np.float32
    assert np.abs(section).max() == 1.0
    assert abs(section.mean()) < 1e-6
    across_m = ((np.arange(BINS) + 0.5) / BINS - 0.5) * 3.5
    on = np.abs(np.abs(across_m) - 0.7) < 0.15
    assert section[on].max() < section[~on & (np.abs(across_m) < 1.5)].mean()
    assert section[on].mean() < -0.3


def test_bands_elsewhere_are_found_elsewhere() -> None:
    section = mean_cross_section(*_pictures(contrast=0.2, at_m=0.0), RAYS)
    assert abs(int(section.argmin()) - BINS // 2) <= 4


def test_bright_bands_show_as_bright() -> None:
    dark, bright = (mean_cross_section(*_pictures(contrast), RAYS) for contrast in (0.2, -0.2))
    assert np.corrcoef(dark, bright)[0, 1] < -0.9


def test_the_farther_the_smoother() -> None:
    line = np.zeros(BINS, np.float32)
    line[20] = 1.0
    levels = blurred(line)
    assert levels.shape == (LEVELS, BINS)
    np.testing.assert_allclose(levels[0], line, atol=1e-6)
    np.testing.assert_allclose(levels.sum(1), 1.0, atol=1e-5)
    width_m = 3.5 / BINS
    for k in (2, 5):
        distance = np.minimum(np.abs(np.arange(BINS) - 20), BINS - np.abs(np.arange(BINS) - 20)) * width_m
        assert np.sqrt((levels[k] * distance**2).sum()) == pytest.approx(k * BLUR_STEP_M, rel=0.05)


def test_pictures_that_say_nothing_are_refused() -> None:
    images, classes, pose = _pictures()
    with pytest.raises(ArgumentError, match="allowed are all 64"):
        mean_cross_section(images, torch.full_like(classes, TERRAIN), pose, RAYS)
    with pytest.raises(ArgumentError, match="alike across its lane"):
        mean_cross_section(torch.zeros_like(images), classes, pose, RAYS)
