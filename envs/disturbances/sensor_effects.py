"""Sensor effects: exposure and noise; see ``lens_effects`` for what an effect is."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.counter_random import stream_number, uniform
from wormdrive.envs.simulation.disturbances import Exposure, Noise
from wormdrive.envs.simulation.vehicle_batch import DT_S as CAR_DT_S

__all__ = ["GAMMA", "exposure", "noise"]

GAMMA: Final = 2.2
"""A pixel's value is its light to the power of 1 / GAMMA."""


def exposure(
    picture: NDArray[np.uint8], kind: Exposure, seed: int, step: int, dt_s: float = CAR_DT_S
) -> NDArray[np.uint8]:
    """Multiply the light by a power of two that jumps from period to period; white is the most."""
    period = math.floor(step * dt_s / kind.period_s + 1e-9)
    stops = kind.stops * (2.0 * float(uniform(seed, "exposure", period)[0]) - 1.0)
    values = np.arange(256) * 2.0 ** (stops / GAMMA)
    return np.asarray(np.take(np.floor(np.minimum(values, 255.0) + 0.5).astype(np.uint8), picture))


def noise(picture: NDArray[np.uint8], kind: Noise, seed: int, step: int, _dt_s: float = CAR_DT_S) -> NDArray[np.uint8]:
    """Add normal noise, another in each frame; black and white are the limits."""
    random = np.random.default_rng([seed, stream_number("noise"), step])
    noisy = random.standard_normal(picture.shape, np.float32)
    noisy *= np.float32(255.0 * kind.deviation)
    noisy += picture
    np.rint(noisy, out=noisy)
    return np.asarray(np.clip(noisy, 0.0, 255.0, out=noisy).astype(np.uint8))
