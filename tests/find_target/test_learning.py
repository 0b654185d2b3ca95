from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.flight_episode import FlightEpisode, no_steps
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.find_target.learning import (
    FlightRecipe,
    draw_windows,
    drawn,
    record_demonstrations,
    train_flight_policy,
)


def flight(length: int, value: int) -> FlightEpisode:
    frames = np.zeros((length, 4, 6, 3), np.uint8)
    frames[:, :, 0] = value  # the left column
    steps = no_steps(4, 6) | {
        "frames": frames, "expert": np.full((length, 4), value, np.float32), "counts": np.ones(length, np.float32)
    }  # fmt: skip
    return FlightEpisode(FlightScenario(), 1, 0.1 * length, 1.0, **steps)


def test_windows_are_mirrored_with_their_actions_and_padded_with_what_does_not_count() -> None:
    frames, actions, counts = draw_windows([flight(3, 1), flight(30, 2)], 200, 5, np.random.default_rng(0))
    assert frames.shape == (200, 5, 4, 6, 3)
    mirrored = frames[:, 0, 0, 5, 0] > 0
    assert 60 < mirrored.sum() < 140
    assert (frames[~mirrored, 0, 0, 0, 0] > 0).all()
    assert (actions[mirrored, 0, 1] < 0).all()
    assert (actions[mirrored, 0, 3] < 0).all()
    assert (actions[:, 0, [0, 2]] > 0).all()
    short = actions[:, 0, 0] == 1.0
    assert 5 < short.sum() < 45  # a tenth as long, drawn a tenth as often
    assert (counts[short].sum(axis=1) == 3.0).all()
    assert (counts[~short] == 1.0).all()


def test_flights_of_a_seed_do_not_depend_on_their_number() -> None:
    recipe = FlightRecipe()
    assert drawn(recipe, 5, 3)[:2] == drawn(recipe, 2, 3)
    assert drawn(recipe, 2, 3) != drawn(recipe, 2, 4)
    assert all(10.0 <= one.distance_m <= 25.0 for one in drawn(recipe, 50, 0))


@pytest.mark.slow
def test_the_same_training_gives_the_same_bits_whatever_the_threads(recipe: FlightRecipe) -> None:
    demonstrations = record_demonstrations(recipe)
    one = train_flight_policy("ncp", 0, recipe, demonstrations)
    other = train_flight_policy("ncp", 0, recipe, record_demonstrations(recipe, threads=2), threads=2)
    for name, tensor in one.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


@pytest.mark.slow
def test_imitation_comes_nearer_to_the_expert(recipe: FlightRecipe) -> None:
    demonstrations = record_demonstrations(recipe)
    losses: list[float] = []

    class Told:
        def begin(self, phase: str, total: int, unit: str = "") -> None:
            pass

        def advance(self, done: float, **figures: float) -> None:
            losses.extend(figures.values())

    longer = recipe.model_copy(update={"steps": 40, "rounds": 0, "batch": 4})
    train_flight_policy("cnn", 0, longer, demonstrations, progress=Told())
    assert np.mean(losses[-8:]) < 0.7 * np.mean(losses[:8])


def test_pictures_of_another_size_are_refused(recipe: FlightRecipe) -> None:
    with pytest.raises(ArgumentError, match="demonstrations of 6x4 pixels: allowed are some of 144x96"):
        train_flight_policy("cnn", 0, recipe, [flight(3, 1)])
    with pytest.raises(ArgumentError, match="demonstrations of 0x0 pixels"):
        train_flight_policy("cnn", 0, recipe, [])
