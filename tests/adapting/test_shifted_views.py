from __future__ import annotations

import numpy as np
import torch

from tests.adapting.toys import frames_of, liquid
from wormdrive.adapting.shifted_views import shift_loss, shifted_curvatures, sideways


def test_sideways_moves_columns_and_repeats_the_border() -> None:
    frames = np.arange(5, dtype=np.uint8).reshape(1, 1, 5, 1).repeat(3, 3)
    assert sideways(frames, 2)[0, 0, :, 0].tolist() == [0, 0, 0, 1, 2]
    assert sideways(frames, -2)[0, 0, :, 0].tolist() == [2, 3, 4, 4, 4]
    assert sideways(frames, 0)[0, 0, :, 0].tolist() == [0, 1, 2, 3, 4]


def test_the_views_are_what_the_policy_makes_of_shifted_frames() -> None:
    policy, frames = liquid(), frames_of(2)
    states = torch.rand(2, policy.state_size)
    with torch.no_grad():
        found = shifted_curvatures(policy, frames, states, 8)
    for view, pixels in enumerate((-8, 0, 8)):
        alone = policy.act(sideways(frames, pixels), states)[0]
        np.testing.assert_allclose(found[view].numpy(), alone, atol=1e-6)


def test_the_loss_is_zero_for_the_known_turn_and_one_for_no_answer() -> None:
    level = torch.tensor([0.01, -0.03])
    known = torch.stack([level + 0.01, level, level - 0.01])
    assert float(shift_loss(known, -0.02)) < 1e-10
    assert float(shift_loss(torch.stack([level, level, level]), -0.02)) == 1.0
    assert float(shift_loss(known, 0.02)) == 4.0
    bent = torch.stack([level + 0.01, level + 0.01, level - 0.01])
    assert abs(float(shift_loss(bent, -0.02)) - 1.0) < 1e-5
