from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.audit.toys import drive_of, some_features
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.trees.small_tree import SmallTree, fit_small_tree
from wormdrive.audit.wheel.tree_policy import TreePolicy

FRAMES = 120
HALVES = np.repeat([0, 1], FRAMES // 2)


@pytest.fixture(scope="module", params=["ncp", "lstm", "feedforward", "cfc"])
def network(request: pytest.FixtureRequest) -> Policy:
    torch.manual_seed(0)
    return build_policy({"kind": request.param}).eval()


def tree_of(columns: np.ndarray, curvature: np.ndarray, leaves: int) -> SmallTree:
    return fit_small_tree(columns.astype(np.float64), curvature.astype(np.float64), HALVES, leaves=leaves)


def test_neurons_fire_as_they_did_and_the_tree_steers(network: Policy) -> None:
    features = some_features(FRAMES)
    own = drive_of(network, features)
    neurons = [2, 5, 7]
    tree = tree_of(own.activity[:, neurons], own.curvature, 8)
    found = drive_of(TreePolicy(network, tree, neurons), features)
    assert np.array_equal(found.activity, own.activity)
    assert np.array_equal(found.state, own.state)
    said = tree.predict(own.activity[:, neurons].astype(np.float64))
    assert found.curvature == pytest.approx(said, rel=1e-6, abs=1e-9)
    assert len(np.unique(found.curvature)) <= 8


def test_of_its_own_steering_a_tree_makes_a_few_steps(network: Policy) -> None:
    features = some_features(FRAMES)
    own = drive_of(network, features)
    tree = tree_of(own.curvature[:, None], own.curvature, 16)
    rounded = drive_of(TreePolicy(network, tree, None), features).curvature
    assert 8 <= len(np.unique(rounded)) <= 16
    assert np.abs(rounded - own.curvature).mean() < 0.2 * own.curvature.std()
    order = np.argsort(own.curvature)
    assert (np.diff(rounded[order]) >= 0).all(), "steps go up"


def test_it_is_asked_as_its_network_is(network: Policy) -> None:
    policy = TreePolicy(network, tree_of(np.zeros((FRAMES, 1)), np.full(FRAMES, 0.02), 1), [0])
    assert policy.camera == network.camera
    frames = np.zeros((3, 78, 200, 3), np.uint8)
    curvature, state = policy.act(frames, policy.initial_state(3))
    assert curvature == pytest.approx(0.02)
    assert torch.equal(state, network.act(frames, network.initial_state(3))[1])
