"""The imitation loss."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from wormdrive.training.config import TrainConfig

__all__ = ["imitation_loss"]


def imitation_loss(curvature: Tensor, auxiliary: Tensor | None, target: Tensor, config: TrainConfig) -> Tensor:
    """Huber loss on scaled curvature, the first frames of a window counting less, plus the auxiliary read-out's.

    All of (B, T), curvatures in [1/m]. The auxiliary read-out sees single frames, so all of its frames count the same.
    """
    scaled = target * config.curvature_scale
    weight = target.new_ones(target.shape[1])
    if target.shape[1] > 4 * config.settle_frames:
        weight[: config.settle_frames] = config.settle_weight
    error = functional.huber_loss(
        curvature.float() * config.curvature_scale, scaled, delta=config.huber_delta, reduction="none"
    )
    loss = (error * weight).mean()
    if auxiliary is not None and config.auxiliary_weight:
        help_ = functional.huber_loss(auxiliary.float() * config.curvature_scale, scaled, delta=config.huber_delta)
        loss = loss + config.auxiliary_weight * help_
    return loss
