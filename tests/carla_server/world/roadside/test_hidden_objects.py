"""Numbers of scenery, what is hidden by them, and where it stood."""

from __future__ import annotations

import numpy as np

from wormdrive.carla_server.world.roadside.hidden_objects import (
    HiddenObjects,
    object_number,
    object_numbers,
    places_of,
)


def test_numbers_tell_places_and_classes_apart() -> None:
    numbers = [object_number(x, y, tag) for x in (-3.5, 3.5) for y in (0.0, 5.0) for tag in (6, 7, 8, 9)]
    assert len(set(numbers)) == len(numbers)
    assert all(0 <= number < 2**64 for number in numbers)
    x, y = np.repeat([-3.5, 3.5], 8), np.tile(np.repeat([0.0, 5.0], 4), 2)
    assert object_numbers(x, y, np.tile([6, 7, 8, 9], 4)) == numbers


def test_what_is_hidden_shows_again() -> None:
    hidden = HiddenObjects()
    before = hidden.numbers
    hidden.change([5, 6], hidden=True)
    assert hidden.numbers is not before
    assert hidden.shown([4, 5, 6]).tolist() == [True, False, False]
    hidden.change([5], hidden=False)
    assert hidden.shown([4, 5, 6]).tolist() == [True, True, False]


def test_places_come_out_of_numbers() -> None:
    number = object_number(-12.34, 56.78, 9)
    found = places_of(frozenset([number]))
    assert np.isclose(found, (-12.34, 56.78), atol=1e-9).all(axis=1).any()
    assert places_of(frozenset()).shape == (0, 2)
