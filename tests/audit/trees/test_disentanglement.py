"""Disentanglement, on toy networks with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.audit.trees.disentanglement import Disentanglement, disentanglement, mutual_information
from wormdrive.audit.trees.small_tree import fit_small_tree

RNG = np.random.default_rng(0)
COLUMNS = RNG.uniform(-1, 1, (4000, 3))
DRIVE = np.repeat(np.arange(8), 500)


def measured(*responses: np.ndarray, leaves: int | None = None) -> Disentanglement:
    trees = [fit_small_tree(COLUMNS, response, DRIVE, leaves=leaves) for response in responses]
    return disentanglement(trees, COLUMNS, np.stack(responses, axis=1))


def test_neurons_of_one_factor_each_are_as_good_as_can_be() -> None:
    found = measured(*(np.sign(COLUMNS[:, column]) for column in range(3)))
    assert found.variance == pytest.approx(0.0, abs=0.02)
    assert found.path_accuracy == pytest.approx(1.0, abs=0.01)
    assert found.information_gap == pytest.approx(1.0, abs=0.03)
    assert found.modularity == pytest.approx(1.0, abs=0.01)
    assert found.logic_conflict == 0.0


def test_neurons_that_are_all_the_same_have_no_gap_and_no_modularity() -> None:
    same = np.sign(COLUMNS[:, 0])
    found = measured(same, same, same)
    assert found.information_gap == pytest.approx(0.0, abs=1e-9)
    assert found.modularity == pytest.approx(0.0, abs=1e-9)
    assert found.path_accuracy == pytest.approx(1.0, abs=0.01)


def test_noise_tells_nothing() -> None:
    found = measured(RNG.normal(size=4000), RNG.normal(size=4000))
    assert found.variance == pytest.approx(1.0)
    assert found.information_gap == 0.0


def test_a_neuron_that_is_always_the_same_tells_of_nothing() -> None:
    """Information about others' paths comes out as some 1e-17 of either sign, and no ratio may be made of it."""
    living = [np.sign(COLUMNS[:, column] - 0.1) for column in range(3)]
    assert measured(*living, np.full(4000, 0.3)).modularity == pytest.approx(0.75, abs=0.01)
    constant, path = np.full(4000, 0.3), (COLUMNS[:, 0] > 0.1).astype(np.int64)
    assert mutual_information(constant, path) == 0.0


def test_neurons_that_say_opposite_things_of_one_column_conflict() -> None:
    """Noise hides which side it is, so what is told from the two responses contradicts itself now and then."""
    side = np.sign(COLUMNS[:, 0])
    tree = fit_small_tree(COLUMNS, side, DRIVE)
    found = disentanglement([tree, tree], COLUMNS, side[:, None] + 2.5 * RNG.normal(size=(4000, 2)))
    wrong = 1 - found.path_accuracy
    assert 0.2 < wrong < 0.45
    assert found.logic_conflict == pytest.approx(2 * wrong * (1 - wrong), abs=0.08)


def test_information_of_a_copy_is_the_entropy() -> None:
    path = RNG.integers(0, 4, 8000)
    assert mutual_information(path.astype(float), path) == pytest.approx(np.log(4), abs=0.01)
    assert mutual_information(RNG.normal(size=8000), path) == pytest.approx(0.0, abs=0.01)
