from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.audit.toys import ltc
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.agents.synapses import LTCSynapses, heard
from wormdrive.agents.wirings.wiring import Neuron, Synapse, Wiring


def test_each_synapse_hears_its_source() -> None:
    wiring = Wiring(
        (Neuron("eye", "sensory"), Neuron("wheel", "motor"), Neuron("inter_0", "inter")),
        (Synapse("eye", "inter_0", 1), Synapse("inter_0", "wheel", -1), Synapse("inter_0", "inter_0", 1)),
    )
    sensory, state = np.array([[3.0], [4.0]]), np.array([[0.1, 0.2], [0.3, 0.4]])
    found = heard(wiring, sensory, state)
    assert found.tolist() == [[3.0, 0.2, 0.2], [4.0, 0.4, 0.4]]
    assert heard(wiring, sensory[0], state[0]).tolist() == found[0].tolist()


def test_synapses_that_listen_to_nobody_are_half_open() -> None:
    synapses = LTCSynapses(ltc(weight=0.8, slope=0.0), np.float64)
    found = synapses.conductance(synapses.sensory(np.ones((2, 32))), np.ones((2, 19)))
    assert found == pytest.approx(0.4)


def test_a_small_step_of_the_network_is_what_its_currents_say() -> None:
    """C dv/dt = leak (rest - v) + sum of conductance (reversal - v)."""
    policy = load_policy("ncp")
    assert isinstance(policy, NCPPolicy)
    synapses = LTCSynapses(policy, np.float64)
    rng = np.random.default_rng(0)
    features, state = rng.normal(size=32), rng.normal(0.0, 0.3, 19)
    current = synapses.conductance(synapses.sensory(features), state) * (
        synapses.reversal - state[synapses.wiring.targets]
    )
    rest = policy.cell.physical().rest.detach().double().numpy()
    flow = np.bincount(synapses.wiring.targets, weights=current, minlength=19) + synapses.leak * (rest - state)
    step = 1e-5
    policy.double()
    after = (
        policy.control(torch.from_numpy(features)[None, None], torch.from_numpy(state)[None], step).state[0, 0].numpy()
    )
    assert (after - state) / step == pytest.approx(flow / synapses.capacitance, rel=1e-2, abs=1e-2)
