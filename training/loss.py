"""The imitation loss."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from wormdrive.training.config import TrainConfig

__all__ = ["imitation_loss"]


def imitation_loss(curvature: Tensor, auxiliary: Tensor | None, target: Tensor, config: TrainConfig) -> Tensor:
    """Huber loss on scaled curvature, the first frames of a window counting less, plus the auxiliary read-out's.

    All of (B, T), curvatures in [1/m]. The auxiliary read-out sees single frames, so all of its frames count the same.
    Temporal consistency is the same loss on what changes from one frame of a window to the next: what is wrong all
    along counts once, what flickers counts here as well.
    """
    scaled = target * config.curvature_scale
    weight = target.new_ones(target.shape[1])
    if target.shape[1] > 4 * config.settle_frames:
        weight[: config.settle_frames] = config.settle_weight
    error = functional.huber_loss(
        curvature.float() * config.curvature_scale, scaled, delta=config.huber_delta, reduction="none"
    )
    loss = (error * weight).mean()
    if config.temporal_weight and target.shape[1] > 1:
        change = curvature.float().diff(dim=1) * config.curvature_scale
        flicker = functional.huber_loss(change, scaled.diff(dim=1), delta=config.huber_delta, reduction="none")
        loss = loss + config.temporal_weight * (flicker * weight[1:]).mean()
    if auxiliary is not None and config.auxiliary_weight:
        help_ = functional.huber_loss(auxiliary.float() * config.curvature_scale, scaled, delta=config.huber_delta)
        loss = loss + config.auxiliary_weight * help_
    return loss
