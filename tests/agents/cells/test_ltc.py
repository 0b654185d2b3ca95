from __future__ import annotations

import numpy as np
import pytest
import torch
from ncps import torch as ncps_torch
from ncps.wirings import NCP
from torch import Tensor
from torch.nn.functional import softplus

from wormdrive.agents.cells.ltc import INITIAL_RANGES, LTC, seconds_to_elapsed
from wormdrive.agents.cells.ltc_solver import LTCParameters, SynapseIndex, solve
from wormdrive.agents.kernels.ltc_fused import FusedSolver
from wormdrive.agents.wirings.wiring import PAPER_SEED, Wiring
from wormdrive.envs.common.errors import ArgumentError

SOLVERS = ["fused", "reference"]


def make(solver: str = "fused", dtype: torch.dtype = torch.float32, **options: object) -> LTC:
    torch.manual_seed(0)
    cell = LTC(Wiring.ncp(), **options).to(dtype)  # type: ignore[arg-type]
    cell.fused = solver == "fused"
    return cell


def ncps_pair() -> tuple[ncps_torch.LTC, LTC]:
    """An ncps network with disturbed weights, and ours with the same."""
    torch.manual_seed(1)
    theirs = ncps_torch.LTC(32, NCP(12, 6, 1, 6, 4, 6, 6, seed=PAPER_SEED))
    cell = theirs.rnn_cell
    with torch.no_grad():
        for parameter in cell.parameters():
            if parameter.requires_grad:
                parameter.add_(0.1 * torch.randn_like(parameter))
        cell.input_w.fill_(1.0), cell.input_b.zero_(), cell.output_w.fill_(1.0), cell.output_b.zero_()
    ours = LTC(Wiring.ncp())
    ours.set_physical(ncps_parameters(theirs, ours.wiring))
    return theirs, ours


def ncps_parameters(theirs: ncps_torch.LTC, wiring: Wiring) -> LTCParameters:
    cell, first_inner = theirs.rnn_cell, wiring.sensory_synapse_count
    source, target = torch.tensor(wiring.sources.tolist()), torch.tensor(wiring.targets.tolist())

    def synapses(name: str) -> Tensor:
        sensory = getattr(cell, f"sensory_{name}")[source[:first_inner], target[:first_inner]]
        return torch.cat([sensory, getattr(cell, name)[source[first_inner:], target[first_inner:]]])

    return LTCParameters(
        weight=softplus(synapses("w")), reversal=synapses("erev"), slope=synapses("sigma"), midpoint=synapses("mu"),
        capacitance=softplus(cell.cm), leak=softplus(cell.gleak), rest=cell.vleak,
    )  # fmt: skip


