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


def test_temporal_consistency_counts_what_changes_from_frame_to_frame() -> None:
    config = TrainConfig(curvature_scale=10, huber_delta=0.5, settle_frames=1, settle_weight=0.0, temporal_weight=3)
    without = config.model_copy(update={"temporal_weight": 0.0})
    target = torch.tensor([[0.0, 0.01, 0.02, 0.03, 0.04]])
    always_off = target + 0.02
    assert float(imitation_loss(always_off, None, target, config)) == pytest.approx(
        float(imitation_loss(always_off, None, target, without))
    )
    flickering = target + torch.tensor([[0.0, 0.0, 0.02, 0.0, 0.0]])
    # up by .2 and down by .2 of four changes, all after the first frame
    more = float(imitation_loss(flickering, None, target, config) - imitation_loss(flickering, None, target, without))
    assert more == pytest.approx(3 * 2 * 0.5 * 0.2**2 / 4)


def test_one_frame_has_no_change() -> None:
    one = torch.zeros(2, 1)
    assert float(imitation_loss(one, None, one, TrainConfig(window=1, temporal_weight=1.0))) == 0.0


def test_temporal_consistency_that_is_not_asked_for_is_not_written() -> None:
    assert "temporal_weight" not in TrainConfig().model_dump()
    assert TrainConfig.model_validate(TrainConfig(temporal_weight=2.0).model_dump()).temporal_weight == 2.0
