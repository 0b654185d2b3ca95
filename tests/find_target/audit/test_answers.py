from __future__ import annotations

import numpy as np
import torch

from wormdrive.find_target.audit.answers import actions_after
from wormdrive.find_target.policy import FlightPolicy, normalised


def test_answers_are_those_after_the_last_picture_and_cut_off() -> None:
    policy = FlightPolicy("lstm").eval()
    with torch.no_grad():
        policy.core.output.weight.mul_(20.0)  # type: ignore[operator, union-attr]
    frames = np.random.default_rng(0).integers(0, 256, (2, 3, 96, 144, 3), dtype=np.uint8)
    found = actions_after(policy, frames)
    state = None
    with torch.no_grad():
        for t in range(3):
            actions, state = policy(normalised(torch.from_numpy(frames[:, t : t + 1])), state)
    np.testing.assert_allclose(found, actions[:, 0].clamp(-1, 1).numpy(), atol=1e-5)
    assert np.abs(found).max() == 1.0
