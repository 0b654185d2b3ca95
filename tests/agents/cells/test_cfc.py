from __future__ import annotations

import numpy as np
import pytest
import torch
from ncps import torch as ncps_torch
from ncps.wirings import NCP
from torch import Tensor

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.wirings.wiring import PAPER_SEED, Wiring

SOLVERS = ["fused", "reference"]


def make(solver: str = "fused", dtype: torch.dtype = torch.float32, wiring: Wiring | None = None) -> CfC:
    torch.manual_seed(0)
    cell = CfC(wiring or Wiring.ncp()).to(dtype)
    cell.fused = solver == "fused"
    with torch.no_grad():
        cell.bias.normal_()
    return cell


def test_counts() -> None:
    cell = make()
    assert sum(p.numel() for p in cell.parameters()) == 4 * 252 + 8 * 19
    assert not any(buffer.is_floating_point() for buffer in cell.buffers()), "no masks"
    assert set(cell.state_dict()) == {"weight", "memory", "bias", "_extra_state"}


def test_potentials_begin_with_the_sign_of_their_synapse() -> None:
    torch.manual_seed(0)
    cell = CfC(Wiring.ncp())
    polarity = torch.tensor(cell.wiring.polarities.tolist())
    assert bool((torch.sign(cell.weight[:2]) == polarity).all())
    assert 0.3 < float((cell.weight[2:] > 0).float().mean()) < 0.7


def ncps_pair() -> tuple[ncps_torch.CfC, CfC]:
    """An ncps network whose weights off the wiring are zero, and ours with the same.

    Theirs has a matrix a head: (neurons of the layer, those of the layer before and then the layer's own).
    """
    torch.manual_seed(1)
    theirs = ncps_torch.CfC(32, NCP(12, 6, 1, 6, 4, 6, 6, seed=PAPER_SEED))
    ours = CfC(Wiring.ncp())
    place = {neuron.name: i for i, neuron in enumerate(ours.wiring.state_neurons)}
    layers = [("inter", 12), ("command", 6), ("motor", 1)]
    weight, memory, bias = (torch.zeros_like(p.detach()) for p in ours.parameters())
    synapse = {(s.source, s.target): e for e, s in enumerate(ours.wiring.synapses)}
    for (role, size), before, layer in zip(
        layers, [("sensory", 32), *layers[:2]], theirs.rnn_cell._layers, strict=True
    ):
        heard = [f"{before[0]}_{i}" for i in range(before[1])] + [f"{role}_{i}" for i in range(size)]
        for head, linear in enumerate((layer.ff1, layer.ff2, layer.time_a, layer.time_b)):
            with torch.no_grad():
                linear.bias.normal_(0, 0.3)
                for i in range(size):
                    name = f"{role}_{i}"
                    bias[head, place[name]] = linear.bias[i]
                    for k, source in enumerate(heard):
                        e = synapse.get((source, name))
                        if source == name:  # in ours the own past is apart from a synapse with oneself
                            memory[head, place[name]] = linear.weight[i, k]
                        elif e is not None:
                            weight[head, e] = linear.weight[i, k]
                        else:
                            linear.weight[i, k] = 0.0
    with torch.no_grad():
        for parameter, value in zip(ours.parameters(), (weight, memory, bias), strict=True):
            parameter.copy_(value)
    return theirs, ours


def _theirs_to_ours_order(state: Tensor) -> Tensor:
    """Layers inter, command, motor -> motor, command, inter."""
    inter, command, motor = torch.split(state, [12, 6, 1], dim=1)
    return torch.cat([motor, command, inter], 1)


