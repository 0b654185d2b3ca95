from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.perception.head import ConvHead, HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor
from wormdrive.perception.saliency import image_saliency, visual_backprop


def eyes(config: PreprocessConfig, head: HeadConfig) -> tuple[Preprocessor, ConvHead]:
    torch.manual_seed(0)
    return Preprocessor(config), ConvHead(head, config.channels, config.image_height, config.image_width)


@pytest.mark.parametrize("config", [PreprocessConfig(), PreprocessConfig(crop_top=8), PreprocessConfig.paper()])
def test_maps_fit_the_frame(config: PreprocessConfig) -> None:
    frames = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (3, 78, 200, 3), np.uint8))
    preprocessor, head = eyes(config, HeadConfig())
    maps = visual_backprop(preprocessor, head, frames)
    assert maps.shape == (3, 78, 200)
    assert maps.dtype == torch.float32
    assert float(maps.min()) >= 0.0
    torch.testing.assert_close(maps.amax((1, 2)), torch.ones(3))
    cut = config.crop_top * config.downsample
    assert not maps[:, :cut].any()
    for i in range(3):
        torch.testing.assert_close(
            visual_backprop(preprocessor, head, frames[i : i + 1])[0], maps[i], rtol=0, atol=1e-5
        )


@pytest.mark.parametrize(("row", "column"), [(20, 40), (60, 150), (40, 100), (76, 198)])
def test_points_at_the_only_thing_there_is(row: int, column: int) -> None:
    """With weights that are all positive, a lone bright patch on black is the one thing to look at."""
    preprocessor, head = eyes(PreprocessConfig(normalisation="whitening"), HeadConfig.paper())
    with torch.no_grad():
        for module in head.convolutions:
            module.weight.abs_()
    frame = np.zeros((1, 78, 200, 3), np.uint8)
    frame[0, max(row - 3, 0) : row + 3, max(column - 3, 0) : column + 3] = 255
    saliency = visual_backprop(preprocessor, head, torch.from_numpy(frame))[0].numpy()
    rows, columns = np.mgrid[:78, :200]
    assert abs((saliency * rows).sum() / saliency.sum() - row) < 8
    assert abs((saliency * columns).sum() / saliency.sum() - column) < 8
    far = np.hypot(rows - row, columns - column) > 40
    assert saliency[far].max() < 0.1


def test_spreading_covers_the_receptive_field() -> None:
    """A map's single 1 spreads over exactly the inputs from which its convolution computes that place."""
    _, head = eyes(PreprocessConfig(), HeadConfig.paper())
    sizes = [(39, 100), (20, 50), (10, 25), (5, 13), (5, 13)]
    for layer, size in enumerate(sizes):
        module = head.convolutions[layer]
        image = torch.zeros(1, module.in_channels, *size, requires_grad=True)
        padding = head.uneven_paddings[layer]
        out = module(torch.nn.functional.pad(image, padding) if padding else image)
        for y, x in ((0, 0), (2, 3), (out.shape[2] - 1, out.shape[3] - 1)):
            (gradient,) = torch.autograd.grad(out[0, :, y, x].sum(), image, retain_graph=True)
            spot = torch.zeros(1, 1, *out.shape[2:])
            spot[0, 0, y, x] = 1.0
            assert torch.equal(head.spread(layer, spot, size)[0, 0] > 0, gradient[0].abs().sum(0) > 0)


def test_nothing_active_is_nothing_to_see() -> None:
    preprocessor, head = eyes(PreprocessConfig(), HeadConfig())
    maps = visual_backprop(preprocessor, head, torch.full((2, 78, 200, 3), 90, dtype=torch.uint8))
    assert bool(torch.isfinite(maps).all())
    with torch.no_grad():
        for module in head.convolutions:
            module.weight.zero_()
    assert not visual_backprop(preprocessor, head, torch.full((2, 78, 200, 3), 90, dtype=torch.uint8)).any()


def test_an_image_is_looked_at_as_the_frame_that_it_was_made_of() -> None:
    frames = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (2, 78, 200, 3), np.uint8))
    preprocessor, head = eyes(PreprocessConfig.paper(), HeadConfig())
    images = preprocessor(preprocessor.reduce(frames))
    torch.testing.assert_close(image_saliency(head, images), visual_backprop(preprocessor, head, frames))
