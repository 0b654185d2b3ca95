from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.perception.kernels.conv_fused import ConvStack, last_map

HEAD = ((24, 5, 2), (36, 5, 2), (48, 3, 2), (64, 3, 1), (8, 3, 1))


class Plain(nn.Module):
    """The stack as torch computes it: layers are (filters, kernel, stride), SAME padding or none."""

    def __init__(
        self, layers: Sequence[tuple[int, int, int]], shape: tuple[int, int, int], slopes: Sequence[float], same: bool
    ) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.slopes = slopes
        self.convolutions, self.paddings = nn.ModuleList(), []
        channels, size = shape[0], shape[1:]
        for filters, kernel, stride in layers:
            whole = [max((-(-n // stride) - 1) * stride + kernel - n, 0) if same else 0 for n in size]
            (top, bottom), (left, right) = ((n // 2, n - n // 2) for n in whole)
            self.paddings.append((left, right, top, bottom))
            self.convolutions.append(nn.Conv2d(channels, filters, kernel, stride))
            channels, size = filters, [(n + p - kernel) // stride + 1 for n, p in zip(size, whole, strict=True)]
        self.stack = ConvStack.of(self.convolutions, self.paddings, slopes, shape)
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.3 if parameter.ndim == 1 else (1.5 / parameter[0].numel()) ** 0.5)

    @property
    def flat(self) -> list[nn.Parameter]:
        """All weights, then all biases."""
        return [m.weight for m in self.convolutions] + [m.bias for m in self.convolutions]

    def forward(self, x: Tensor) -> Tensor:
        for module, padding, slope in zip(self.convolutions, self.paddings, self.slopes, strict=True):
            x = F.leaky_relu(module(F.pad(x, padding)), slope)
        return x

    def fused(self, x: Tensor) -> Tensor:
        return last_map(self.stack, x, self.flat)


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def small_head(slopes: Sequence[float] = (0, 0, 0, 0, 0.1)) -> Plain:
    return Plain(HEAD, (1, 20, 33), slopes, same=True)


def gradients(model: Plain, output: Tensor, images: Tensor) -> list[Tensor]:
    weight = torch.linspace(-1, 1, output.numel()).roll(7).view(output.shape)
    return list(torch.autograd.grad(output, [images, *model.flat], weight))


STACKS = [
    (HEAD, (1, 39, 100), True),
    (HEAD, (3, 39, 100), True),
    (HEAD, (1, 53, 64), False),
    (HEAD, (3, 21, 22), True),
    (HEAD, (2, 5, 4), True),
    (HEAD[:1], (1, 9, 7), True),
    (HEAD[:2], (3, 8, 40), True),
    (((16, 4, 2), (17, 4, 3)), (1, 14, 15), True),
    (((5, 1, 2), (3, 3, 1)), (2, 9, 8), True),
    (((70, 2, 1), (33, 2, 2), (4, 5, 4)), (3, 12, 13), True),
    (((6, 3, 3), (7, 2, 3)), (1, 13, 17), False),
]


@pytest.mark.parametrize(("layers", "shape", "same"), STACKS)
@pytest.mark.parametrize("slope", [0.0, 0.1])
def test_maps_and_all_gradients_are_torchs(
    layers: Sequence[tuple[int, int, int]], shape: tuple[int, int, int], same: bool, slope: float
) -> None:
    model = Plain(layers, shape, [slope] * len(layers), same)
    images = torch.randn(19, *shape, requires_grad=True)
    found, expected = model.fused(images), model(images)
    assert found.shape == expected.shape
    assert found.stride(1) == 1, "channels-last"
    for a, b in zip(
        (found, *gradients(model, found, images)), (expected, *gradients(model, expected, images)), strict=True
    ):
        assert a.shape == b.shape
        assert (a - b).abs().max() <= 2e-5 * b.abs().max()


def test_gradients_are_those_of_finite_differences() -> None:
    """By weights, biases and images, in float64, where torch computes the maps."""
    model = Plain(((5, 5, 2), (18, 3, 2), (3, 3, 1)), (2, 9, 11), (0.0, 0.2, 0.1), same=True)
    images = torch.randn(3, 2, 9, 11, requires_grad=True)
    output = model.fused(images)
    weight = torch.randn_like(output)
    found = torch.autograd.grad(output, [images, *model.flat], weight)
    model.double()
    step, generator = 1e-6, torch.Generator().manual_seed(0)
    for tensor, gradient in zip([images, *model.flat], found, strict=True):
        for place in torch.randperm(tensor.numel(), generator=generator)[:12].tolist():
            values = []
            for change in (step, -step):
                moved = tensor.detach().double().clone().contiguous()
                moved.view(-1)[place] += change
                with torch.no_grad():
                    if tensor is images:
                        output = model(moved)
                    else:
                        before = tensor.clone()
                        tensor.copy_(moved)
                        output = model(images.double())
                        tensor.copy_(before)
                values.append((output * weight).sum().item())
            expected = (values[0] - values[1]) / (2 * step)
            assert gradient.reshape(-1)[place].item() == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 33])
def test_an_image_has_the_same_bits_alone_and_in_company(count: int) -> None:
    model = small_head()
    images = torch.randn(40, 1, 20, 33)
    with torch.no_grad():
        whole = model.fused(images)
        part = model.fused(images[40 - count :])
    assert torch.equal(part, whole[40 - count :])
    part = model.fused(images[40 - count :])
    assert part.requires_grad
    assert torch.equal(part.detach(), whole[40 - count :]), "with gradients too"


def test_the_number_of_threads_changes_no_bit(two_threads: None) -> None:
    model = small_head()
    images = torch.randn(70, 1, 20, 33, requires_grad=True)
    found = model.fused(images)
    found = [found, *gradients(model, found, images)]
    torch.set_num_threads(1)
    alone = model.fused(images)
    alone = [alone, *gradients(model, alone, images)]
    for a, b in zip(found, alone, strict=True):
        assert torch.equal(a, b)


def test_layout_of_images_and_gradients_does_not_matter() -> None:
    model = Plain(HEAD[:2], (3, 12, 13), (0, 0.1), same=True)
    images = torch.randn(4, 3, 12, 13)
    turned = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    assert torch.equal(model.fused(images), model.fused(turned))
    one = torch.ones(())
    output = model.fused(turned)
    found = torch.autograd.grad(output, model.flat, one.expand(output.shape))
    output = model.fused(images)
    for a, b in zip(found, torch.autograd.grad(output, model.flat, torch.ones_like(output)), strict=True):
        assert torch.equal(a, b)


def test_frozen_parameters_get_no_gradient() -> None:
    model = small_head()
    model.convolutions[0].requires_grad_(False)
    images = torch.randn(3, 1, 20, 33)
    model.fused(images).sum().backward()
    model_gradients = [parameter.grad for parameter in model.flat]
    assert model_gradients[0] is None
    assert all(g is not None and g.abs().max() > 0 for g in model_gradients[1:5])
    assert images.grad is None


def test_gradients_flow_once_only() -> None:
    model = small_head()
    images = torch.randn(2, 1, 20, 33, requires_grad=True)
    (gradient,) = torch.autograd.grad(model.fused(images).square().sum(), images, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def test_backward_can_be_repeated_on_a_kept_graph() -> None:
    model = small_head()
    images = torch.randn(2, 1, 20, 33, requires_grad=True)
    output = model.fused(images)
    first = torch.autograd.grad(output.sum(), images, retain_graph=True)[0]
    assert torch.equal(torch.autograd.grad(output.sum(), images)[0], first)


def test_not_a_number_is_not_hidden() -> None:
    model = small_head((0, 0, 0, 0, 0))
    images = torch.randn(2, 1, 20, 33)
    images[1, 0, 10, 16] = torch.nan
    with torch.no_grad():
        found, expected = model.fused(images), model(images)
    assert torch.equal(found[0].isnan(), expected[0].isnan())
    assert found[1][expected[1].isnan()].isnan().all()


def test_no_images_at_all() -> None:
    model = small_head()
    images = torch.randn(0, 1, 20, 33, requires_grad=True)
    output = model.fused(images)
    assert output.shape == model(images).shape
    output.sum().backward()
    assert model.flat[0].grad is not None
    assert not model.flat[0].grad.any()
