from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd import forward_ad
from torch.utils.flop_counter import FlopCounterMode

from wormdrive.agents.kernels.fast_path import fusable, is_plain, unwatched

INPUTS, ELAPSED = torch.zeros(1, 1, 3), torch.ones(1, 1, requires_grad=True)
REGULAR = ELAPSED.detach()


class _OfAnotherKind(Tensor):
    pass


def test_what_the_kernel_leaves_to_the_reference() -> None:
    assert fusable(INPUTS, ELAPSED.detach(), nn.Parameter(INPUTS))
    assert not fusable(INPUTS, ELAPSED)
    assert not fusable(INPUTS.half(), ELAPSED.detach())
    assert not fusable(INPUTS.to("meta"), ELAPSED.detach())
    assert not fusable(INPUTS, ELAPSED.detach(), INPUTS.as_subclass(_OfAnotherKind))
    with torch.no_grad():
        assert fusable(INPUTS, ELAPSED)


@pytest.mark.parametrize("watch", [FakeTensorMode, lambda: FlopCounterMode(display=False), forward_ad.dual_level])
def test_what_torch_does_beside_is_noticed(watch: type[AbstractContextManager[object]]) -> None:
    assert unwatched()
    with watch():
        assert not unwatched()
        assert not fusable(INPUTS, REGULAR)
    assert unwatched()


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_transforms_and_traces_are_noticed() -> None:
    seen: list[bool] = []

    def look(x: Tensor) -> Tensor:
        seen.append(unwatched())
        return x * 2

    torch.func.vmap(look)(torch.zeros(2, 3))
    torch.func.jvp(look, (torch.zeros(3),), (torch.ones(3),))
    torch.jit.trace(look, torch.zeros(3), check_trace=False)
    assert seen == [False, False, False]


def test_plain_tensors() -> None:
    assert is_plain(INPUTS, torch.float32)
    assert not is_plain(INPUTS, torch.float64)
    assert not is_plain(INPUTS.to("meta"), torch.float32)
    assert not is_plain(INPUTS.as_subclass(_OfAnotherKind), torch.float32)
    assert not is_plain(INPUTS.numpy(), torch.float32)
