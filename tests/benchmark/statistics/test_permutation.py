from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from wormdrive.benchmark.statistics.permutation import permutation_p_value
from wormdrive.envs.common.errors import ArgumentError


def test_the_most_extreme_of_all_arrangements() -> None:
    low, high = np.zeros((5, 4)) + np.arange(5)[:, None] / 100, np.ones((5, 4)) + np.arange(5)[:, None] / 100
    assert permutation_p_value(high, low) == pytest.approx(2 / 252)
    assert permutation_p_value(high[:3], low[:3]) == pytest.approx(2 / 20)
    assert permutation_p_value(low, low) == 1.0
    assert permutation_p_value(np.ones((5, 4)), np.ones((5, 4))) == 1.0


@pytest.mark.parametrize("sizes", [(5, 5), (3, 5), (2, 7)])
def test_as_scipy_counts(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(sum(sizes))
    ours, theirs = (rng.integers(0, 2, (size, 6)).astype(np.float64) for size in sizes)  # with many ties
    wanted = stats.permutation_test(
        (ours.mean(axis=1), theirs.mean(axis=1)), lambda a, b: abs(a.mean() - b.mean()), alternative="greater"
    )
    assert permutation_p_value(ours, theirs) == pytest.approx(wanted.pvalue)


def test_many_arrangements_are_sampled_by_seed() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = rng.normal(0.6, 1.0, (14, 3)), rng.normal(0.0, 1.0, (14, 3))
    first, again, other = (permutation_p_value(ours, theirs, seed=seed) for seed in (0, 0, 1))
    assert first == again != other
    student = stats.ttest_ind(ours.mean(axis=1), theirs.mean(axis=1)).pvalue
    assert first == pytest.approx(student, rel=0.25)


def test_it_holds_its_level_however_drives_of_a_training_hang_together() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(2000):
        routes = rng.normal(0.0, 3.0, (1, 8))
        ours, theirs = (rng.normal(size=(4, 1)) + routes + 0.1 * rng.normal(size=(4, 8)) for _ in range(2))
        found.append(permutation_p_value(ours, theirs))
    # 70 arrangements: the level that can be kept is 4/70; 2000 tables shake by 0.5 %
    assert np.mean(np.array(found) <= 4 / 70 + 1e-12) == pytest.approx(4 / 70, abs=0.016)


def test_bad_arguments() -> None:
    with pytest.raises(ArgumentError, match=r"reference: shape \(3, 5\)"):
        permutation_p_value(np.zeros((3, 4)), np.zeros((3, 5)))
    with pytest.raises(ArgumentError, match="scores: "):
        permutation_p_value(np.full((3, 4), np.inf), np.zeros((3, 4)))
    with pytest.raises(ArgumentError, match="scores: "):
        permutation_p_value(np.zeros((0, 4)), np.zeros((3, 4)))
