from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor

CONFIGS = [
    PreprocessConfig(),
    PreprocessConfig.paper(),
    PreprocessConfig(downsample=1, window=31),
    PreprocessConfig(colour="rgb", crop_top=5, window=3),
    PreprocessConfig(height=48, width=72, downsample=8, window=101),
    PreprocessConfig(height=24, width=34, normalisation="whitening", floor=0.3),
    PreprocessConfig(height=36, width=36, downsample=3, colour="rgb"),
]


def frames(config: PreprocessConfig, count: int) -> Tensor:
    shape = (count, config.height, config.width, 3)
    return torch.from_numpy(np.random.default_rng(5).integers(0, 256, shape, np.uint8))


def torchs_own(config: PreprocessConfig) -> Preprocessor:
    preprocessor = Preprocessor(config)
    preprocessor.fused = False
    return preprocessor


@pytest.mark.parametrize("config", CONFIGS)
def test_reduced_images_have_torchs_bits(config: PreprocessConfig) -> None:
    given = frames(config, 19)
    assert torch.equal(Preprocessor(config).reduce(given), torchs_own(config).reduce(given))


@pytest.mark.parametrize("config", CONFIGS)
def test_normalised_images_are_torchs_up_to_rounding(config: PreprocessConfig) -> None:
    images = Preprocessor(config).reduce(frames(config, 3))
    images[1] = 0.4 + images[1] * 1e-2
    images[2] = 0.9
    found, expected = Preprocessor(config)(images), torchs_own(config)(images)
    assert found.shape == images.shape
    torch.testing.assert_close(found, expected, rtol=2e-5, atol=2e-4)
    torch.testing.assert_close(found[0], expected[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("config", CONFIGS[:2])
def test_an_image_has_the_same_bits_alone_in_a_batch_and_on_threads(config: PreprocessConfig) -> None:
    preprocessor, given = Preprocessor(config), frames(config, 37)
    threads = torch.get_num_threads()
    try:
        together = preprocessor(preprocessor.reduce(given))
        torch.set_num_threads(3)
        assert torch.equal(preprocessor(preprocessor.reduce(given)), together)
    finally:
        torch.set_num_threads(threads)
    alone = [preprocessor(preprocessor.reduce(frame[None])) for frame in given]
    assert torch.equal(torch.cat(alone), together)


def test_strided_frames_and_images_are_read_right() -> None:
    config = PreprocessConfig.paper()
    preprocessor, given = Preprocessor(config), frames(config, 4)
    every_other = given[::2]
    reduced = preprocessor.reduce(every_other)
    assert torch.equal(reduced, preprocessor.reduce(every_other.clone()))
    channels_last = reduced.to(memory_format=torch.channels_last)
    assert torch.equal(preprocessor(channels_last), preprocessor(reduced))


def test_no_frames_give_no_images() -> None:
    config = PreprocessConfig()
    none = Preprocessor(config).reduce(frames(config, 0))
    assert none.shape == Preprocessor(config)(none).shape == (0, 1, 39, 100)


def test_gradients_flow_through_normalisation() -> None:
    config = PreprocessConfig()
    images = Preprocessor(config).reduce(frames(config, 1)).requires_grad_()
    (gradient,) = torch.autograd.grad(Preprocessor(config)(images).square().sum(), images)
    assert gradient.abs().max() > 0


def test_what_is_exported_is_torchs() -> None:
    config = PreprocessConfig(normalisation="whitening")
    preprocessor = Preprocessor(config)
    images = preprocessor.reduce(frames(config, 4))
    exported = torch.export.export(preprocessor, (images[:2],)).module()
    torch.testing.assert_close(exported(images[2:]), preprocessor(images[2:]))
    assert not torch.equal(exported(images[2:]), exported(images[:2]))
