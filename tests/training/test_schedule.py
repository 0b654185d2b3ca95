from __future__ import annotations

import math

import pytest
import torch

from wormdrive.training.schedule import one_cycle


def test_one_cycle_is_torchs() -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], lr=1.0)
    steps = 57
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1.0, total_steps=steps, pct_start=0.15)
    for step in range(steps):
        assert one_cycle(step, steps, 0.15) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-6), step
        optimiser.step()
        if step + 1 < steps:
            theirs.step()
    assert math.isfinite(one_cycle(0, 1, 0.15))
