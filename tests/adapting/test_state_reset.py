from __future__ import annotations

import torch

from tests.adapting.toys import frames_of, liquid, seen_of, unchanged, weights_of
from wormdrive.adapting.state_reset import StateReset


def test_the_state_is_put_back_at_every_third_frame_and_weights_stay() -> None:
    policy = liquid()
    before, habit = weights_of(policy), StateReset(policy, every=3)
    seen = seen_of(policy, frames_of(1)[0])
    assert float(seen.state.abs().max()) > 0.0
    kept = [torch.equal(habit.after(seen).state, seen.state) for _ in range(6)]
    assert kept == [True, True, False, True, True, False]
    assert torch.equal(StateReset(policy, every=1).after(seen).state, policy.initial_state(1))
    assert habit.after(seen).curvature == seen.curvature
    assert habit.counts == {"resets": 2}
    assert unchanged(policy, before)
