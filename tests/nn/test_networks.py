"""LTC, CfC and LRC as networks: arguments, words, gradients, threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from ncps.wirings import AutoNCP
from ncps.wirings import Wiring as NcpsWiring

from wormdrive.agents.cells import cfc, ltc
from wormdrive.agents.cells.layered_cfc import LayeredCfC
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.nn import LRC, LTC, CfC
from wormdrive.nn.liquid_layer import LiquidLayer

F = 5
WIRING = Wiring.auto_ncp(F, 14, 3)
NETWORKS: dict[str, Callable[[], LiquidLayer]] = {
    "ltc": lambda: LTC(F, WIRING),
    "ltc with memory": lambda: LTC(F, 4, mixed_memory=True, proj_size=2),
    "cfc": lambda: CfC(F, WIRING),
    "cfc on its wiring": lambda: CfC(F, WIRING, keep_to_wiring=True),
    "cfc, pure": lambda: CfC(F, WIRING, mode="pure"),
    "cfc, no gate": lambda: CfC(F, WIRING, mode="no_gate"),
    "dense": lambda: CfC(F, 6, backbone_layers=2, backbone_units=7),
    "dense, no backbone": lambda: CfC(F, 6, backbone_layers=0),
    "lrc": lambda: LRC(F, WIRING, mixed_memory=True),
    "lrc, asymmetric": lambda: LRC(F, 4, elastance="asymmetric", ode_solver="semi_implicit", ode_unfolds=2),
}
EACH = pytest.mark.parametrize("name", NETWORKS)


def made(name: str) -> LiquidLayer:
    torch.manual_seed(0)
    return NETWORKS[name]()


@EACH
def test_gradients_are_those_of_small_differences(name: str) -> None:
    network = made(name).double()
    names = [own for own, _ in network.named_parameters()]
    inputs = torch.randn(2, 3, F, dtype=torch.float64, requires_grad=True)
    gaps = (0.5 + torch.rand(2, 3, dtype=torch.float64)).requires_grad_()

    def run(inputs: torch.Tensor, gaps: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        call = torch.func.functional_call(network, dict(zip(names, weights, strict=True)), (inputs, None, gaps))
        return call[0]

    arguments = (inputs, gaps, *(p.detach().clone().requires_grad_() for p in network.parameters()))
    assert torch.autograd.gradcheck(run, arguments, fast_mode=True)


LARGE = Wiring.auto_ncp(32, 64, 4)


@pytest.mark.parametrize(
    "make",
    [
        lambda: LTC(32, LARGE),
        lambda: CfC(32, LARGE),
        lambda: CfC(32, LARGE, keep_to_wiring=True),
        lambda: CfC(32, 96, backbone_layers=0),
    ],
)
def test_kernels_give_the_same_bits_with_any_number_of_threads(make: Callable[[], LiquidLayer]) -> None:
    before = torch.get_num_threads()
    found = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            torch.manual_seed(0)
            network = make()
            inputs = torch.randn(64, 16, 32, generator=torch.Generator().manual_seed(1))
            outputs, _ = network(inputs)
            outputs.square().sum().backward()
            grads = [p.grad for p in network.rnn_cell.parameters()]
            with torch.no_grad():
                found.append([outputs, network(inputs)[0], *grads])
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True))


@pytest.mark.slow
@EACH
def test_it_learns_a_delay_of_one_sample(name: str) -> None:
    network = made(name)
    optimiser = torch.optim.Adam(network.parameters(), 0.02)
    inputs = torch.rand(16, 8, F, generator=torch.Generator().manual_seed(1))
    target = inputs.roll(1, 1)[..., :1].expand(-1, -1, network.output_size)
    losses = []
    for _ in range(40):
        loss = (network(inputs)[0] - target)[:, 1:].square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.7 * losses[0]


def test_wirings_of_ncps_are_built_once() -> None:
    theirs = AutoNCP(14, 3, seed=1)
    first = LTC(F, theirs)
    count = theirs.synapse_count + theirs.sensory_synapse_count
    assert LTC(F, theirs).wiring == CfC(F, theirs).units.wiring == first.wiring  # type: ignore[union-attr]
    assert theirs.synapse_count + theirs.sensory_synapse_count == count == len(first.wiring.synapses)
    with pytest.raises(ArgumentError, match="a wiring of 5 inputs: allowed is input_size=6"):
        CfC(6, theirs)


def test_states_have_names_in_the_order_of_hx() -> None:
    roles = [name.partition("_")[0] for name in CfC(F, WIRING).neurons]
    assert roles == ["inter"] * 7 + ["command"] * 4 + ["motor"] * 3
    assert CfC(F, WIRING, keep_to_wiring=True).neurons == LTC(F, WIRING).neurons
    assert LTC(F, WIRING).neurons[:4] == ("motor_0", "motor_1", "motor_2", "command_0")
    network = CfC(F, WIRING)
    outputs, hx = network(torch.randn(2, 4, F))
    assert torch.equal(outputs[:, -1], hx[:, network.motor])
    assert network.neurons[network.motor] == ("motor_0", "motor_1", "motor_2")


def test_cells_are_those_of_agents() -> None:
    assert type(LTC(F, WIRING).rnn_cell) is ltc.LTC
    assert type(CfC(F, WIRING, keep_to_wiring=True).rnn_cell) is cfc.CfC
    for network in (CfC(F, WIRING), CfC(F, 4, backbone_layers=0)):
        assert type(network.rnn_cell) is LayeredCfC
    cell = cfc.CfC(WIRING)
    network = CfC(F, WIRING, keep_to_wiring=True)
    network.rnn_cell.load_state_dict(cell.state_dict())
    inputs = torch.randn(2, 4, F)
    assert torch.equal(network(inputs)[0], cell(inputs, cell.initial_state(2))[0])


def test_initial_ranges_are_those_of_ncps() -> None:
    torch.manual_seed(0)
    implicit, explicit = LTC(F, 12), LTC(F, 12, implicit_param_constraints=False)
    for network, low, high in ((implicit, 0.693, 1.314), (explicit, 0.001, 1.0)):
        weight = network.rnn_cell.physical().weight.detach()
        assert low <= float(weight.min()) < low + 0.1
        assert high - 0.1 < float(weight.max()) <= high


def test_what_is_not_as_by_default_is_told() -> None:
    assert LTC(F, WIRING).extra_repr() == "5, 14, motor=3"
    told = repr(CfC(F, 6, proj_size=2, mode="pure", batch_first=False))
    assert "5, 6, motor=6, proj_size=2, batch_first=False, mode='pure'" in told
    assert LRC(F, 3, ode_unfolds=2).extra_repr() == "5, 3, motor=3, ode_unfolds=2"


class Deep(NcpsWiring):  # type: ignore[misc]  # ncps has no types
    num_layers = 4

    def get_neurons_of_layer(self, layer_id: int) -> list[int]:
        return [3 - layer_id]

    def get_type_of_neuron(self, neuron_id: int) -> str:
        return "inter" if neuron_id else "motor"


def four_layers() -> Any:
    wiring = Deep(4)
    wiring.set_output_dim(1)
    wiring.set_input_dim(F)
    for k in range(3):
        wiring.add_synapse(k + 1, k, 1)
    wiring.add_sensory_synapse(0, 3, 1)
    return wiring


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: LTC(0, 3), "input_size=0: allowed are 1 to 65536"),
        (lambda: LTC(F, 0), "units=0: allowed are 1 to 4096, or a wiring"),
        (lambda: LTC(F, "ncp"), "units: a str: allowed are a whole number, a Wiring and one of ncps"),
        (lambda: LTC(F, True), "units: a bool"),
        (lambda: LTC(4, WIRING), "units: a wiring of 5 inputs: allowed is input_size=4"),
        (lambda: LTC(5000, 3), "input_size=5000: allowed are 1 to 4096"),
        (lambda: LTC(F, 3, return_sequences=1), "return_sequences=1: allowed are True and False"),  # type: ignore[arg-type]
        (lambda: LTC(F, 3, mixed_memory="yes"), "mixed_memory='yes': allowed are True and False"),  # type: ignore[arg-type]
        (lambda: LTC(F, 3, ode_unfolds=0), "unfolds=0: allowed are 1 to 1000"),
        (lambda: LTC(F, 3, input_mapping="cubic"), "input_mapping='cubic': allowed are affine, linear, None"),  # type: ignore[arg-type]
        (lambda: LTC(F, 3, proj_size=0), "proj_size=0: allowed are 1 to 65536"),
        (lambda: CfC(F, 3, mode="fast"), "mode='fast': allowed are default, pure, no_gate"),  # type: ignore[arg-type]
        (lambda: CfC(F, 3, mode=[]), r"mode=\[\]: allowed are default"),  # type: ignore[arg-type]
        (lambda: CfC(F, 3, activation="elu"), "activation='elu': allowed are lecun_tanh"),  # type: ignore[arg-type]
        (lambda: CfC(F, 3, backbone_units=0), "backbone_units=0: allowed are 1 to 65536"),
        (lambda: CfC(F, 3, backbone_layers=-1), "backbone_layers=-1: allowed are 0 to 64"),
        (lambda: CfC(F, 3, backbone_dropout=1.0), "backbone_dropout=1.0: allowed are numbers from 0 to below 1"),
        (lambda: CfC(F, WIRING, backbone_layers=1), "backbone_layers=1: allowed is None on a wiring"),
        (lambda: CfC(F, WIRING, mode="pure", keep_to_wiring=True), "mode='pure': allowed is 'default' with"),
        (lambda: CfC(F, 3, keep_to_wiring=True), "keep_to_wiring=True: allowed is False where units is a number"),
        (lambda: CfC(F, four_layers()), "units: a wiring of 4 layers: allowed are 1 to 3"),
        (lambda: LRC(F, 3, elastance="none"), "elastance='none': allowed are asymmetric, symmetric"),  # type: ignore[arg-type]
        (lambda: LRC(F, 3, ode_solver="rk4"), "ode_solver='rk4': allowed are explicit, semi_implicit"),  # type: ignore[arg-type]
        (lambda: LRC(F, 3, ode_unfolds=1001), "ode_unfolds=1001: allowed are 1 to 1000"),
    ],
)
def test_bad_arguments_are_named(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        make()


def test_float64_all_the_way() -> None:
    for name in NETWORKS:
        network = made(name)
        inputs = torch.randn(2, 3, F)
        right = network(inputs)[0]
        assert network.double()(inputs.double())[0].dtype is torch.float64
        torch.testing.assert_close(network(inputs.double())[0].float(), right, rtol=0, atol=1e-5)
