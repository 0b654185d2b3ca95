from __future__ import annotations

import pytest
import torch

from wormdrive.training.config import TrainConfig
from wormdrive.training.loss import imitation_loss


def test_loss_by_hand() -> None:
    config = TrainConfig(curvature_scale=10, huber_delta=0.5, settle_frames=1, settle_weight=0.0, auxiliary_weight=2)
    target = torch.zeros(1, 5)
    curvature = torch.tensor([[9.0, 0.01, 0.0, 0.0, 0.2]])
    # scaled errors .1 and 2: half a square, then delta (|e| - delta / 2); the first frame does not count
    main = (0.5 * 0.1**2 + 0.5 * (2 - 0.25)) / 5
    assert float(imitation_loss(curvature, None, target, config)) == pytest.approx(main)
    with_help = imitation_loss(curvature, torch.full((1, 5), 0.02), target, config)
    assert float(with_help) == pytest.approx(main + 2 * 0.5 * 0.2**2)
