"""Deletion and insertion: the right map is better than a random order, the wrong one worse."""

from __future__ import annotations

import json

import numpy as np
import torch

from tests.audit.attention.patch import SHAPE, by_patch, on_patch, pictures
from wormdrive.audit.attention.deletion import RANDOM, SHARES, Curves, deletion_curves


def curves() -> Curves:
    images = pictures(4) * 0.5 + 0.5
    right = np.broadcast_to(on_patch().astype(float), (4, *SHAPE))
    return deletion_curves(by_patch, images, torch.zeros_like(images), {"right": right, "wrong": 1 - right}, seed=1)


def test_the_right_map_lies_below_the_random_one_and_the_wrong_one_above() -> None:
    found = curves()
    inside = slice(1, -1)
    assert (found.deletion["right"][inside] <= found.deletion[RANDOM][inside]).all()
    assert (found.insertion["right"][inside] >= found.insertion[RANDOM][inside]).all()
    areas = found.areas()
    assert areas["deletion"]["right"] < 0.05 < 0.3 < areas["deletion"][RANDOM] < 0.7 < areas["deletion"]["wrong"]
    assert areas["insertion"]["wrong"] < 0.3 < areas["insertion"][RANDOM] < 0.7 < 0.95 < areas["insertion"]["right"]


def test_curves_begin_and_end_at_picture_and_background() -> None:
    found = curves()
    for name in ("right", "wrong", RANDOM):
        assert (found.deletion[name][0], found.deletion[name][-1]) == (1.0, 0.0)
        assert (found.insertion[name][0], found.insertion[name][-1]) == (0.0, 1.0)
        assert len(found.deletion[name]) == len(SHARES)
    told = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert told["areas"] == found.areas()


def test_the_same_seed_draws_the_same_orders() -> None:
    assert curves().to_json() == curves().to_json()


def test_of_steering_that_never_moves_all_is_left() -> None:
    images = pictures(2)
    maps = {"any": np.ones((2, *SHAPE))}
    found = deletion_curves(lambda seen, _: torch.ones(len(seen)), images, torch.zeros_like(images), maps)
    assert found.areas()["deletion"] == {"any": 1.0, RANDOM: 1.0}