@pytest.mark.slow
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("batch", [1, 19, 33])
def test_agrees_with_ncps_where_its_graph_is_the_wiring(solver: str, batch: int) -> None:
    theirs, ours = ncps_pair()
    ours.fused = solver == "fused"
    inputs = torch.randn(batch, 20, 32, requires_grad=True)
    state = torch.rand(batch, 19) - 0.5
    expected, expected_state = theirs(inputs, state)
    outputs, final = ours(inputs, _theirs_to_ours_order(state))
    torch.testing.assert_close(outputs, expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(final, _theirs_to_ours_order(expected_state), rtol=0, atol=1e-5)
    direction = torch.randn(batch, 20, 1)
    motor = theirs.rnn_cell._layers[2]
    by = (inputs, motor.time_a.bias, motor.ff1.bias)
    their_inputs, their_rate, their_near = torch.autograd.grad((expected * direction).sum(), by)
    our_inputs, our_bias = torch.autograd.grad((outputs * direction).sum(), (inputs, ours.bias))
    torch.testing.assert_close(our_inputs, their_inputs, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(our_bias[[2, 0], 0], torch.cat([their_rate, their_near]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("solver", SOLVERS)
def test_irregular_times_agree_with_ncps(solver: str) -> None:
    """In one batch, where ncps can do it one by one only."""
    theirs, ours = ncps_pair()
    ours.fused = solver == "fused"
    inputs, state, elapsed = torch.randn(19, 10, 32), torch.rand(19, 19) - 0.5, 3 * torch.rand(19, 10)
    with torch.no_grad():
        outputs, final = ours(inputs, _theirs_to_ours_order(state), elapsed)
        for b in range(0, 19, 6):
            one = slice(b, b + 1)
            expected, expected_state = theirs(inputs[one], state[one], elapsed[one])
            torch.testing.assert_close(outputs[one], expected, rtol=0, atol=1e-5)
            torch.testing.assert_close(final[one], _theirs_to_ours_order(expected_state), rtol=0, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("heads", ["all", "gates"])
@pytest.mark.parametrize("wiring", [Wiring.ncp(), Wiring.random(8, 12, 2, sensory_synapses=20, inner_synapses=20)])
def test_no_influence_where_there_is_no_synapse(solver: str, heads: str, wiring: Wiring) -> None:
    """The Jacobian of one sample is exactly zero off the paths that the wiring allows, else not; gates alone, too."""
    cell = make(solver, torch.float64, wiring)
    if heads == "gates":
        with torch.no_grad():
            cell.weight[:2], cell.memory[:2] = 0.0, 0.0
    F, N = wiring.input_size, wiring.state_size
    inputs, state = torch.rand(3, 1, F, dtype=torch.float64), torch.rand(3, N, dtype=torch.float64) - 0.5

    def step(inputs: Tensor, state: Tensor) -> Tensor:
        return cell(inputs, state)[1].sum(0)

    by_input, by_state = torch.autograd.functional.jacobian(step, (inputs, state))
    names = {n.name: i for i, n in enumerate(wiring.state_neurons)}
    seen = {n.name: i for i, n in enumerate(wiring.sensory_neurons)}
    turn = {n.name: ("inter", "command", "motor").index(n.role) for n in wiring.state_neurons}
    wired = np.zeros((N, F + N), bool)
    for name in sorted(names, key=lambda name: turn[name]):
        wired[names[name], F + names[name]] = True
        for synapse in wiring.synapses:
            if synapse.target != name:
                continue
            if synapse.source in seen:
                wired[names[name], seen[synapse.source]] = True
            elif turn[synapse.source] < turn[name]:
                wired[names[name]] |= wired[names[synapse.source]]
            else:
                wired[names[name], F + names[synapse.source]] = True
    assert not wired.all()
    for b in range(3):
        found = np.concatenate([by_input[:, b, 0].numpy(), by_state[:, b].numpy()], 1)
        np.testing.assert_array_equal(found != 0, wired)


@pytest.mark.parametrize("solver", SOLVERS)
def test_activity_never_leaves_its_bounds(solver: str) -> None:
    """10^5 random sets of parameters over many decades, inputs up to 1e6, elapsed times up to 1e3."""
    random = np.random.default_rng(5)
    neurons, rounds = (2000, 50) if solver == "fused" else (200, 2)
    cell = make(solver, wiring=Wiring.random(3, neurons, 1, sensory_synapses=3 * neurons, inner_synapses=2 * neurons))
    tried = 0
    for _ in range(rounds):
        with torch.no_grad():
            for parameter in cell.parameters():
                size = 10 ** random.uniform(-6, random.uniform(0, 5), parameter.shape)
                parameter.copy_(torch.tensor(size * random.choice([-1.0, 1.0], parameter.shape)))
        inputs = torch.tensor(random.uniform(-1, 1, (4, 3, 3)) * 10 ** random.uniform(0, 6), dtype=torch.float32)
        elapsed = torch.tensor(10 ** random.uniform(-3, 3, (4, 3)), dtype=torch.float32)
        state = torch.tensor(random.normal(0, 10, (4, neurons)), dtype=torch.float32)
        states = cell.trace(inputs, state, elapsed).detach()
        assert bool((states.abs() <= 1.0 + 1e-6).all()), "also false for NaN"
        tried += neurons
    assert tried == 100_000 or solver == "reference"


def test_time_carries_from_one_potential_to_the_other() -> None:
    """One neuron, by hand: x = (1 - s) tanh(p) + s tanh(q), s = sigmoid(a t + b)."""
    cell = make(dtype=torch.float64, wiring=Wiring.random(1, 1, 1, sensory_synapses=1, inner_synapses=0))
    values = {"weight": [0.5, -1.0, 0.3, 0.2], "memory": [0.1, 0.2, -0.3, 0.4], "bias": [0.0, 0.5, 1.0, -1.0]}
    with torch.no_grad():
        for name, numbers in values.items():
            getattr(cell, name).copy_(torch.tensor(numbers)[:, None])
    u, x, t = 0.7, -0.4, 2.5
    p, q, a, b = (w * u + m * x + c for w, m, c in zip(*values.values(), strict=True))
    s = 1 / (1 + np.exp(-(a * t + b)))
    found = cell(torch.full((1, 1, 1), u).double(), torch.full((1, 1), x).double(), t)[1]
    assert found.item() == pytest.approx((1 - s) * np.tanh(p) + s * np.tanh(q), abs=1e-7)
