from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from wormdrive.perception.head import ConvHead, HeadConfig

PAPER_SHAPE, SMALL_SHAPE = (3, 78, 200), (1, 39, 100)


def naive_same(image: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int) -> np.ndarray:
    """Convolution as TensorFlow defines SAME, tap by tap: (C, h, w) -> (O, ceil(h / s), ceil(w / s))."""
    _, height, width = image.shape
    out, _, rows, columns = weight.shape
    size = [-(-n // stride) for n in (height, width)]
    before = [
        max((m - 1) * stride + k - n, 0) // 2 for m, k, n in zip(size, (rows, columns), (height, width), strict=True)
    ]
    result = np.empty((out, *size))
    for y in range(size[0]):
        for x in range(size[1]):
            value = bias.copy()
            for i in range(rows):
                for j in range(columns):
                    yy, xx = y * stride + i - before[0], x * stride + j - before[1]
                    if 0 <= yy < height and 0 <= xx < width:
                        value += weight[:, :, i, j] @ image[:, yy, xx]
            result[:, y, x] = value
    return result


def make(config: HeadConfig, shape: tuple[int, int, int]) -> ConvHead:
    torch.manual_seed(0)
    head = ConvHead(config, *shape)
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return head


def test_paper_counts() -> None:
    head = ConvHead(HeadConfig.paper(), *PAPER_SHAPE)
    assert sum(p.numel() for p in head.parameters()) == 79_420
    assert (head.map_height, head.map_width) == (10, 25)
    assert head.feature_count == 32
    shapes = [tuple(m.shape[1:]) for m in head.activations(torch.zeros(1, *PAPER_SHAPE))]
    assert shapes == [(24, 39, 100), (36, 20, 50), (48, 10, 25), (64, 10, 25), (8, 10, 25)]


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        (HeadConfig.paper(), (3, 23, 38)),
        (HeadConfig(), (1, 39, 20)),
        (HeadConfig(), (1, 20, 21)),
        (HeadConfig(), (2, 5, 4)),
    ],
)  # fmt: skip
def test_agrees_with_the_definition(config: HeadConfig, shape: tuple[int, int, int]) -> None:
    head = make(config, shape).double()
    image = torch.randn(1, *shape, dtype=torch.float64)
    x = image[0].numpy()
    maps = []
    for i, module in enumerate(head.convolutions):
        parameters = [p.detach().numpy() for p in (module.weight, module.bias)]
        x = naive_same(x, *parameters, stride=module.stride[0])
        x = np.where(x < 0, x * (config.last_slope if i == 4 else 0.0), x)
        maps.append(x)
    for found, expected in zip(head.activations(image), maps, strict=True):
        np.testing.assert_allclose(found[0].detach().numpy(), expected, atol=1e-10)
    weight, bias = head.readout_weight.detach().numpy(), head.readout_bias.detach().numpy()
    features = np.concatenate([x[c].reshape(-1) @ weight[c] + bias[c] for c in range(8)])
    if config.normalise_features:
        features = (features - features.mean()) / np.sqrt(features.var() + 1e-5)
    np.testing.assert_allclose(head(image)[0].detach().numpy(), features, atol=1e-10)


def test_each_feature_sees_one_channel_only() -> None:
    head = make(HeadConfig.paper(), SMALL_SHAPE)
    image = torch.randn(2, *SMALL_SHAPE)
    before = head(image)
    with torch.no_grad():
        head.readout_weight[3] += 1.0
    changed = (head(image) - before).abs() > 1e-6
    assert not changed[:, :12].any()
    assert not changed[:, 16:].any()
    assert changed[:, 12:16].any()


@pytest.mark.parametrize("shape", [PAPER_SHAPE, SMALL_SHAPE])
def test_bf16_autocast_is_close_and_features_are_float32(shape: tuple[int, int, int]) -> None:
    head = make(HeadConfig(), shape)
    images = torch.randn(4, *shape)
    expected = head(images)
    with torch.autocast("cpu", torch.bfloat16):
        found = head(images)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, rtol=0, atol=0.15)
    assert not torch.equal(found, expected)


@pytest.mark.parametrize("channels", [1, 3])
def test_maps_lie_channels_last(channels: int) -> None:
    """Otherwise every convolution is half as quick; one channel is where torch loses sight of the layout."""
    head = make(HeadConfig(), (channels, 39, 100))
    for layer in head.activations(torch.randn(2, channels, 39, 100)):
        assert layer.stride(1) == 1


def test_gradients_reach_every_weight() -> None:
    head = make(HeadConfig(), SMALL_SHAPE)
    head(torch.randn(3, *SMALL_SHAPE)).square().sum().backward()
    for name, parameter in head.named_parameters():
        if name == "readout_bias":
            continue
        assert parameter.grad is not None
        assert parameter.grad.abs().max() > 0, name


def test_gradient_by_image() -> None:
    head = make(HeadConfig(), (1, 9, 12)).double()
    image = torch.randn(1, 1, 9, 12, dtype=torch.float64, requires_grad=True)

    def features(x: Tensor) -> Tensor:
        return head(x)[:, :3]

    assert torch.autograd.gradcheck(features, (image,))
