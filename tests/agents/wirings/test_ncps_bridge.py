from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from ncps import torch as ncps_torch
from ncps.wirings import NCP, AutoNCP, FullyConnected
from ncps.wirings import Wiring as NcpsWiring

from wormdrive.agents.wirings.ncps_bridge import ltc_from_ncps, wiring_from_ncps, wiring_to_ncps
from wormdrive.agents.wirings.wiring import PAPER_SEED, Wiring
from wormdrive.envs.common.errors import ArgumentError, MissingPackageError


def paper() -> NCP:
    theirs = NCP(12, 6, 1, 6, 4, 6, 6, seed=PAPER_SEED)
    theirs.build(32)
    return theirs


def test_imported_wirings_equal_those_drawn_here() -> None:
    assert wiring_from_ncps(paper()) == Wiring.ncp()
    theirs = AutoNCP(28, 4, seed=3)
    theirs.build(8)
    assert wiring_from_ncps(theirs) == Wiring.auto_ncp(8, 28, 4, seed=3)
    full = FullyConnected(7, 2)
    full.build(3)
    assert wiring_from_ncps(full) == Wiring.fully_connected(3, 7, 2)


@pytest.mark.parametrize(
    "wiring",
    [
        Wiring.ncp(),
        Wiring.auto_ncp(8, 20, 3),
        Wiring.fully_connected(3, 5, 2),
        Wiring.random(4, 9, 2, sensory_synapses=9, inner_synapses=20),
    ],
)
def test_there_and_back(wiring: Wiring) -> None:
    theirs = wiring_to_ncps(wiring)
    assert isinstance(theirs, NcpsWiring)
    back = wiring_from_ncps(theirs)
    assert back.neurons == wiring.neurons
    assert set(back.synapses) == set(wiring.synapses)
    assert (theirs.synapse_count + theirs.sensory_synapse_count) == len(wiring.synapses)


def test_exported_wirings_are_what_ncps_would_have_drawn() -> None:
    theirs, exported = paper(), wiring_to_ncps(Wiring.ncp())
    np.testing.assert_array_equal(exported.adjacency_matrix, theirs.adjacency_matrix)
    np.testing.assert_array_equal(exported.sensory_adjacency_matrix, theirs.sensory_adjacency_matrix)
    assert [exported.get_type_of_neuron(i) for i in range(19)] == [theirs.get_type_of_neuron(i) for i in range(19)]
    assert exported.num_layers == theirs.num_layers == 3
    for layer in range(3):
        assert exported.get_neurons_of_layer(layer) == theirs.get_neurons_of_layer(layer)
    for network in (ncps_torch.LTC, ncps_torch.CfC):
        outputs, state = network(32, exported)(torch.zeros(2, 3, 32))
        assert outputs.shape == (2, 3, 1)
        assert state.shape == (2, 19)
    np.testing.assert_array_equal(exported.sensory_adjacency_matrix, theirs.sensory_adjacency_matrix)


@pytest.mark.parametrize("constrained", [True, False])
def test_trained_weights_come_along(constrained: bool) -> None:
    torch.manual_seed(0)
    wiring = NCP(12, 6, 1, 6, 4, 6, 6, seed=PAPER_SEED)
    theirs = ncps_torch.LTC(32, wiring, ode_unfolds=4, implicit_param_constraints=constrained)
    with torch.no_grad():
        for parameter in theirs.parameters():
            if parameter.requires_grad:
                parameter.mul_(1 + 0.2 * torch.rand_like(parameter)).add_(0.01)
    cell, gain, bias, output_gain, output_bias = ltc_from_ncps(theirs)
    assert cell.unfolds == 4
    assert cell.wiring == Wiring.ncp()
    inputs, state = torch.randn(3, 10, 32), torch.rand(3, 19)
    with torch.no_grad():
        expected, expected_state = theirs(inputs, state)
        outputs, final = cell(inputs * gain + bias, state)
    torch.testing.assert_close(outputs * output_gain + output_bias, expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(final, expected_state, rtol=0, atol=1e-5)


def test_what_is_no_wiring_is_refused() -> None:
    with pytest.raises(ArgumentError, match="a dict: allowed is a wiring of ncps"):
        wiring_from_ncps({})
    with pytest.raises(ArgumentError, match="not built"):
        wiring_from_ncps(NCP(12, 6, 1, 6, 4, 6, 6))
    broken = paper()
    broken.adjacency_matrix = broken.adjacency_matrix[:-1]
    with pytest.raises(ArgumentError, match=r"shape \(18, 19\): allowed is \(19, 19\)"):
        wiring_from_ncps(broken)
    strange = paper()
    strange.get_type_of_neuron = lambda i: "boss"
    with pytest.raises(ArgumentError, match="type='boss': allowed are command, inter"):
        wiring_from_ncps(strange)
    with pytest.raises(ArgumentError, match="a Linear: allowed are LTC and LTCCell"):
        ltc_from_ncps(torch.nn.Linear(1, 1))


def test_without_ncps_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ncps.wirings", None)
    with pytest.raises(MissingPackageError, match=r"^ncps is not installed: pip install 'wormdrive\[ncps\]'$"):
        wiring_to_ncps(Wiring.ncp())


@pytest.mark.parametrize(("name", "what"), [("w", "weight"), ("sensory_w", "weight"), ("cm", "capacitance")])
def test_negative_numbers_are_refused(name: str, what: str) -> None:
    """As after training with explicit constraints that were never applied: ncps computes with what stands there."""
    theirs = ncps_torch.LTC(8, AutoNCP(20, 4, seed=3), implicit_param_constraints=False)
    cell = theirs.rnn_cell
    with torch.no_grad():
        cell._params[name].sub_(0.9)
    with pytest.raises(ArgumentError, match=rf"network: {what}: \d+ of \d+ values are negative or NaN"):
        ltc_from_ncps(theirs)
    cell.apply_weight_constraints()
    assert (ltc_from_ncps(theirs).cell.physical().weight >= 0).all()


def test_negative_numbers_where_there_is_no_synapse_do_not_count() -> None:
    theirs = ncps_torch.LTC(8, AutoNCP(20, 4, seed=3), implicit_param_constraints=False)
    params = theirs.rnn_cell._params
    with torch.no_grad():
        params["w"][params["sparsity_mask"] == 0] = -1.0
    assert (ltc_from_ncps(theirs).cell.physical().weight >= 0).all()
