"""What the cockpit shows of a network is what went on in it."""

from __future__ import annotations

import numpy as np
import torch

from wormdrive.agents.policies.cfc_policy import CfCPolicy
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.agents.policy_driver import PolicyDriver
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.perception.saliency import visual_backprop
from wormdrive.scenarios.cockpit.network_monitor import RUN_UP, NetworkMonitor, OfflineMonitor, graph_of


def ncp() -> NCPPolicy:
    policy = load_policy("ncp")
    assert isinstance(policy, NCPPolicy)
    return policy


def frames(count: int) -> np.ndarray:
    simulator = EmbeddedSimulator(1)
    seen = [simulator.reset([Scenario(seed=4)]).camera]
    seen += [simulator.step(np.array([[0.0, np.nan]])).camera for _ in range(count - 1)]
    return np.concatenate(seen)


def test_at_rest_currents_balance_leaks() -> None:
    # C dv/dt = g (r - v) + sum of currents: before a picture that stands still both sides end at zero
    policy = ncp()
    frame, state = frames(1), policy.initial_state(1)
    monitor = NetworkMonitor(policy, lambda: state)
    for _ in range(400):
        _, state = policy.act(frame, state)
    neural, trained, wiring = monitor.read(), policy.cell.physical(), policy.config.wiring
    assert neural is not None
    potential = state[0].numpy()
    np.testing.assert_array_equal(neural.activity[wiring.input_size :], potential)
    inflow = np.zeros(wiring.state_size)
    np.add.at(inflow, wiring.targets, neural.current)
    leak = (trained.leak * (trained.rest - state[0])).detach().numpy()
    assert np.abs(inflow).max() > 0.05
    np.testing.assert_allclose(inflow, -leak, atol=2e-3)


def test_reading_along_changes_nothing() -> None:
    seen = frames(8)
    plain, watched = ncp(), ncp()
    state, other = plain.initial_state(1), watched.initial_state(1)
    monitor = NetworkMonitor(watched, lambda: other)
    for frame in seen:
        curvature, state = plain.act(frame[None], state)
        same, other = watched.act(frame[None], other)
        monitor.read()
        monitor.gaze(frame)
        np.testing.assert_array_equal(curvature, same)
        assert torch.equal(state, other)
    monitor.close()
    before = monitor.read()
    watched.act(seen[:1], other)
    after = monitor.read()
    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(before.activity, after.activity)


def test_looking_does_not_disturb_the_features_read() -> None:
    policy, seen = ncp(), frames(2)
    state = policy.initial_state(1)
    monitor = NetworkMonitor(policy, lambda: state)
    _, state = policy.act(seen[:1], state)
    before = monitor.read()
    looked = monitor.gaze(seen[1])
    after = monitor.read()
    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(before.activity, after.activity)
    true = visual_backprop(policy.preprocessor, policy.head, torch.from_numpy(seen[1:]))[0].numpy()
    np.testing.assert_array_equal(looked, true)


def test_the_graph_is_the_wiring() -> None:
    wiring = Wiring.ncp()
    graph = graph_of(wiring)
    named = [*wiring.sensory_neurons, *wiring.state_neurons]
    assert [graph.roles.count(role) for role in ("sensory", "inter", "command", "motor")] == [32, 12, 6, 1]
    for synapse, source, target, excites in zip(
        wiring.synapses, graph.sources, graph.targets, graph.excites, strict=True
    ):
        assert (named[source].name, named[target].name) == (synapse.source, synapse.target)
        assert excites == (synapse.polarity > 0)


def test_a_driver_without_a_wiring_shows_none() -> None:
    driver = PolicyDriver(ncp())
    monitor = NetworkMonitor(driver.policy, lambda: driver.state)
    assert monitor.read() is None  # it has seen nothing yet
    assert monitor.graph is not None


def test_a_monitor_that_leaps_shows_what_one_that_followed_shows() -> None:
    seen = frames(RUN_UP + 25)
    follows, leaps = OfflineMonitor(ncp(), 1.0 / 30.0), OfflineMonitor(ncp(), 1.0 / 30.0)
    for index in range(len(seen)):
        follows.look(index, lambda k: seen[k])
    looked: list[int] = []

    def frame(k: int) -> np.ndarray:
        looked.append(k)
        return seen[k]

    leaps.look(len(seen) - 1, frame)
    assert looked == list(range(len(seen) - 1 - RUN_UP, len(seen)))
    one, other = follows.monitor.read(), leaps.monitor.read()
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.activity, other.activity, atol=0.02)
    looked.clear()
    leaps.look(len(seen) - 1, frame)
    assert looked == []
    leaps.forget()
    leaps.look(3, frame)
    assert looked == [0, 1, 2, 3]


def test_a_closed_form_network_shows_what_its_neurons_hear() -> None:
    policy = build_policy({"kind": "cfc"}).eval()
    assert isinstance(policy, CfCPolicy)
    cell, state = policy.cell, policy.initial_state(1)
    with torch.no_grad():
        for numbers in (cell.weight, cell.memory):  # with both potentials alike, x = tanh(p) whatever the gate says
            numbers[1] = numbers[0]
        cell.memory[:2] *= 0.3
    monitor = NetworkMonitor(policy, lambda: state)
    frame = frames(1)
    for _ in range(80):  # until the activity of this sample is that of the sample before
        _, state = policy.act(frame, state)
    neural, wiring, activity = monitor.read(), policy.config.wiring, state[0].numpy()
    assert neural is not None
    heard = np.zeros(wiring.state_size)
    np.add.at(heard, wiring.targets, neural.current)
    own = cell.memory[0].detach().numpy() * activity + cell.bias[0].detach().numpy()
    assert np.abs(heard).max() > 0.05
    np.testing.assert_allclose(np.tanh(heard + own), activity, atol=2e-3)
