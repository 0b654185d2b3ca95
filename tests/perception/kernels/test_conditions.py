from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.utils import parametrize
from torch.utils.flop_counter import FlopCounterMode

from wormdrive.perception import head as head_module
from wormdrive.perception.dense_head import DenseHead
from wormdrive.perception.head import ConvHead, HeadConfig

SHAPE = (1, 20, 33)


@pytest.fixture
def head() -> ConvHead:
    torch.manual_seed(0)
    return ConvHead(HeadConfig(), *SHAPE)


@pytest.fixture
def images() -> Tensor:
    return torch.randn(3, *SHAPE, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As many entries as there were calls of the kernels."""
    seen: list[int] = []

    def counted(*arguments: object) -> Tensor:
        seen.append(1)
        return original(*arguments)  # type: ignore[arg-type]

    original = head_module.last_map
    monkeypatch.setattr(head_module, "last_map", counted)
    return seen


@pytest.mark.parametrize("gradients", [True, False])
def test_heads_run_in_the_kernels_and_torch_agrees(images: Tensor, calls: list[int], gradients: bool) -> None:
    for make in (ConvHead, DenseHead):
        head = make(HeadConfig(), *SHAPE)
        with torch.set_grad_enabled(gradients):
            found = head(images)
            assert calls.pop()
            head.fused = False
            torch.testing.assert_close(found, head(images), rtol=0, atol=1e-4)
        assert not calls


def twice(module: nn.Module) -> None:
    class Twice(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return 2 * x

    parametrize.register_parametrization(module, "weight", Twice())


CHANGES: dict[str, Callable[[ConvHead], object]] = {
    "forward hook": lambda head: head.convolutions[2].register_forward_hook(lambda *_: None),
    "forward pre-hook": lambda head: head.convolutions[2].register_forward_pre_hook(lambda *_: None),
    "backward hook": lambda head: head.convolutions[2].register_full_backward_hook(lambda *_: None),
    "backward pre-hook": lambda head: head.convolutions[2].register_full_backward_pre_hook(lambda *_: None),
    "parametrisation": lambda head: twice(head.convolutions[2]),
    "another forward": lambda head: vars(head.convolutions[2]).update(forward=head.convolutions[2].forward),
    "another module": lambda head: head.convolutions.__setitem__(4, nn.Sequential(head.convolutions[4])),
    "no bias": lambda head: head.convolutions[1].register_parameter("bias", None),
    "mirrored padding": lambda head: setattr(head.convolutions[3], "padding_mode", "circular"),
    "float64": lambda head: head.double(),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_convolution_is_left_to_torch(head: ConvHead, images: Tensor, calls: list[int], change: str) -> None:
    CHANGES[change](head)
    assert not head.runs_fused(images)
    head(images.double() if change == "float64" else images)
    assert not calls


def test_hooks_on_all_modules_are_called(head: ConvHead, images: Tensor) -> None:
    seen = []
    handle = nn.modules.module.register_module_forward_hook(lambda module, *_: seen.append(type(module)))
    try:
        head(images)
    finally:
        handle.remove()
    assert seen.count(nn.Conv2d) == 5


def test_autocast_is_obeyed(head: ConvHead, images: Tensor, calls: list[int]) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        assert head.last_map(images).dtype == torch.bfloat16
    assert not calls


def test_other_images_are_left_to_torch(head: ConvHead, images: Tensor) -> None:
    assert head.runs_fused(images)
    for other in (images.double(), images.bfloat16(), images.to("meta"), images[0], images[:0]):
        assert not head.runs_fused(other)
    assert not head.runs_fused(images.expand(3, 2, 20, 33)), "of two channels"


@pytest.mark.filterwarnings("ignore:.torch.jit.script")
def test_transforms_pass_through_torch(head: ConvHead, images: Tensor, calls: list[int]) -> None:
    parameters = dict(head.named_parameters())

    def features(values: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.func.functional_call(head, values, (x,))

    gradient = torch.func.grad(lambda values: features(values, images).square().sum())(parameters)
    assert gradient["convolutions.0.weight"].abs().max() > 0
    with forward_ad.dual_level():
        tangent = forward_ad.unpack_dual(head(forward_ad.make_dual(images, torch.ones_like(images)))).tangent
        assert tangent is not None
    assert not calls


@pytest.mark.filterwarnings("ignore")  # torch.jit is old
def test_tracing_finds_torchs_operations(head: ConvHead, images: Tensor, calls: list[int]) -> None:
    traced = torch.jit.trace(head, (images,), check_trace=False)
    assert "_convolution" in str(traced.inlined_graph)
    graph = make_fx(head)(images)
    assert sum("convolution" in str(node.target) for node in graph.graph.nodes) == 5
    exported = torch.export.export(head, (images,))
    assert sum("conv" in str(node.target) for node in exported.graph.nodes if node.op == "call_function") == 5
    with FlopCounterMode(display=False) as counter:
        head(images)
    assert counter.get_total_flops() > 1e6
    assert not calls
