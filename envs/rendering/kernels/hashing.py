# mypy: allow-untyped-defs, allow-untyped-calls
"""Hashing: random numbers that depend on nothing but what they are for, so that any frame can be drawn on its own."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.rendering.kernels.compilation import glue

__all__ = ["hash_pair", "share", "smooth_noise"]

f4, u4 = np.float32, np.uint32


@glue
def hash_pair(a, b):
    """32 well-mixed bits of two integers (multipliers from Wellons, "Prospecting for hash functions", 2018)."""
    h = u4(u4(u4(a) * u4(0x9E3779B1)) ^ u4(u4(b) * u4(0x85EBCA77)))
    h = u4(u4(h ^ (h >> u4(15))) * u4(0x2C1B3C6D))
    h = u4(u4(h ^ (h >> u4(12))) * u4(0x297A2D39))
    return u4(h ^ (h >> u4(15)))


@glue
def share(bits, shift):
    """Take ten of the bits as a number in [0, 1]."""
    return f4(np.int32((u4(bits) >> u4(shift)) & u4(1023))) * f4(1 / 1023.0)


@glue
def smooth_noise(place, seed):
    """Noise in [-1, 1] that changes smoothly with ``place`` and has no period to learn."""
    cell = int(np.floor(place))
    t = place - cell
    a = share(hash_pair(cell & 0xFFFFFF, seed), 0)
    b = share(hash_pair((cell + 1) & 0xFFFFFF, seed), 0)
    return f4(2) * (a + (b - a) * f4(t * t * (3.0 - 2.0 * t))) - f4(1)
