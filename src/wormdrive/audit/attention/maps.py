"""Maps: where a policy looks, by up to three methods, pixel by pixel of its own reduced picture."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.attention.background import background
from wormdrive.audit.attention.integrated_gradients import integrated_gradients
from wormdrive.audit.attention.occlusion import occlusion
from wormdrive.audit.attention.seen_frames import SeenFrames, steered
from wormdrive.perception.head import ConvHead
from wormdrive.perception.saliency import visual_backprop

__all__ = ["GRADIENTS", "HEAD", "METHODS", "OCCLUSION", "Attention", "Maps", "absent_methods", "attention", "scaled"]

Maps = NDArray[np.float64]

HEAD: Final = "VisualBackProp"
"""Of the head only; it knows nothing of the neurons, and so nothing of the steering."""

GRADIENTS: Final = "integrated gradients"
OCCLUSION: Final = "occlusion"
METHODS: Final = (GRADIENTS, OCCLUSION, HEAD)

_NO_HEAD: Final = "it explains Wormdrive's convolutional head, which this network does not have"

_BRIGHTEST: Final = 0.995
"""Quantile of a map that is drawn as bright as can be: single pixels far above the rest would leave it dark."""


class Attention(NamedTuple):
    """Where a policy looks at M frames.

    Attributes
    ----------
    maps:
        By method, those that say more of the steering first, (M, h, w): 0 and more, of no common scale.
    curvature, curvature_behind:
        (M,) what it steers [1/m], and what it would if it saw nothing but the background.
    added:
        (M,) what integrated gradients add up to [1/m]: the difference of the two, but for the error of integration;
        ``None`` where there are no gradients.
    """

    maps: dict[str, Maps]
    curvature: NDArray[np.float64]
    curvature_behind: NDArray[np.float64]
    added: NDArray[np.float64] | None


def attention(policy: Policy, seen: SeenFrames) -> Attention:
    """Look where a policy looks at some frames, by all methods but ``absent_methods``."""
    steering, behind, absent = seen.steering(policy), background(seen.images), absent_methods(policy)
    which = torch.arange(len(seen), device=seen.images.device)
    maps, added = {}, None
    if GRADIENTS not in absent:
        by_pixel = integrated_gradients(steering, seen.images, behind)
        maps[GRADIENTS], added = _array(by_pixel.sum(1).abs()), _array(by_pixel.sum((1, 2, 3)))
    maps[OCCLUSION] = _array(occlusion(steering, seen.images, behind))
    if HEAD not in absent:
        maps[HEAD] = head_maps(policy, seen)
    usual, without = (_array(steered(steering, images, which)) for images in (seen.images, behind))
    return Attention(maps, usual, without, added)


def absent_methods(policy: Policy) -> dict[str, str]:
    """Return which methods a policy has nothing for, and why."""
    absent = {GRADIENTS: policy.without_gradients} if policy.without_gradients else {}
    return absent if isinstance(policy.head, ConvHead) else absent | {HEAD: _NO_HEAD}


def head_maps(policy: Policy, seen: SeenFrames) -> Maps:
    """Return VisualBackProp's maps on the reduced picture, (M, h, w)."""
    preprocessor, head = policy.eyes
    step, top = preprocessor.config.downsample, preprocessor.config.crop_top
    frames = torch.from_numpy(np.ascontiguousarray(seen.frames)).to(policy.device)
    return _array(F.avg_pool2d(visual_backprop(preprocessor, head, frames), step)[:, top:])


def scaled(maps: Maps) -> Maps:
    """Return maps (M, h, w) such that each one's brightest pixels are 1; one without any light stays dark."""
    most = np.quantile(maps, _BRIGHTEST, axis=(1, 2), keepdims=True)
    return np.clip(maps / np.maximum(most, np.finfo(np.float64).tiny), 0.0, 1.0)


def _array(values: torch.Tensor) -> NDArray[np.float64]:
    return np.asarray(values.detach().cpu().double().numpy(), np.float64)
