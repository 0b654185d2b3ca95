"""Bounds of eyes: intervals of the features from a picture of which every pixel may be off by so much.

Convolutions and read-outs are affine: their centre moves as they say, their radius by the absolute weights (interval
bound propagation; Gowal et al., *On the effectiveness of interval bound propagation for training verifiably robust
models*, 2018). Where something is divided by a standard deviation, one fact bounds it: the deviation of a sum differs
from that of its first part by no more than the other's root mean square.
"""

from __future__ import annotations

from typing import Final, NamedTuple, cast

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.certificate.interval import Interval
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.head import ConvHead
from wormdrive.perception.preprocess import Preprocessor

__all__ = ["feature_bounds"]

_LAYER_NORM_FLOOR: Final = 1e-5


class _Ball(NamedTuple):
    """What lies no farther than ``radius`` from ``centre``, number by number."""

    centre: Tensor
    radius: Tensor

    def over(self, least: Tensor, most: Tensor) -> _Ball:
        """Divide by what lies between two positive bounds."""
        low, high = self.centre - self.radius, self.centre + self.radius
        return _between(torch.minimum(low / least, low / most), torch.maximum(high / least, high / most))


def _between(low: Tensor, high: Tensor) -> _Ball:
    return _Ball((low + high) / 2, (high - low) / 2)


def feature_bounds(policy: Policy, image: Tensor, radius: float) -> Interval:
    """Bound the features (F,) of a reduced image (C, h, w), of which each number may be off by ``radius``.

    A grey level is 1 / 255 in a reduced image.

    Raises
    ------
    ArgumentError
        The policy has no eyes, or eyes of another kind than the convolutional head's, or ``radius`` is out of range.
    """
    if not 0.0 <= radius <= 1.0:
        raise ArgumentError(f"radius={radius!r}: allowed are 0 to 1")
    preprocessor, head = policy.eyes
    if type(head) is not ConvHead:
        raise ArgumentError(f"kind {policy.config.kind!r}: allowed are policies whose head is the convolutional one")
    with torch.no_grad():
        ball = _normalised(preprocessor, image.detach().cpu().double()[None], radius)
        slopes = [0.0] * (len(head.convolutions) - 1) + [head.config.last_slope]
        for module, padding, slope in zip(head.convolutions, head.uneven_paddings, slopes, strict=True):
            ball = _activated(_convolved(cast(nn.Conv2d, module), padding, ball), slope)
        ball = _read_out(head, ball)
        if head.config.normalise_features:
            ball = _standardised(ball)
    low, high = ((ball.centre + sign * ball.radius).numpy() for sign in (-1, 1))
    return Interval(np.asarray(low, np.float64), np.asarray(high, np.float64)).widened()


def _normalised(preprocessor: Preprocessor, image: Tensor, radius: float) -> _Ball:
    """Bound what ``Preprocessor.normalise`` makes of an image (1, C, h, w)."""
    scale = preprocessor.contrast_scale(image)
    least = (scale.divisor - radius).clamp_min(scale.least)
    ball = _Ball(scale.centred, torch.full_like(scale.centred, 2 * radius)).over(least, scale.divisor + radius)
    if preprocessor.config.normalisation != "contrast_magnitude":
        return ball
    low, high = ball.centre - ball.radius, ball.centre + ball.radius
    return _between(torch.maximum(torch.maximum(low, -high), torch.zeros_like(low)), torch.maximum(-low, high))


def _convolved(module: nn.Conv2d, padding: tuple[int, int, int, int] | None, ball: _Ball) -> _Ball:
    weight, bias = module.weight.double(), cast(Tensor, module.bias).double()
    centre, radius = (F.pad(part, padding) if padding else part for part in ball)
    stride, even = module.stride, cast(tuple[int, int], module.padding)
    return _Ball(
        F.conv2d(centre, weight, bias, stride, even),
        F.conv2d(radius, weight.abs(), None, stride, even),
    )


def _activated(ball: _Ball, slope: float) -> _Ball:
    """Leaky rectifiers are monotone."""
    return _between(*(F.leaky_relu(ball.centre + sign * ball.radius, slope) for sign in (-1, 1)))


def _read_out(head: ConvHead, ball: _Ball) -> _Ball:
    weight, bias = head.readout_weight.double(), head.readout_bias.double()
    centre, radius = (part[0].flatten(1) for part in ball)
    return _Ball(
        (torch.einsum("cp,cpf->cf", centre, weight) + bias).flatten(),
        torch.einsum("cp,cpf->cf", radius, weight.abs()).flatten(),
    )


def _standardised(ball: _Ball) -> _Ball:
    """Bound (f - mean) / sqrt(variance + floor) of features (F,)."""
    centre, radius = ball
    count = len(centre)
    shift = radius * (1 - 2 / count) + radius.mean()  # its own share, and all the others' in the mean
    deviation = (centre.var(correction=0) + _LAYER_NORM_FLOOR).sqrt()
    change = radius.square().mean().sqrt()
    least = (deviation - change).clamp_min(_LAYER_NORM_FLOOR**0.5)
    ball = _Ball(centre - centre.mean(), shift).over(least, deviation + change)
    most = (count - 1) ** 0.5  # whatever the features: of one that is alone in differing from all the others
    return _between(*((ball.centre + sign * ball.radius).clamp(-most, most) for sign in (-1, 1)))