def test_counts() -> None:
    cell = make()
    assert cell.wiring.state_size == 19
    assert len(cell.wiring.synapses) == 252
    assert sum(p.numel() for p in cell.parameters()) == 4 * 252 + 3 * 19 == 1065
    assert not any(buffer.is_floating_point() for buffer in cell.buffers()), "no masks"
    assert set(cell.state_dict()) == {name for name, _ in cell.named_parameters()} | {"_extra_state"}


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("batch", [1, 19, 33])
def test_agrees_with_ncps(solver: str, batch: int) -> None:
    theirs, ours = ncps_pair()
    ours.fused = solver == "fused"
    inputs, state = torch.randn(batch, 40, 32), 0.3 * torch.randn(batch, 19)
    with torch.no_grad():
        expected, expected_state = theirs(inputs, state)
        outputs, final = ours(inputs, state)
    torch.testing.assert_close(outputs, expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(final, expected_state, rtol=0, atol=1e-5)


@pytest.mark.parametrize("solver", SOLVERS)
def test_irregular_times_agree_with_ncps(solver: str) -> None:
    """In one batch, where ncps can do it one by one only."""
    theirs, ours = ncps_pair()
    ours.fused = solver == "fused"
    inputs, state, elapsed = torch.randn(19, 10, 32), 0.3 * torch.randn(19, 19), 3 * torch.rand(19, 10) + 0.01
    with torch.no_grad():
        outputs, final = ours(inputs, state, elapsed)
        for b in range(0, 19, 6):
            one = slice(b, b + 1)
            expected, expected_state = theirs(inputs[one], state[one], elapsed[one])
            torch.testing.assert_close(outputs[one], expected, rtol=0, atol=1e-5)
            torch.testing.assert_close(final[one], expected_state, rtol=0, atol=1e-5)


@pytest.mark.parametrize("solver", SOLVERS)
def test_gradients_agree_with_ncps(solver: str) -> None:
    theirs, ours = ncps_pair()
    ours.fused = solver == "fused"
    inputs = torch.randn(5, 12, 32, requires_grad=True)
    weight = torch.randn(5, 12, 1)
    expected_inputs, *expected = torch.autograd.grad(
        (theirs(inputs, torch.zeros(5, 19))[0] * weight).sum(),
        [inputs, theirs.rnn_cell.vleak, theirs.rnn_cell.sensory_mu, theirs.rnn_cell.sigma],
    )
    found_inputs, *found = torch.autograd.grad(
        (ours(inputs, torch.zeros(5, 19))[0] * weight).sum(), [inputs, ours.rest, ours.midpoint, ours.slope]
    )
    torch.testing.assert_close(found_inputs, expected_inputs, rtol=1e-4, atol=1e-5)
    first_inner = ours.wiring.sensory_synapse_count
    source, target = torch.tensor(ours.wiring.sources.tolist()), torch.tensor(ours.wiring.targets.tolist())
    torch.testing.assert_close(found[0], expected[0], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        found[1][:first_inner], expected[1][source[:first_inner], target[:first_inner]], rtol=1e-4, atol=1e-5
    )
    torch.testing.assert_close(
        found[2][first_inner:], expected[2][source[first_inner:], target[first_inner:]], rtol=1e-4, atol=1e-5
    )


@pytest.mark.slow
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("batch", [1, 17])
def test_no_influence_where_there_is_no_synapse(solver: str, batch: int) -> None:
    """One unfold: the Jacobian of the new state is exactly zero off the wiring and off the diagonal, else non-zero."""
    cell = make(solver, torch.float64, unfolds=1)
    inputs = torch.rand(batch, 1, 32, dtype=torch.float64)
    state = torch.rand(batch, 19, dtype=torch.float64) * 0.5 + 0.2

    def step(inputs: Tensor, state: Tensor) -> Tensor:
        return cell(inputs, state)[1].sum(0)

    by_input, by_state = torch.autograd.functional.jacobian(step, (inputs, state))
    wired_input, wired_state = np.zeros((19, 32), bool), np.eye(19, dtype=bool)
    first_inner = cell.wiring.sensory_synapse_count
    wired_input[cell.wiring.targets[:first_inner], cell.wiring.sources[:first_inner]] = True
    wired_state[cell.wiring.targets[first_inner:], cell.wiring.sources[first_inner:]] = True
    for b in range(batch):
        np.testing.assert_array_equal(by_input[:, b, 0].numpy() != 0, wired_input)
        np.testing.assert_array_equal(by_state[:, b].numpy() != 0, wired_state)


def random_parameters(index: SynapseIndex, random: np.random.Generator, dtype: torch.dtype) -> LTCParameters:
    """Parameters from tame to wild: magnitudes over many decades."""
    synapses, neurons = len(index.sources), index.state_size

    def positive(size: int) -> np.ndarray:
        return 10.0 ** random.uniform(-6, random.uniform(0, 5), size)

    def signed(size: int) -> np.ndarray:
        return random.choice([-1.0, 1.0], size) * positive(size)

    values = (positive(synapses), signed(synapses), signed(synapses), signed(synapses),
              positive(neurons), positive(neurons), signed(neurons))  # fmt: skip
    return LTCParameters(*(torch.tensor(value, dtype=dtype) for value in values))


@pytest.mark.parametrize("solver", SOLVERS)
def test_state_never_leaves_the_hull(solver: str) -> None:
    """10^5 random sets of parameters, inputs up to 1e6, elapsed times up to 1e3.

    Each set belongs to one neuron that hears three sensory neurons, a neighbour and itself, so that a network of 2,000
    such pairs tries 4,000 sets at once.
    """
    random = np.random.default_rng(5)
    rounds, pairs, heard = (25, 2000, 3) if solver == "fused" else (1, 100, 3)
    neurons = 2 * pairs
    index = SynapseIndex(Wiring.ncp())
    index.input_size, index.state_size, index.sensory_count = heard, neurons, heard * neurons
    partner = np.arange(neurons) ^ 1
    index.sources = np.concatenate([np.tile(np.arange(heard), neurons), partner, np.arange(neurons)])
    index.targets = np.concatenate([np.repeat(np.arange(neurons), heard), np.arange(neurons), np.arange(neurons)])
    index.source, index.target = torch.from_numpy(index.sources), torch.from_numpy(index.targets)
    tried = 0
    for _ in range(rounds):
        p = random_parameters(index, random, torch.float32)
        batch, samples = 4, 3
        inputs = torch.tensor(
            random.uniform(-1, 1, (batch, samples, heard)) * 10 ** random.uniform(0, 6), dtype=torch.float32
        )
        elapsed = torch.tensor(10 ** random.uniform(-3, 3, (batch, samples)), dtype=torch.float32)
        state = torch.tensor(random.normal(0, 10, (batch, neurons)), dtype=torch.float32)
        if solver == "fused":
            states = FusedSolver(index)(p, inputs, state, elapsed, 6)
        else:
            states = solve(index, p, inputs, state, elapsed, 6)
        assert bool(torch.isfinite(states).all())
        reversal = p.reversal.reshape(-1)
        low, high = torch.minimum(state, p.rest), torch.maximum(state, p.rest)
        for potentials in reversal[: heard * neurons].view(neurons, heard).unbind(1) + tuple(
            reversal[heard * neurons :].view(2, neurons)
        ):
            low, high = torch.minimum(low, potentials), torch.maximum(high, potentials)
        # Float32 rounds each of 18 unfolds.
        slack = 1e-5 * torch.maximum(low.abs(), high.abs())
        assert bool((states >= (low - slack)[:, None]).all())
        assert bool((states <= (high + slack)[:, None]).all())
        tried += neurons
    assert tried == 100_000 or solver == "reference"


def test_bound_survives_any_optimiser_step() -> None:
    cell = make()
    with torch.no_grad():
        for name in ("raw_weight", "raw_capacitance", "raw_leak"):
            getattr(cell, name).fill_(-1e4)
    _, state = cell(torch.randn(4, 100, 32), cell.initial_state(4))
    assert bool(torch.isfinite(state).all())


@pytest.mark.parametrize("solver", SOLVERS)
def test_solver_converges_with_first_order(solver: str) -> None:
    """Doubling the unfolds halves the distance to the solution of the differential equation."""
    cell = make(solver, torch.float64)
    inputs, state = torch.rand(2, 3, 32, dtype=torch.float64), torch.rand(2, 19, dtype=torch.float64)

    def end(unfolds: int) -> Tensor:
        cell.unfolds = unfolds
        with torch.no_grad():
            return cell(inputs, state)[1]

    # Richardson's extrapolation of the two finest solutions stands for the exact one.
    exact = 2 * end(512) - end(256)
    errors = [float((end(k) - exact).abs().max()) for k in (8, 16, 32)]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(orders, 1.0, atol=0.12)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("batch", [1, 5, 19])
def test_one_step_is_two_halves(solver: str, batch: int) -> None:
    """Two samples of half the time with the same input, solved in K unfolds each, are one sample in 2 K."""
    cell = make(solver, torch.float64)
    inputs = torch.rand(batch, 1, 32, dtype=torch.float64)
    state = torch.rand(batch, 19, dtype=torch.float64)
    whole_time = torch.rand(batch, 1, dtype=torch.float64) * 3
    cell.unfolds = 12
    _, whole = cell(inputs, state, whole_time)
    cell.unfolds = 6
    _, halves = cell(inputs.expand(-1, 2, -1), state, (whole_time / 2).expand(-1, 2))
    torch.testing.assert_close(halves, whole, rtol=0, atol=1e-14)


@pytest.mark.parametrize("solver", SOLVERS)
def test_no_time_no_change(solver: str) -> None:
    cell = make(solver)
    state = torch.rand(3, 19)
    torch.testing.assert_close(cell(torch.rand(3, 2, 32), state, 0.0)[1], state)
    assert not torch.allclose(cell(torch.rand(3, 2, 32), state, 0.5)[1], state, atol=1e-2)


@pytest.mark.parametrize("ranges", list(INITIAL_RANGES))
def test_initial_values_lie_in_their_ranges(ranges: str) -> None:
    cell = make(initial_ranges=ranges)
    values = {name: value.detach() for name, value in cell.physical()._asdict().items()}
    if ranges == "paper":  # whose capacitance is that of an unfold
        values["capacitance"] = values["capacitance"] * cell.unfolds
    for name, (low, high) in INITIAL_RANGES[ranges].items():  # type: ignore[index]
        assert low - 1e-5 <= float(values[name].min()) <= float(values[name].max()) <= high + 1e-5
        if low < high:
            spread = (high - low) * (0.5 if len(values[name]) > 100 else 0.3)
            assert float(values[name].max() - values[name].min()) > spread
    assert set(values["reversal"].tolist()) == {-1.0, 1.0}


def test_physical_values_go_in_and_out() -> None:
    cell, other = make(), make()
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.mul_(1.3)
    cell.set_physical(other.physical())
    for a, b in zip(cell.physical(), other.physical(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ArgumentError, match="unfolds"):
        LTC(Wiring.ncp(), unfolds=0)
    with pytest.raises(ArgumentError, match="initial_ranges"):
        LTC(Wiring.ncp(), initial_ranges="mine")  # type: ignore[arg-type]


def test_seconds_become_elapsed() -> None:
    assert seconds_to_elapsed(0.1, 1 / 30) == pytest.approx(3.0)
    for arguments in ((-1.0, 0.1), (1.0, 0.0), (float("nan"), 0.1)):
        with pytest.raises(ArgumentError):
            seconds_to_elapsed(*arguments)


def test_begins_with_the_capacitance_of_an_unfold_as_the_papers_code_does() -> None:
    for unfolds in (1, 6, 12):
        in_an_unfold = LTC(Wiring.ncp(), unfolds, "paper").physical().capacitance * unfolds
        torch.testing.assert_close(in_an_unfold, torch.full((19,), 0.5), rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", ["weight", "capacitance", "leak"])
@pytest.mark.parametrize("value", [-0.25, float("nan")])
def test_refuses_numbers_that_the_equation_does_not_allow(name: str, value: float) -> None:
    cell = make()
    physical = cell.physical()
    before = [p.detach().clone() for p in cell.parameters()]
    wrong = getattr(physical, name).detach().clone()
    wrong[2] = value
    with pytest.raises(ArgumentError, match=f"{name}: 1 of {len(wrong)} values are negative or NaN"):
        cell.set_physical(physical._replace(**{name: wrong}))
    assert all(torch.equal(p, b) for p, b in zip(cell.parameters(), before, strict=True))


@pytest.mark.parametrize("unfolds", [0, 2.5, "6", True, 1001])
def test_refuses_other_numbers_of_unfolds(unfolds: object) -> None:
    with pytest.raises(ArgumentError, match=r"unfolds=.*: allowed are 1 to 1000"):
        LTC(Wiring.ncp(), unfolds)  # type: ignore[arg-type]
