"""Frames out of a formula, for tests of training that need no simulator: a bright bar leans by the target."""

from __future__ import annotations

import torch

from wormdrive.training.frames import EpisodeFrames

H, W = 39, 100


def episode(seed: int, length: int = 40) -> EpisodeFrames:
    """A bar whose column tells the target curvature, on noise."""
    generator = torch.Generator().manual_seed(seed)
    phase, rate = torch.rand(2, generator=generator)
    target = 0.05 * torch.sin(6.3 * phase + (0.1 + 0.2 * rate) * torch.arange(length))
    column = (W / 2 - target * 800).round().long()
    images = torch.rand(length, 1, H, W, generator=generator) * 0.2
    images += 0.7 * ((torch.arange(W)[None, :] - column[:, None]).abs() < 4)[:, None, None, :]
    classes = torch.ones(length, H, W, dtype=torch.uint8)
    zero = torch.zeros(length)
    return EpisodeFrames(images.half(), classes, target, zero, zero, target, zero + 3.5, 1 / 30)
