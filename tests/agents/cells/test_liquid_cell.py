"""Kernels and the plain reference are one cell: whatever torch does with it, the numbers are the same."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd import forward_ad
from torch.nn.utils import parametrizations, prune, spectral_norm

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.liquid_cell import LiquidCell, wiring_digest
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.wirings.wiring import Neuron, Synapse, Wiring
from wormdrive.envs.common.errors import ArgumentError

WIRING = Wiring.auto_ncp(8, 20, 4)
CELLS = pytest.mark.parametrize("kind", [LTC, CfC])


def make(kind: type[LiquidCell], *, fused: bool = True, wiring: Wiring = WIRING) -> LiquidCell:
    torch.manual_seed(0)
    cell = kind(wiring)
    cell.fused = fused
    return cell


def weight_of(kind: type[LiquidCell]) -> str:
    return "raw_weight" if kind is LTC else "weight"


@CELLS
@pytest.mark.parametrize("order", [1, 2])
def test_gradients_of_gradients(kind: type[LiquidCell], order: int) -> None:
    """A penalty on the slope, and on the slope of the slope; features and state come from the same numbers."""
    found = []
    for fused in (True, False):
        cell = make(kind, fused=fused).double()
        x = torch.rand(3, 4, 8, generator=torch.Generator().manual_seed(1)).double().requires_grad_()
        out = cell(x, x.mean((1, 2)).unsqueeze(1).expand(3, 20))[0]
        value = out.square().mean()
        for _ in range(order):
            (slope,) = torch.autograd.grad(out.sum(), x, create_graph=True)
            assert slope.requires_grad
            out = slope.square()
            value = value + 100 * out.mean()
        value.backward()
        found.append([x.grad, *(p.grad for p in cell.parameters())])
    for mine, right in zip(*found, strict=True):
        assert mine is not None
        assert right is not None
        torch.testing.assert_close(mine, right, rtol=1e-9, atol=1e-9 * float(right.abs().max()))


@CELLS
def test_gradgradcheck(kind: type[LiquidCell]) -> None:
    cell = make(kind, wiring=Wiring.auto_ncp(2, 6, 1)).double()
    inputs, state = torch.rand(2, 2, 2).double().requires_grad_(), torch.rand(2, 6).double().requires_grad_()
    assert torch.autograd.gradgradcheck(lambda i, s: cell(i, s)[0], (inputs, state))


def _dropout(module: nn.Module, name: str) -> None:
    raw = nn.Parameter(module._parameters.pop(name).detach())  # type: ignore[union-attr]
    module.register_parameter(f"{name}_raw", raw)
    keep = torch.ones_like(raw)
    module.register_forward_pre_hook(lambda m, _: setattr(m, name, m.get_parameter(f"{name}_raw") * keep))
    keep[..., ::2] = 0


def _scaled_by_a_hook(module: nn.Module, name: str) -> None:
    """The number of parameters and their names stay; a hook changes one before every call."""

    def halve(m: nn.Module, _: object) -> None:
        m.get_parameter(name).data = start * 0.5

    start = module.get_parameter(name).detach().clone()
    module.register_forward_pre_hook(halve)


CHANGES: dict[str, Callable[[nn.Module, str], object]] = {
    "pruning": lambda m, name: prune.random_unstructured(m, name, amount=0.5),
    "pruned twice": lambda m, name: [prune.random_unstructured(m, name, amount=0.5) for _ in range(2)],
    "dropout": _dropout,
    "hook": _scaled_by_a_hook,
    "spectral norm": lambda m, _: spectral_norm(m, "memory" if isinstance(m, CfC) else "raw_weight"),
    "parametrisation": lambda m, name: parametrizations.weight_norm(m, name, dim=None),
}


@CELLS
@pytest.mark.parametrize("change", CHANGES)
def test_hooks_that_make_weights(kind: type[LiquidCell], change: str) -> None:
    if change == "spectral norm" and kind is LTC:
        pytest.skip("an LTC has no matrix")
    cell = make(kind).eval()
    inputs, state = torch.rand(4, 6, 8), cell.initial_state(4)
    with torch.no_grad():
        untouched = cell(inputs, state)[0]
    CHANGES[change](cell, weight_of(kind))
    with torch.no_grad():
        for parameter in cell.parameters():  # what a step of an optimiser would do
            parameter.mul_(1.1)
        traced = cell.trace(inputs, state)[..., :4]
        stepped = cell.stepper()(inputs[:, 0].numpy(), state.numpy())[0]
        quick = cell(inputs, state)[0]
    right = cell(inputs, state)[0].detach()
    for found in (quick, traced):
        torch.testing.assert_close(found, right, rtol=0, atol=1e-6)
    np.testing.assert_allclose(stepped, right[:, 0], rtol=0, atol=1e-6)
    assert not torch.allclose(right, untouched, atol=1e-3)


@CELLS
@pytest.mark.filterwarnings("ignore")
def test_traces_follow_their_inputs(kind: type[LiquidCell]) -> None:
    cell = make(kind).eval()
    x, y, state = torch.rand(2, 5, 8), 3 * torch.rand(2, 5, 8), cell.initial_state(2)
    with torch.no_grad():
        traced = torch.jit.trace(cell, (x, state), check_trace=False)
        torch.testing.assert_close(traced(y, state)[0], cell(y, state)[0], rtol=0, atol=1e-6)


@CELLS
@pytest.mark.parametrize("fused", [True, False])
def test_exports_hold_no_operator_of_ours(kind: type[LiquidCell], fused: bool) -> None:
    cell = make(kind, fused=fused).eval()
    x, state = torch.rand(2, 3, 8), cell.initial_state(2)
    before = cell(x, state)[0].detach()
    exported = torch.export.export(cell, (x, state), strict=False)
    assert "wormdrive" not in str(exported.graph)
    torch.testing.assert_close(exported.module()(x * 2, state)[0], cell(x * 2, state)[0], rtol=0, atol=1e-6)
    with torch.no_grad():
        torch.testing.assert_close(cell(x, state)[0], before)
    cell.fused = False
    torch.testing.assert_close(cell(x, state)[0], before, rtol=0, atol=1e-6)
    copy.deepcopy(cell)(x, state)


@CELLS
@pytest.mark.parametrize("gradients", [True, False])
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_forward_mode_tangents(kind: type[LiquidCell], gradients: bool) -> None:
    cell = make(kind).double()
    x, direction, state = torch.rand(2, 3, 8).double(), torch.randn(2, 3, 8).double(), torch.zeros(2, 20).double()
    with torch.set_grad_enabled(gradients), forward_ad.dual_level():
        out = cell(forward_ad.make_dual(x, direction), state)[0]
        tangent = forward_ad.unpack_dual(out).tangent
    assert tangent is not None
    step = 1e-6
    expected = (cell(x + step * direction, state)[0] - cell(x - step * direction, state)[0]) / (2 * step)
    torch.testing.assert_close(tangent, expected, rtol=0, atol=1e-7)


@CELLS
@pytest.mark.parametrize("gradients", [True, False])
def test_tensors_without_numbers(kind: type[LiquidCell], gradients: bool) -> None:
    with torch.set_grad_enabled(gradients):
        on_meta = copy.deepcopy(make(kind)).to("meta")
        out, state = on_meta(torch.zeros(2, 3, 8, device="meta"), on_meta.initial_state(2), torch.ones(2, 3))
        assert (out.shape, state.shape, out.device.type) == ((2, 3, 4), (2, 20), "meta")
        with FakeTensorMode():
            fake = make(kind)
            out, state = fake(torch.zeros(2, 3, 8), fake.initial_state(2), torch.ones(2, 3))
            assert (out.shape, state.shape) == ((2, 3, 4), (2, 20))
        with FakeTensorMode(allow_non_fake_inputs=True):
            assert make(kind)(torch.zeros(2, 3, 8), torch.zeros(2, 20))[0].shape == (2, 3, 4)


@CELLS
@pytest.mark.parametrize("gradients", [True, False])
def test_vmap(kind: type[LiquidCell], gradients: bool) -> None:
    cell = make(kind)
    inputs, state = torch.rand(5, 2, 3, 8), torch.zeros(2, 20)
    with torch.set_grad_enabled(gradients):
        found = torch.func.vmap(lambda x: cell(x, state)[0])(inputs)
        for k in range(5):
            torch.testing.assert_close(found[k], cell(inputs[k], state)[0], rtol=0, atol=1e-6)


@CELLS
@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("gradients", [True, False])
def test_times_that_are_none_are_refused(kind: type[LiquidCell], fused: bool, gradients: bool) -> None:
    cell = make(kind, fused=fused)
    inputs, state = torch.rand(2, 3, 8), cell.initial_state(2)
    for wrong in (float("nan"), float("inf"), -0.5):
        times = torch.ones(2, 3)
        times[1, 1] = wrong
        with torch.set_grad_enabled(gradients), pytest.raises(ArgumentError, match=r"elapsed=.*allowed are finite"):
            cell(inputs, state, times)
        with pytest.raises(ArgumentError, match=r"elapsed=.*allowed are finite"):
            cell.stepper()(inputs[:, 0].numpy(), state.numpy(), times[:, 1].numpy())
    with pytest.raises(ArgumentError, match="elapsed: a list: allowed is a number or a tensor"):
        cell(inputs, state, [1.0])  # type: ignore[arg-type]


@CELLS
@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("gradients", [True, False])
def test_the_state_is_kept_when_outputs_are_changed(kind: type[LiquidCell], fused: bool, gradients: bool) -> None:
    cell = make(kind, fused=fused)
    with torch.set_grad_enabled(gradients):
        outputs, state = cell(torch.rand(2, 5, 8), cell.initial_state(2))
        kept = state.detach().clone()
        outputs.mul_(10)
    assert torch.equal(state, kept)
    stepper = cell.stepper()
    numbers, after = stepper(np.zeros((2, 8)), stepper.initial_state(2))
    copied = after.copy()
    numbers *= 10
    np.testing.assert_array_equal(after, copied)


@CELLS
def test_the_state_dict_of_another_wiring_is_refused(kind: type[LiquidCell]) -> None:
    one, other = (make(kind, wiring=Wiring.ncp(seed=seed)) for seed in (1, 2))
    assert len(one.wiring.synapses) == len(other.wiring.synapses)
    before = copy.deepcopy(other.state_dict())
    for strict in (True, False):
        with pytest.raises(ArgumentError, match=r"state_dict: of a cell on another wiring: allowed is that of 252"):
            other.load_state_dict(one.state_dict(), strict=strict)
        with pytest.raises(ArgumentError, match=r"of a cell \(0\) on another wiring"):
            nn.Sequential(other).load_state_dict(nn.Sequential(one).state_dict(), strict=strict)
    assert all(torch.equal(value, before[name]) for name, value in other.state_dict().items())
    make(kind, wiring=Wiring.ncp(seed=1)).load_state_dict(one.state_dict())
    old = {name: value for name, value in one.state_dict().items() if name != "_extra_state"}
    twin = make(kind, wiring=Wiring.ncp(seed=1))
    twin.load_state_dict(old)
    del old[weight_of(kind)]
    with pytest.raises(RuntimeError, match="Missing key"):
        twin.load_state_dict(old)


def test_the_digest_is_of_what_numbers_depend_on() -> None:
    wiring = Wiring.ncp()
    renamed = Wiring(
        tuple(Neuron(f"n {n.name}", n.role) for n in wiring.neurons),
        tuple(Synapse(f"n {s.source}", f"n {s.target}", s.polarity) for s in wiring.synapses),
    )
    first, *rest = wiring.synapses
    other_sign = Wiring(wiring.neurons, (Synapse(first.source, first.target, -first.polarity), *rest))
    swapped = Wiring(wiring.neurons, (rest[0], first, *rest[1:]))
    assert wiring_digest(renamed) == wiring_digest(Wiring.ncp())
    assert len({wiring_digest(w) for w in (wiring, other_sign, swapped, Wiring.ncp(seed=1))}) == 4


@CELLS
def test_what_is_no_wiring_is_refused(kind: type[LiquidCell]) -> None:
    with pytest.raises(ArgumentError, match="wiring=3: allowed is a Wiring"):
        kind(3)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="wiring: has no synapses: a cell needs at least one"):
        kind(Wiring((Neuron("a", "sensory"), Neuron("m", "motor")), ()))
    with pytest.raises(ArgumentError, match="inputs: a ndarray: allowed is a tensor"):
        make(kind)(np.zeros((1, 1, 8)), torch.zeros(1, 20))
