from __future__ import annotations

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor


def frames(count: int, height: int = 78, width: int = 200, seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), np.uint8))


@pytest.mark.parametrize("colour", ["rgb", "grey"])
@pytest.mark.parametrize("downsample", [1, 2])
@pytest.mark.parametrize("crop_top", [0, 5])
def test_reduce_is_the_mean_of_squares(colour: str, downsample: int, crop_top: int) -> None:
    config = PreprocessConfig(colour=colour, downsample=downsample, crop_top=crop_top)
    given = frames(3)
    found = Preprocessor(config).reduce(given).numpy()
    pixels = given.numpy().astype(np.float64) / 255
    if colour == "grey":
        pixels = (pixels @ np.array([77, 151, 28]) / 256)[..., None]
    M, H, W, C = pixels.shape
    expected = pixels.reshape(M, H // downsample, downsample, W // downsample, downsample, C).mean((2, 4))
    expected = expected[:, crop_top:].transpose(0, 3, 1, 2)
    assert found.shape == (3, config.channels, config.image_height, config.image_width)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)


def test_white_is_one_and_black_is_zero() -> None:
    for config in (PreprocessConfig(), PreprocessConfig.paper()):
        white = Preprocessor(config).reduce(torch.full((1, 78, 200, 3), 255, dtype=torch.uint8))
        torch.testing.assert_close(white, torch.ones_like(white), rtol=0, atol=1e-7)
        assert not Preprocessor(config).reduce(torch.zeros(1, 78, 200, 3, dtype=torch.uint8)).any()


def test_same_bits_for_every_batch_size() -> None:
    preprocessor = Preprocessor(PreprocessConfig())
    given = frames(37)
    together = preprocessor.reduce(given)
    for size in (1, 2, 5, 16):
        apart = torch.cat([preprocessor.reduce(part) for part in given.split(size)])
        assert torch.equal(apart, together)


def naive_local_contrast(image: np.ndarray, window: int, floor: float) -> np.ndarray:
    """Pixel by pixel, in float64."""
    height, width = image.shape
    mean, deviation = np.empty_like(image), np.empty_like(image)
    half = window // 2
    for y in range(height):
        for x in range(width):
            near = image[max(y - half, 0) : y + half + 1, max(x - half, 0) : x + half + 1]
            mean[y, x], deviation[y, x] = near.mean(), max(near.std(), 1e-3)
    return (image - mean) / (0.7 * deviation + 0.3 * deviation.mean() + floor)


@pytest.mark.parametrize("crop_top", [0, 9])
def test_local_contrast_is_what_it_says(crop_top: int) -> None:
    config = PreprocessConfig(crop_top=crop_top)
    preprocessor = Preprocessor(config)
    images = preprocessor.reduce(frames(2))
    images[1] = 0.5 + images[1] * 1e-3  # nearly flat
    found = preprocessor(images).numpy()
    for image, normalised in zip(images.numpy(), found, strict=True):
        expected = naive_local_contrast(image[0].astype(np.float64), config.window, config.floor)
        np.testing.assert_allclose(normalised[0], expected, rtol=0, atol=2e-3)


def test_local_contrast_forgets_brightness_and_keeps_structure() -> None:
    preprocessor = Preprocessor(PreprocessConfig(floor=1e-4))
    images = preprocessor.reduce(frames(2))
    darker = 0.3 * images + 0.1
    torch.testing.assert_close(preprocessor(darker), preprocessor(images), rtol=0, atol=0.03)
    torch.testing.assert_close(preprocessor(1 - images), -preprocessor(images), rtol=0, atol=1e-3)


def test_contrast_magnitude_is_local_contrast_without_its_sign() -> None:
    magnitude = Preprocessor(PreprocessConfig(normalisation="contrast_magnitude"))
    images = magnitude.reduce(frames(3))
    assert torch.equal(magnitude(images), Preprocessor(PreprocessConfig())(images).abs())
    torch.testing.assert_close(magnitude(1 - images), magnitude(images), rtol=0, atol=1e-3)
    in_torch = magnitude(images.clone().requires_grad_())  # the kernels know no gradients
    torch.testing.assert_close(in_torch.detach(), magnitude(images), rtol=0, atol=1e-4)


def test_whitening_gives_mean_0_and_deviation_1() -> None:
    preprocessor = Preprocessor(PreprocessConfig.paper())
    white = preprocessor(preprocessor.reduce(frames(4)) * 0.3 + 0.2)
    torch.testing.assert_close(white.mean((1, 2, 3)), torch.zeros(4), rtol=0, atol=1e-5)
    torch.testing.assert_close(white.std((1, 2, 3), correction=0), torch.ones(4), rtol=0, atol=1e-5)


@pytest.mark.parametrize("config", [PreprocessConfig(), PreprocessConfig.paper()])
def test_flat_images_stay_finite(config: PreprocessConfig) -> None:
    preprocessor = Preprocessor(config)
    for level in (0.0, 0.4, 1.0):
        flat = torch.full((2, config.channels, config.image_height, config.image_width), level)
        assert preprocessor(flat).abs().max() < 1e-3


def test_normalised_in_float32_under_autocast() -> None:
    preprocessor = Preprocessor(PreprocessConfig())
    images = preprocessor.reduce(frames(2))
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(preprocessor(images), Preprocessor(PreprocessConfig())(images))
        assert preprocessor(images).dtype == torch.float32


def test_nothing_is_trained_or_saved() -> None:
    preprocessor = Preprocessor(PreprocessConfig())
    assert not list(preprocessor.parameters())
    assert not preprocessor.state_dict()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"height": 79}, "multiple of downsample"),
        ({"crop_top": 36}, "at least 4 rows"),
        ({"window": 10}, "odd"),
        ({"colour": "sepia"}, "'rgb' or 'grey'"),
        ({"height": 10**9}, "less than or equal to 2048"),
        ({"floor": 0.0}, "greater than 0"),
        ({"zoom": 2}, "Extra inputs"),
    ],
)
def test_impossible_configurations_are_refused(options: dict, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        PreprocessConfig(**options)


def test_wrong_frames_and_images_are_refused() -> None:
    preprocessor = Preprocessor(PreprocessConfig())
    with pytest.raises(ArgumentError, match=r"frames: torch.float32 .*allowed is torch.uint8 \(M, 78, 200, 3\)"):
        preprocessor.reduce(torch.zeros(1, 78, 200, 3))
    with pytest.raises(ArgumentError, match="frames"):
        preprocessor.reduce(frames(1, 80))
    with pytest.raises(ArgumentError, match=r"images: shape \(1, 3, 39, 100\): allowed is \(M, 1, 39, 100\)"):
        preprocessor(torch.zeros(1, 3, 39, 100))
