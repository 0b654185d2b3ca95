"""Maps: where a policy looks, by three methods, pixel by pixel of its own reduced picture."""

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
from wormdrive.perception.saliency import visual_backprop

__all__ = ["GRADIENTS", "HEAD", "METHODS", "OCCLUSION", "Attention", "Maps", "attention", "enlarged", "scaled"]

Maps = NDArray[np.float64]

HEAD: Final = "VisualBackProp"
"""Of the head only; it knows nothing of the neurons, and so nothing of the steering."""

GRADIENTS: Final = "integrated gradients"
OCCLUSION: Final = "occlusion"
METHODS: Final = (GRADIENTS, OCCLUSION, HEAD)

_BRIGHTEST: Final = 0.995
"""Quantile of a map that is drawn as bright as can be: single pixels far above the rest would leave it dark."""


class Attention(NamedTuple):
    """Where a policy looks at M frames.

    Attributes
    ----------
    maps:
        By method, (M, h, w): 0 and more, of no common scale.
    curvature, curvature_behind:
        (M,) what it steers [1/m], and what it would if it saw nothing but the background.
    added:
        (M,) what integrated gradients add up to [1/m]: the difference of the two, but for the error of integration.
    """

    maps: dict[str, Maps]
    curvature: NDArray[np.float64]
    curvature_behind: NDArray[np.float64]
    added: NDArray[np.float64]


def attention(policy: Policy, seen: SeenFrames) -> Attention:
    """Look where a policy looks at some frames, by all methods."""
    steering, behind = seen.steering(policy), background(seen.images)
    which = torch.arange(len(seen), device=seen.images.device)
    by_pixel = integrated_gradients(steering, seen.images, behind)
    return Attention(
        {
            GRADIENTS: _array(by_pixel.sum(1).abs()),
            OCCLUSION: _array(occlusion(steering, seen.images, behind)),
            HEAD: head_maps(policy, seen),
        },
        _array(steered(steering, seen.images, which)),
        _array(steered(steering, behind, which)),
        _array(by_pixel.sum((1, 2, 3))),
    )


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


def enlarged(policy: Policy, maps: Maps) -> Maps:
    """Return maps (M, h, w) of reduced pictures on the pixels of the camera (M, H, W); what is cut off is 0."""
    config = policy.eyes[0].config
    large = maps.repeat(config.downsample, 1).repeat(config.downsample, 2)
    return np.pad(large, ((0, 0), (config.crop_top * config.downsample, 0), (0, 0)))


def _array(values: torch.Tensor) -> NDArray[np.float64]:
    return np.asarray(values.detach().cpu().double().numpy(), np.float64)
