from __future__ import annotations

import numpy as np
import pytest

from wormdrive.benchmark.statistics.paired_scores import difference_of_means, paired_scores
from wormdrive.envs.common.errors import ArgumentError


def test_trainings_by_tasks_both_ascending() -> None:
    found = paired_scores({(2, 5): 4.0, (0, 5): 2.0, (2, 1): 3.0, (0, 1): 1.0}, "ncp")
    assert found.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_scores_may_be_several_numbers() -> None:
    assert paired_scores({(0, 0): (1.0, 2.0), (0, 1): (3.0, 4.0)}, "ncp").shape == (1, 2, 2)


def test_a_task_that_a_training_lacks_is_named() -> None:
    with pytest.raises(ArgumentError, match="'ncp' in 'fog': training 1 lacks 4; allowed are the same for all"):
        paired_scores({(0, 3): 1.0, (0, 4): 1.0, (1, 3): 1.0}, "'ncp' in 'fog'")


def test_difference_is_of_each_task_and_then_their_mean() -> None:
    ours, theirs = np.array([[[1.0, 2.0], [3.0, 4.0]]]), np.array([[[0.0, 1.0]]])
    assert difference_of_means(ours, theirs).tolist() == [2.0]
