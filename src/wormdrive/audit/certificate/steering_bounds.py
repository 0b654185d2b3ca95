"""Bounds of the steering along a drive, and the largest noise under which they keep the car in its lane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.certificate.interval import Interval
from wormdrive.audit.certificate.ltc_bounds import LTCBounds
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["greatest_offset", "largest_noise", "steering_bounds"]

Numbers = NDArray[np.float64]
_HALVINGS: Final = 12


def steering_bounds(
    policy: Policy, features: Interval, state: Numbers | None = None, *, elapsed: float = 1.0
) -> Interval:
    """Bound the curvature [1/m] after each of T frames, (T,).

    ``features`` (T, F) is what the head may make of each frame, ``state`` (N,) what the neurons are in before, by
    default the initial state; ``elapsed`` is the time from frame to frame, in sample periods.

    Raises
    ------
    ArgumentError
        The policy is no LTC: the others have no bounds here.
    """
    if not isinstance(policy, NCPPolicy):
        raise ArgumentError(f"kind {policy.config.kind!r}: allowed are LTC policies: ncp, ltc_full, ltc_random")
    gain, shift = (np.asarray(part.detach().double().numpy()) for part in (policy.input_gain, policy.input_bias))
    sensory = features.times(gain).plus(shift).widened()
    begin = np.zeros(policy.state_size) if state is None else np.asarray(state, np.float64)
    cell, now = LTCBounds(policy.cell), Interval(begin, begin)
    motor = []
    for low, high in zip(*sensory, strict=True):
        now = cell.sample(Interval(low, high), now, elapsed)
        motor.append((now.low[0], now.high[0]))
    scale = policy.config.output_scale
    ends = Interval(*(np.asarray(end) for end in zip(*motor, strict=True)))
    return ends.times(policy.output_gain.item() * scale).plus(policy.output_bias.item() * scale).widened()


def greatest_offset(bounds: Interval, meant: Numbers, speed_mps: float, dt_s: float) -> float:
    """Return how far a car can be from where it was meant to be after so many frames [m], if it steers within bounds.

    On a straight road, for small angles: the second integral of speed squared times the error of curvature.
    """
    worst = np.maximum(bounds.high - meant, meant - bounds.low)
    heading = np.cumsum(worst) * speed_mps * dt_s
    return float(np.sum(heading) * speed_mps * dt_s)


def largest_noise(keeps: Callable[[float], bool], most: float = 1.0) -> float:
    """Return the largest noise, of 0 to ``most``, that ``keeps`` says yes to, by halving; 0 if it says no to all."""
    low, high = 0.0, most
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5 if low else high / 8
        if keeps(middle):
            low = middle
        else:
            high = middle
    return low
