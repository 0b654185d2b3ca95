from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ncps.wirings import NCP

from wormdrive.agents.wirings.wiring import PAPER_SEED, Neuron, Synapse, Wiring
from wormdrive.envs.common.errors import ArgumentError


def matrices(wiring: Wiring) -> tuple[np.ndarray, np.ndarray]:
    """Signed adjacency as ncps keeps it: (F, N) sensory and (N, N) inner."""
    sensory = np.zeros((wiring.input_size, wiring.state_size), int)
    inner = np.zeros((wiring.state_size, wiring.state_size), int)
    first_inner = wiring.sensory_synapse_count
    for i, (source, target, sign) in enumerate(zip(wiring.sources, wiring.targets, wiring.polarities, strict=True)):
        (sensory if i < first_inner else inner)[source, target] = sign
    return sensory, inner


def test_published_wiring_has_published_counts() -> None:
    wiring = Wiring.ncp()
    roles = [n.role for n in wiring.neurons]
    assert [roles.count(r) for r in ("sensory", "inter", "command", "motor")] == [32, 12, 6, 1]
    assert len(wiring.synapses) == 252
    assert wiring.sensory_synapse_count == 192
    assert wiring.state_size == 19


@pytest.mark.parametrize(
    ("seed", "shape"),
    [
        (PAPER_SEED, (32, 12, 6, 1, 6, 4, 6, 6)),
        (22222, (32, 12, 6, 1, 6, 4, 6, 6)),
        # Few synapses, so that left-out inter and command neurons are joined afterwards.
        (3, (2, 9, 7, 2, 2, 1, 3, 1)),
        (4, (3, 9, 8, 3, 1, 1, 4, 2)),
    ],
)
def test_same_wiring_as_ncps(seed: int, shape: tuple[int, ...]) -> None:
    sensory, inter, command, motor, sensory_fan_out, inter_fan_out, recurrent, motor_fan_in = shape
    theirs = NCP(inter, command, motor, sensory_fan_out, inter_fan_out, recurrent, motor_fan_in, seed=seed)
    theirs.build(sensory)
    ours = Wiring.ncp(
        sensory, inter, command, motor, sensory_fan_out=sensory_fan_out, inter_fan_out=inter_fan_out,
        recurrent_command=recurrent, motor_fan_in=motor_fan_in, seed=seed,
    )  # fmt: skip
    to_state, within = matrices(ours)
    np.testing.assert_array_equal(to_state, theirs.sensory_adjacency_matrix)
    np.testing.assert_array_equal(within, theirs.adjacency_matrix)


def test_state_order_is_motor_command_inter() -> None:
    names = [n.name for n in Wiring.ncp().state_neurons]
    assert names[0] == "motor_0"
    assert names[1:7] == [f"command_{i}" for i in range(6)]
    assert names[7:] == [f"inter_{i}" for i in range(12)]


def test_immutable() -> None:
    wiring = Wiring.ncp()
    with pytest.raises(dataclasses.FrozenInstanceError):
        wiring.synapses = ()  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        wiring.sources[0] = 1


@given(
    seed=st.integers(0, 2**32 - 1), sensory=st.integers(1, 12), inter=st.integers(1, 9), command=st.integers(1, 7),
    motor=st.integers(1, 3), data=st.data(),
)  # fmt: skip
def test_drawn_wirings_keep_the_rules_and_survive_json(
    seed: int, sensory: int, inter: int, command: int, motor: int, data: st.DataObject
) -> None:
    fan = {
        "sensory_fan_out": data.draw(st.integers(1, inter)),
        "inter_fan_out": data.draw(st.integers(1, command)),
        "recurrent_command": data.draw(st.integers(0, 9)),
        "motor_fan_in": data.draw(st.integers(1, command)),
    }
    wiring = Wiring.ncp(sensory, inter, command, motor, **fan, seed=seed)
    assert Wiring.from_json(json.loads(json.dumps(wiring.to_json()))) == wiring
    roles = {n.name: n.role for n in wiring.neurons}
    layers = {("sensory", "inter"), ("inter", "command"), ("command", "command"), ("command", "motor")}
    assert {(roles[s.source], roles[s.target]) for s in wiring.synapses} <= layers
    # Nobody is left out: every inter and motor neuron hears someone, every command neuron is heard by a motor neuron.
    heard = {s.target for s in wiring.synapses}
    assert all(n.name in heard for n in wiring.neurons if n.role in ("inter", "command", "motor"))
    to_motor = {s.source for s in wiring.synapses if roles[s.target] == "motor"}
    assert all(n.name in to_motor for n in wiring.neurons if n.role == "command")


A, B, M = Neuron("a", "sensory"), Neuron("b", "inter"), Neuron("m", "motor")


@pytest.mark.parametrize(
    ("neurons", "synapses", "complaint"),
    [
        ((A, A, M), (), "unique"),
        ((A, B), (), "no motor"),
        ((B, M), (), "before inter"),
        ((M,), (), "no sensory"),
        ((A, M, Neuron("x", "boss")), (), "allowed are sensory, inter, command, motor"),
        ((A, M, Neuron("", "inter")), (), "1 to 100 characters"),
        ((A, M, Neuron(7, "inter")), (), "neuron name 7"),
        ((A, M), (Synapse("a", "z", 1),), "both ends"),
        ((A, M), (Synapse(["a"], "m", 1),), "must be names"),
        ((A, M), (Synapse("m", "a", 1),), "sensory neuron"),
        ((A, M), (Synapse("a", "m", 2),), "allowed are -1, 1"),
        ((A, M), (Synapse("a", "m", True),), "polarity=True"),
        ((A, M), (Synapse("a", "m", 1), Synapse("a", "m", -1)), "listed twice"),
        ((A, M, B), (Synapse("b", "m", 1), Synapse("a", "m", 1)), "come first"),
    ],
)  # fmt: skip
def test_broken_wirings_are_refused(neurons: tuple, synapses: tuple, complaint: str) -> None:
    with pytest.raises(ArgumentError, match=complaint):
        Wiring(neurons, synapses)


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"neurons": [], "synapses": [], "more": 1}, {"neurons": 3, "synapses": []},
     {"neurons": [["a", "sensory", 1]], "synapses": []}, {"neurons": [["a", ["sensory"]]], "synapses": []}],
)  # fmt: skip
def test_foreign_json_is_refused(data: object) -> None:
    with pytest.raises(ArgumentError, match="wiring"):
        Wiring.from_json(data)


@pytest.mark.parametrize(
    "arguments", [{"inter": 0}, {"sensory_fan_out": 13}, {"motor_fan_in": 7}, {"inter_fan_out": 0}]
)
def test_impossible_requests_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(arguments))):
        Wiring.ncp(**arguments)
