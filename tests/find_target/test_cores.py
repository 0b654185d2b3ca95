from __future__ import annotations

import pytest
import torch

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.find_target.cores import CORES, NEURONS, flat_state, rows_of, together
from wormdrive.find_target.policy import FlightPolicy


@pytest.mark.parametrize("kind", CORES)
def test_a_sequence_at_once_is_the_same_as_step_by_step(kind: str) -> None:
    torch.manual_seed(0)
    core, features = CORES[kind](32), torch.randn(3, 5, 32)
    with torch.no_grad():
        whole, _ = core(features, None)
        state, steps = None, []
        for k in range(5):
            actions, state = core(features[:, k : k + 1], state)
            steps.append(actions)
    assert whole.shape == (3, 5, 4)
    torch.testing.assert_close(torch.cat(steps, 1), whole, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", CORES)
def test_rows_of_a_state_go_on_as_they_would(kind: str) -> None:
    torch.manual_seed(0)
    core, features = CORES[kind](32), torch.randn(3, 2, 32)
    rows = torch.tensor([2, 0])
    with torch.no_grad():
        _, state = core(features[:, :1], None)
        all_of_them, _ = core(features[:, 1:], state)
        some, _ = core(features[rows, 1:], rows_of(state, rows))
    torch.testing.assert_close(some, all_of_them[rows], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", CORES)
def test_states_together_are_their_sequences_states(kind: str) -> None:
    torch.manual_seed(0)
    core, features = CORES[kind](32), torch.randn(3, 5, 32)
    with torch.no_grad():
        whole = core(features, None)[1]
        states = [core(features[k : k + 1], None)[1] for k in range(3)]
    one, other = flat_state(whole), flat_state(together(states))
    if one is None or other is None:
        assert one is other is None
        assert kind == "cnn"
    else:
        assert one.shape == (3, 2 * NEURONS if kind == "lstm" else NEURONS)
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_memory_is_what_tells_them_apart() -> None:
    for kind, make in CORES.items():
        torch.manual_seed(1)
        core, now = make(32), torch.randn(1, 1, 32)
        with torch.no_grad():
            fresh, _ = core(now, None)
            _, state = core(torch.randn(1, 4, 32), None)
            later, _ = core(now, state)
        assert torch.equal(fresh, later) == (kind == "cnn"), kind


def test_the_circuit_has_thirty_four_neurons() -> None:
    network = CORES["ncp"](32).network
    roles = [neuron.partition("_")[0] for neuron in network.neurons]  # type: ignore[union-attr]
    assert {role: roles.count(role) for role in roles} == {"inter": 18, "command": 12, "motor": 4}
    assert len(roles) == NEURONS


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ArgumentError, match="kind='gru': allowed are ncp"):
        FlightPolicy("gru")
