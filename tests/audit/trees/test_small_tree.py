from __future__ import annotations

import numpy as np
import pytest

from wormdrive.audit.trees.small_tree import fit_small_tree
from wormdrive.envs.common.errors import ArgumentError

RNG = np.random.default_rng(0)
COLUMNS = RNG.uniform(-1, 1, (2000, 3))
DRIVE = np.repeat(np.arange(10), 200)


def test_a_step_is_found_where_it_is() -> None:
    tree = fit_small_tree(COLUMNS, np.where(COLUMNS[:, 1] > 0.25, 3.0, -1.0), DRIVE)
    assert len(tree.boxes) == 2
    assert tree.r2 == pytest.approx(1.0, abs=0.02)
    left, right = tree.boxes
    assert left.columns == right.columns == (1,)
    assert left.high[1] == right.low[1] == pytest.approx(0.25, abs=0.01)
    assert (left.value, right.value) == (pytest.approx(-1), pytest.approx(3))
    assert left.share + right.share == pytest.approx(1.0)


def test_noise_gets_a_single_leaf() -> None:
    tree = fit_small_tree(COLUMNS, RNG.normal(size=2000), DRIVE)
    assert len(tree.boxes) == 1
    assert tree.boxes[0].columns == ()
    assert tree.r2 < 0.01


def test_a_path_is_the_box_that_a_row_lies_in() -> None:
    tree = fit_small_tree(COLUMNS, COLUMNS[:, 0] + (COLUMNS[:, 2] > 0), DRIVE, leaves=6)
    assert len(tree.boxes) == 6
    for row, path, answer in zip(COLUMNS, tree.path(COLUMNS), tree.predict(COLUMNS), strict=True):
        box = tree.boxes[path]
        assert all(box.low.get(column, -9) < row[column] <= box.high.get(column, 9) for column in box.columns)
        assert answer == box.value


def test_one_drive_is_too_few() -> None:
    with pytest.raises(ArgumentError, match="drive: 1 drive: allowed are two or more"):
        fit_small_tree(COLUMNS, COLUMNS[:, 0], np.zeros(2000, np.int64))


def test_a_tree_of_the_size_that_was_chosen_explains_as_much() -> None:
    steps = (COLUMNS[:, 0] > 0) + 2.0 * (COLUMNS[:, 2] > 0.5) * (COLUMNS[:, 1] > 0)
    wanted = steps + 0.3 * np.random.default_rng(1).normal(size=2000)
    chosen = fit_small_tree(COLUMNS, wanted, DRIVE)
    alone = fit_small_tree(COLUMNS, wanted, DRIVE, leaves=len(chosen.boxes))
    assert 2 < len(chosen.boxes) < 16
    assert (alone.r2, alone.boxes) == (chosen.r2, chosen.boxes)
