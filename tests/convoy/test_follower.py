from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.convoy.config import MODELS
from wormdrive.convoy.follower import Follower, describe
from wormdrive.envs.common.errors import ArgumentError


def made(name: str) -> Follower:
    torch.manual_seed(3)
    return Follower(MODELS[name]).eval()


def frames(steps: int, cars: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (steps, cars, 78, 200, 3), np.uint8)


@pytest.mark.parametrize("name", MODELS)
def test_a_sequence_is_its_steps_one_after_the_other(name: str) -> None:
    follower, seen = made(name), frames(6, 2)
    state = follower.initial_state(2)
    stepped = []
    for step in seen:
        wanted, state = follower.act(step, state)
        stepped.append(wanted)
    features = torch.stack([follower.eyes.look(step) for step in seen], 1)
    with torch.no_grad():
        outputs, last = follower(features, follower.initial_state(2))
    np.testing.assert_allclose(np.stack(stepped, 1), outputs.double().numpy() * (0.1, 5.0), atol=1e-4)
    np.testing.assert_allclose(state, last, atol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_a_car_has_the_same_bits_alone_and_in_company(name: str) -> None:
    follower, seen = made(name), frames(3, 20)
    alone, together = follower.initial_state(1), follower.initial_state(20)
    for step in seen:
        mine, alone = follower.act(step[7:8], alone)
        all_of_them, together = follower.act(step, together)
        np.testing.assert_array_equal(mine[0], all_of_them[7])
    np.testing.assert_array_equal(alone[0], together[7])


@pytest.mark.parametrize(
    ("name", "remembers"), [("ncp", 1), ("lstm", 1), ("feedforward-4-frames", 1), ("feedforward", 0)]
)
def test_who_remembers_answers_by_what_was_seen_before(name: str, remembers: int) -> None:
    follower, seen = made(name), frames(2, 1)
    now = seen[1]
    _, past = follower.act(seen[0], follower.initial_state(1))
    after, _ = follower.act(now, past)
    fresh, _ = follower.act(now, follower.initial_state(1))
    assert bool((after != fresh).any()) == bool(remembers)


def test_four_frames_before_the_first_are_as_the_first() -> None:
    follower, seen = made("feedforward-4-frames"), frames(5, 1)
    state = follower.initial_state(1)
    first, state = follower.act(seen[0], state)
    for _ in range(3):
        again, state = follower.act(seen[0], state)
        np.testing.assert_array_equal(again, first)
    _, past = follower.act(seen[4], state)
    other = follower.initial_state(1)
    for k in (1, 0, 0, 4):
        wanted, other = follower.act(seen[k], other)
    np.testing.assert_array_equal(other, past)
    assert (wanted == follower.act(seen[4], state)[0]).all() == (seen[1] == seen[0]).all()


def test_gradients_reach_every_parameter_of_a_controller() -> None:
    for name in MODELS:
        follower = made(name).train()
        outputs, _ = follower(torch.rand(2, 5, 32), follower.initial_state(2))
        outputs.square().sum().backward()
        learning = list(follower.controller.parameters())
        assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in learning), name


def test_liquid_memory_is_the_smallest() -> None:
    sizes = {name: describe(made(name))["behind_the_eyes"] for name in MODELS}
    assert sizes["ncp"] < sizes["feedforward"] < sizes["feedforward-4-frames"] < sizes["lstm"]
    assert len({describe(made(name))["parameters"] - sizes[name] for name in MODELS}) == 1


def test_shapes_are_checked() -> None:
    follower = made("lstm")
    with pytest.raises(ArgumentError, match=r"features: shape \(1, 2, 31\): allowed is \(B, T, 32\)"):
        follower(torch.zeros(1, 2, 31), follower.initial_state(1))
    with pytest.raises(ArgumentError, match=r"state: shape \(2, 128\): allowed is \(1, 128\)"):
        follower(torch.zeros(1, 2, 32), follower.initial_state(2))
