"""What every liquid cell must do; one suite, over kinds and ways to compute them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.liquid_cell import LiquidCell
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError

Make = Callable[..., LiquidCell]


@pytest.fixture(params=["ltc-fused", "ltc-reference", "cfc-fused", "cfc-reference"])
def make(request: pytest.FixtureRequest) -> Make:
    kind, solver = request.param.split("-")

    def made(dtype: torch.dtype = torch.float32) -> LiquidCell:
        torch.manual_seed(0)
        cell: LiquidCell = (LTC if kind == "ltc" else CfC)(Wiring.ncp()).to(dtype)
        cell.fused = solver == "fused"
        return cell

    return made


@pytest.mark.slow
@pytest.mark.parametrize("magnitude", [0.0, 1.0, 1e6, 1e30])
def test_no_nan_for_huge_inputs(make: Make, magnitude: float) -> None:
    cell = make()
    inputs = (torch.randn(3, 16, 32) * magnitude).requires_grad_()
    outputs, state = cell(inputs, cell.initial_state(3))
    outputs.sum().backward()
    assert bool((state.abs() <= 1.0 + 1e-5).all()), "also false for NaN"
    for tensor in (*cell.parameters(), inputs):
        assert tensor.grad is not None
        assert bool(torch.isfinite(tensor.grad).all())


@pytest.mark.parametrize("batch", [1, 4, 19, 40])
def test_irregular_times_mean_the_same_in_every_batch(make: Make, batch: int) -> None:
    cell = make(torch.float64)
    inputs, state = torch.rand(batch, 7, 32, dtype=torch.float64), torch.rand(batch, 19, dtype=torch.float64)
    elapsed = torch.rand(batch, 7, dtype=torch.float64) * 4
    together, final = cell(inputs, state, elapsed)
    assert not torch.allclose(final, cell(inputs, state)[1], atol=1e-4)
    for b in range(batch):
        alone, alone_final = cell(inputs[b : b + 1], state[b : b + 1], elapsed[b : b + 1])
        torch.testing.assert_close(together[b : b + 1], alone, rtol=0, atol=1e-14)
        torch.testing.assert_close(final[b : b + 1], alone_final, rtol=0, atol=1e-14)


@pytest.mark.parametrize("gradients", [True, False])
def test_a_sequence_is_its_steps(make: Make, gradients: bool) -> None:
    cell = make()
    inputs = torch.rand(2, 9, 32)
    with torch.set_grad_enabled(gradients):
        whole, final = cell(inputs, cell.initial_state(2))
        state, parts = cell.initial_state(2), []
        for t in range(9):
            output, state = cell(inputs[:, t : t + 1], state)
            parts.append(output)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=0, atol=1e-6)
    torch.testing.assert_close(state, final, rtol=0, atol=1e-6)


def test_elapsed_has_a_gradient(make: Make) -> None:
    cell = make(torch.float64)
    inputs, state = torch.rand(2, 3, 32, dtype=torch.float64), torch.rand(2, 19, dtype=torch.float64)
    elapsed = torch.rand(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda e: cell(inputs, state, e)[1], (elapsed,))


@pytest.mark.parametrize("gradients", [True, False])
def test_bf16_autocast_computes_in_the_parameters_type(make: Make, gradients: bool) -> None:
    cell = make()
    inputs = torch.rand(2, 3, 32)
    expected = cell(inputs, cell.initial_state(2))[0]
    with torch.autocast("cpu", torch.bfloat16), torch.set_grad_enabled(gradients):
        found = cell(inputs.bfloat16(), cell.initial_state(2))[0]
        if gradients:
            found.sum().backward()
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, rtol=0, atol=0.02)


@pytest.mark.parametrize("gradients", [True, False])
def test_wrong_arguments_are_refused(make: Make, gradients: bool) -> None:
    cell = make()
    inputs, state = torch.zeros(2, 3, 32), cell.initial_state(2)
    with torch.set_grad_enabled(gradients):
        for arguments, complaint in (
            ((torch.zeros(2, 3, 31), state), r"inputs: shape \(2, 3, 31\): allowed is \(B, T, 32\) with T >= 1"),
            ((torch.zeros(2, 0, 32), state), r"inputs: shape \(2, 0, 32\)"),
            ((inputs, cell.initial_state(3)), r"state: shape \(3, 19\): allowed is \(2, 19\)"),
            ((inputs, state, torch.ones(3)), r"elapsed: shape \(3,\): allowed is a scalar or \(2, 3\)"),
            ((inputs, state, -0.1), r"elapsed=-0\.1: allowed are finite numbers >= 0"),
            ((inputs, state, float("nan")), "elapsed=nan"),
            ((inputs, state, float("inf")), "elapsed=inf"),
        ):
            with pytest.raises(ArgumentError, match=complaint):
                cell(*arguments)


@pytest.mark.parametrize("kind", [LTC, CfC])
def test_learns_to_remember(kind: type[LiquidCell]) -> None:
    """The output at the end must tell the sign of an input that was shown eight samples before."""
    torch.manual_seed(0)
    cell = kind(Wiring.ncp())
    optimiser = torch.optim.Adam(cell.parameters(), 0.02)
    generator = torch.Generator().manual_seed(3)
    losses = []
    for _ in range(150):
        sign = torch.randint(0, 2, (64, 1, 1), generator=generator).float()
        inputs = torch.full((64, 8, 32), 0.5)
        inputs[:, 0] = sign[:, 0]
        outputs, _ = cell(inputs, cell.initial_state(64), 0.2 if kind is LTC else 1.0)
        loss = (outputs[:, -1, 0] - (sign[:, 0, 0] - 0.5)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[0] > 0.15
    assert losses[-1] < 0.03


class _Surroundings(nn.Module):
    def __init__(self, cell: LiquidCell) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.before = nn.Linear(32, 32)
        self.cell = cell

    def forward(self, inputs: Tensor, state: Tensor) -> Tensor:
        outputs: Tensor = self.cell(self.before(inputs), state)[0]
        return outputs.tanh()


@pytest.mark.parametrize("kind", [LTC, CfC])
def test_works_in_compiled_surroundings(kind: type[LiquidCell]) -> None:
    torch.manual_seed(0)
    model = _Surroundings(kind(Wiring.ncp()))
    inputs, state = torch.randn(4, 3, 32), torch.zeros(4, 19)
    compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
    found, expected = compiled(inputs, state), model(inputs, state)
    torch.testing.assert_close(found, expected)
    by = list(model.parameters())
    for a, b in zip(torch.autograd.grad(found.sum(), by), torch.autograd.grad(expected.sum(), by), strict=True):
        torch.testing.assert_close(a, b)
    with torch.no_grad():
        torch.testing.assert_close(compiled(inputs, state), expected)


@pytest.mark.parametrize("gradients", [True, False])
def test_works_with_other_parameters_by_functional_call(make: Make, gradients: bool) -> None:
    model = _Surroundings(make())
    inputs, state = torch.randn(4, 3, 32), torch.zeros(4, 19)
    others = {name: torch.rand_like(p) for name, p in model.named_parameters()}
    with torch.set_grad_enabled(gradients):
        before = model(inputs, state)
        found = torch.func.functional_call(model, others, (inputs, state))
        assert torch.equal(model(inputs, state), before)
        model.load_state_dict(others)
        assert torch.equal(found, model(inputs, state))
        assert not torch.equal(found, before)


def test_works_under_function_transforms(make: Make) -> None:
    model = _Surroundings(make())
    inputs, state = torch.randn(4, 3, 32), torch.zeros(4, 19)
    parameters = {name: p.detach() for name, p in model.named_parameters()}

    def loss(parameters: dict[str, Tensor]) -> Tensor:
        found: Tensor = torch.func.functional_call(model, parameters, (inputs, state))
        return found.sum()

    found = torch.func.grad(loss)(parameters)
    expected = torch.autograd.grad(model(inputs, state).sum(), list(model.parameters()))
    for name, gradient in zip(parameters, expected, strict=True):
        torch.testing.assert_close(found[name], gradient)
