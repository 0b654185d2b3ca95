"""Kinds of wiring: fully connected, AutoNCP and random, against those of ncps and against themselves."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ncps.wirings import AutoNCP, FullyConnected

from tests.agents.wirings.test_wiring import matrices
from wormdrive.agents.wirings import wiring_rules as module
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError


@pytest.mark.parametrize(("sensory", "neurons", "motor"), [(32, 19, 1), (3, 5, 2), (1, 1, 1), (4, 3, 3)])
@pytest.mark.parametrize("self_connections", [True, False])
def test_fully_connected_is_that_of_ncps(sensory: int, neurons: int, motor: int, self_connections: bool) -> None:
    theirs = FullyConnected(neurons, motor, self_connections=self_connections)
    theirs.build(sensory)
    ours = Wiring.fully_connected(sensory, neurons, motor, self_connections=self_connections)
    to_state, within = matrices(ours)
    np.testing.assert_array_equal(to_state, theirs.sensory_adjacency_matrix)
    np.testing.assert_array_equal(within, theirs.adjacency_matrix)
    assert ours.output_size == motor


def test_fully_connected_has_every_synapse() -> None:
    wiring = Wiring.fully_connected()
    assert (wiring.input_size, wiring.state_size, wiring.output_size) == (32, 19, 1)
    assert len(wiring.synapses) == 32 * 19 + 19 * 19
    assert wiring.sensory_synapse_count == 32 * 19
    assert len(Wiring.fully_connected(self_connections=False).synapses) == 32 * 19 + 19 * 18


@pytest.mark.parametrize(
    ("sensory", "neurons", "motor", "sparsity"), [(32, 19, 1, 0.5), (32, 40, 3, 0.8), (5, 4, 1, 0.1), (8, 13, 2, 0.9)]
)
def test_auto_ncp_is_that_of_ncps(sensory: int, neurons: int, motor: int, sparsity: float) -> None:
    theirs = AutoNCP(neurons, motor, sparsity_level=sparsity, seed=7)
    theirs.build(sensory)
    to_state, within = matrices(Wiring.auto_ncp(sensory, neurons, motor, sparsity=sparsity, seed=7))
    np.testing.assert_array_equal(to_state, theirs.sensory_adjacency_matrix)
    np.testing.assert_array_equal(within, theirs.adjacency_matrix)


def test_auto_ncp_of_nineteen() -> None:
    roles = [n.role for n in Wiring.auto_ncp().state_neurons]
    assert [roles.count(r) for r in ("inter", "command", "motor")] == [11, 7, 1]


def test_random_has_as_many_synapses_as_the_published_network() -> None:
    wiring, published = Wiring.random(), Wiring.ncp()
    assert len(wiring.synapses) == len(published.synapses) == 252
    assert wiring.sensory_synapse_count == published.sensory_synapse_count == 192
    assert (wiring.input_size, wiring.state_size, wiring.output_size) == (32, 19, 1)


def test_random_draws_every_synapse_alike() -> None:
    drawn = [Wiring.random(3, 4, 2, sensory_synapses=6, inner_synapses=4, seed=seed) for seed in range(2000)]
    sensory, inner = (np.stack(group) for group in zip(*map(matrices, drawn), strict=True))
    # Shares over 2000 drawings have a deviation of 0.011; five of them is never reached by chance.
    np.testing.assert_allclose((sensory != 0).mean(0), 6 / 12, atol=0.055)
    np.testing.assert_allclose((inner != 0).mean(0), 4 / 16, atol=0.055)
    np.testing.assert_allclose((sensory == 1).mean(0), 3 / 12, atol=0.055)


@given(seed=st.integers(0, 2**63), sensory=st.integers(1, 9), neurons=st.integers(1, 9), data=st.data())
def test_kinds_survive_json_and_depend_on_the_seed_alone(
    seed: int, sensory: int, neurons: int, data: st.DataObject
) -> None:
    motor = data.draw(st.integers(1, neurons))
    counts = {
        "sensory_synapses": data.draw(st.integers(0, sensory * neurons)),
        "inner_synapses": data.draw(st.integers(0, neurons**2)),
    }
    for make in (
        lambda: Wiring.fully_connected(sensory, neurons, motor, seed=seed),
        lambda: Wiring.random(sensory, neurons, motor, **counts, seed=seed),
    ):
        wiring = make()
        assert make() == wiring
        assert Wiring.from_json(json.loads(json.dumps(wiring.to_json()))) == wiring
    assert wiring.sensory_synapse_count == counts["sensory_synapses"]
    assert len(wiring.synapses) == sum(counts.values())


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: Wiring.fully_connected(neurons=2, motor=3), "neurons=2, motor=3"),
        (lambda: Wiring.fully_connected(sensory=0), "sensory=0: allowed are 1"),
        (lambda: Wiring.fully_connected(4096, 4096), "33554432 synapses: at most 16777216 are allowed"),
        (lambda: Wiring.random(motor=0), "motor=0"),
        (lambda: Wiring.random(sensory=2, sensory_synapses=39), "sensory_synapses=39: allowed are 0 to 38"),
        (lambda: Wiring.random(inner_synapses=-1), "inner_synapses=-1"),
        (lambda: Wiring.random(4096, 4096, sensory_synapses=1 << 25), "sensory_synapses=33554432"),
        (lambda: Wiring.auto_ncp(neurons=4, motor=2), "motor=2: allowed are 1 to neurons - 3 = 1"),
        (lambda: Wiring.auto_ncp(sparsity=1.0), "sparsity=1.0: allowed are 0.1 to 0.9"),
    ],
)  # fmt: skip
def test_impossible_kinds_are_refused(make: object, complaint: str) -> None:
    with pytest.raises(ArgumentError, match=complaint):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Wiring.fully_connected(300, 300),
        lambda: Wiring.random(300, 300, sensory_synapses=80_000, inner_synapses=80_000),
        lambda: Wiring.ncp(1000, 90, 90, sensory_fan_out=80),
    ],
)
def test_wirings_that_memory_does_not_hold_are_refused_before_they_are_drawn(
    make: Callable[[], Wiring], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "free_memory", lambda: 7e7)
    monkeypatch.setattr(np.random, "default_rng", None)
    with pytest.raises(
        ArgumentError, match=r"synapses need about 0\.[0-9] GB: allowed is what free memory holds, 0\.1"
    ):
        make()


@pytest.mark.slow
def test_more_synapses_than_a_quarter_of_a_million() -> None:
    wiring = Wiring.random(600, 600, sensory_synapses=200_000, inner_synapses=100_000)
    assert len(wiring.synapses) == 300_000
