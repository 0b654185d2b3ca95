from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.convoy.config import MODELS, ConvoyTrainConfig
from wormdrive.convoy.course import course
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.training import Lesson, _Corrected, _stretches, train_follower
from wormdrive.envs.convoy.simulator import ConvoySimulator


@pytest.mark.slow
def test_the_same_lesson_gives_the_same_bits_with_any_number_of_threads() -> None:
    first, second, other = (
        train_follower(Lesson(ConvoyTrainConfig.small(seed=seed), threads=threads), MODELS["lstm"]).state_dict()
        for seed, threads in ((1, 1), (1, 2), (2, 1))
    )
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not all(torch.equal(first[key], other[key]) for key in first)


@pytest.mark.slow
def test_a_lesson_with_eyes_that_have_learnt_goes_on_as_the_first() -> None:
    config = ConvoyTrainConfig.small()
    lesson = Lesson(config)
    again = Lesson(config, eyes=lesson.eyes)
    assert torch.equal(lesson.sequences.features, again.sequences.features)
    seen = int(lesson.sequences.lengths.sum())
    assert seen == len(lesson.sequences.features) == len(lesson.sequences.target)
    followers = [train_follower(lesson, MODELS[name]) for name in ("ncp", "feedforward")]
    assert followers[0].eyes is followers[1].eyes


def test_drives_are_cut_into_stretches() -> None:
    index, counts = _stretches(np.array([5, 2, 4]), 4)
    assert counts.tolist() == [4, 1, 2, 4]
    assert index.tolist() == [[0, 1, 2, 3], [4, 4, 4, 4], [5, 6, 6, 6], [7, 8, 9, 10]]


def test_the_expert_takes_over_across_and_along_each_by_itself() -> None:
    torch.manual_seed(0)
    simulator = ConvoySimulator(1, 4)
    shown = simulator.reset(course("summer", 1, 5.0))
    label = np.full((1, 3, 2), 7.0)
    follower = Follower(MODELS["feedforward"]).eval()
    pilot = _Corrected(follower, 3)
    free = pilot(shown, label)
    assert (free != 7.0).all()
    shown.state.lateral_offset_m[0, 1] = 1.3
    shown.gap_m[0, 1] = 1.0
    held = pilot(shown, label)
    assert held[0].tolist() == [[7.0, free[0, 0, 1]], [free[0, 1, 0], 7.0], free[0, 2].tolist()]
    shown.state.lateral_offset_m[0, 1] = 0.8
    assert pilot(shown, label)[0, 0, 0] == 7.0, "until it is well on the lane again"
    shown.state.lateral_offset_m[0, 1] = 0.1
    assert pilot(shown, label)[0, 0, 0] != 7.0
