from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.training.synthetic import episode
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.sequence_sampler import SequenceSampler, generators


def test_windows_lie_within_their_episode_and_reach_every_frame() -> None:
    episodes = [episode(0, 20), episode(1, 5), episode(2, 33)]
    sampler = SequenceSampler(episodes, 4, (1, 2))
    windows = sampler.choose(4000, np.random.default_rng(0))
    lengths = np.array([20, 5, 33])[windows[:, 0]]
    last = windows[:, 1] + 3 * windows[:, 2]
    assert (windows[:, 1] >= 0).all()
    assert (last < lengths).all()
    assert set(windows[:, 0]) == {0, 2}  # the second is shorter than a window at stride 2
    assert set(windows[:, 2]) == {1, 2}
    assert last[windows[:, 0] == 2].max() == 32
    assert windows[windows[:, 0] == 0, 1].min() == 0


def test_gather_brings_the_frames_named() -> None:
    episodes = [episode(0), episode(1)]
    batch = SequenceSampler(episodes, 3, (2,)).gather(np.array([[1, 7, 2], [0, 30, 2]]))
    assert torch.equal(batch.images[0], episodes[1].images[[7, 9, 11]])
    assert torch.equal(batch.target[1], episodes[0].target[[30, 32, 34]])
    assert batch.elapsed_s.tolist() == pytest.approx([2 / 30, 2 / 30])
    assert batch.classes.shape == (2, 3, 39, 100)
    assert batch.pose.lane_width_m.shape == (2, 3)


def test_draws_depend_on_seed_round_and_step_alone() -> None:
    def drawn(*key: int) -> tuple[int, int]:
        choose, augment = generators(*key)
        return int(choose.integers(1 << 40)), int(augment.integers(1 << 40))

    assert drawn(1, 2, 3) == drawn(1, 2, 3)
    assert len({drawn(1, 2, 3), drawn(0, 2, 3), drawn(1, 0, 3), drawn(1, 2, 0)}) == 4


def test_episodes_shorter_than_a_window_are_an_error() -> None:
    with pytest.raises(ArgumentError, match="longest episode has 40 frames"):
        SequenceSampler([episode(0)], 16, (3,))
