"""Integrated gradients: what each pixel adds to the steering, so that all of it adds up.

Sundararajan, Taly, Yan, *Axiomatic attribution for deep networks*, ICML 2017 (arXiv 1703.01365), equation 1. The path
leads from a picture's background to the picture; gradients pass through preprocessing, head and neurons.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import Tensor

from wormdrive.audit.attention.seen_frames import Steering

__all__ = ["NODES", "integrated_gradients"]

NODES: Final = 32
"""Of the path, where gradients are taken (Gauss-Legendre): sums of shipped policies miss 4 to 12 %."""

_TOGETHER: Final = 64


def integrated_gradients(steering: Steering, images: Tensor, behind: Tensor, *, nodes: int = NODES) -> Tensor:
    """Return what each pixel of images (M, C, h, w) adds to the steering: (M, C, h, w) float64 [1/m].

    Each frame's sum over all pixels is the steering at the image less that at what is ``behind`` (M, C, h, w), but for
    the error of integration.
    """
    where, weights = np.polynomial.legendre.leggauss(nodes)
    step = images - behind
    frame = torch.arange(len(images), device=images.device).repeat(nodes)
    along = torch.from_numpy((where + 1.0) / 2.0).to(images).repeat_interleave(len(images))
    weight = torch.from_numpy(weights / 2.0).to(images.device).repeat_interleave(len(images))
    total = torch.zeros(images.shape, dtype=torch.float64, device=images.device)
    for which, share, of in zip(*(torch.split(part, _TOGETHER) for part in (frame, along, weight)), strict=True):
        image = torch.addcmul(behind[which], share[:, None, None, None], step[which]).requires_grad_()
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(steering(image, which).sum(), image)
        for k, one in enumerate(which.tolist()):  # in order: sums have the same bits every time
            total[one] += of[k] * gradient[k]
    return total * step
