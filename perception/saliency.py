"""Saliency: which pixels moved the features, by VisualBackProp.

It explains the convolutional head only: it knows nothing of the neurons, and so nothing of the steering. What explains
the steering, through head and neurons, is ``wormdrive.audit.attention``.

Bojarski et al., *VisualBackProp: efficient visualization of CNNs for autonomous driving*, ICRA 2018 (arXiv 1611.05418).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from wormdrive.perception.head import ConvHead
from wormdrive.perception.preprocess import Preprocessor

__all__ = ["image_saliency", "visual_backprop"]

_LEAST = 1e-30


@torch.no_grad()
def visual_backprop(preprocessor: Preprocessor, head: ConvHead, frames: Tensor) -> Tensor:
    """Show what the head alone looks at: frames (M, H, W, 3) uint8 -> maps (M, H, W) float32 in [0, 1].

    The maps of ``image_saliency``, enlarged to the frames. Rows that preprocessing cuts off are 0.
    """
    config = preprocessor.config
    relevance = _relevance(head, preprocessor(preprocessor.reduce(frames)))
    enlarged = F.interpolate(relevance, scale_factor=config.downsample, mode="bilinear", align_corners=False)
    return _scaled(F.pad(enlarged.squeeze(1), (0, 0, config.crop_top * config.downsample, 0)))


@torch.no_grad()
def image_saliency(head: ConvHead, images: Tensor) -> Tensor:
    """Show what the head looks at in what it is given: images (M, C, h, w) -> maps (M, h, w) float32 in [0, 1].

    Every layer's map is averaged over its channels. From the deepest on, the map is spread back over the receptive
    field of its convolution (a transposed convolution with ones) and multiplied with the average of the layer below;
    at last it is spread onto the image, and scaled so that each image's greatest value is 1. An image without any
    activity is 0 throughout.
    """
    return _scaled(_relevance(head, images).squeeze(1))


def _relevance(head: ConvHead, images: Tensor) -> Tensor:
    """Images (M, C, h, w) -> (M, 1, h, w), in a scale of its own."""
    # Activations may be slightly negative after a leaky rectifier; only what is active is relevant.
    averages = [layer.float().mean(1, keepdim=True).clamp_min(0.0) for layer in head.activations(images)]
    sizes = [images.shape[2:], *(average.shape[2:] for average in averages[:-1])]
    relevance = averages[-1]
    for i in range(len(averages) - 1, -1, -1):
        relevance = head.spread(i, relevance, sizes[i])
        if i:
            relevance = relevance * averages[i - 1]
        # Products over five layers could leave float32's range; the scale is free.
        relevance = relevance / relevance.amax((1, 2, 3), keepdim=True).clamp_min(_LEAST)
    return relevance


def _scaled(maps: Tensor) -> Tensor:
    return (maps / maps.amax((1, 2), keepdim=True).clamp_min(_LEAST)).clamp(0.0, 1.0)
