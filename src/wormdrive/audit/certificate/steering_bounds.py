"""Bounds of the steering along a drive, and the largest noise under which they keep the car in its lane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.certificate.controller_bounds import BOUNDED, bounds_of
from wormdrive.audit.certificate.interval import Interval
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["greatest_offset", "largest_noise", "steering_bounds"]

Numbers = NDArray[np.float64]
_HALVINGS: Final = 12


def steering_bounds(
    policy: Policy, features: Interval, state: Numbers | None = None, *, elapsed: float = 1.0
) -> Interval:
    """Bound the curvature [1/m] after each of T frames, (T,).

    ``features`` (T, F) is what the head may make of each frame, ``state`` (S,) what is remembered before, by
    default the initial state; ``elapsed`` is the time from frame to frame, in sample periods.

    Raises
    ------
    ArgumentError
            Nothing is known to bound the policy's controller.
    """
    controller = bounds_of(policy)
    if controller is None:
        raise ArgumentError(f"kind {policy.config.kind!r}: allowed is {BOUNDED}")
    begin = np.zeros(policy.state_size) if state is None else np.asarray(state, np.float64)
    now, outputs = Interval(begin, begin), []
    for low, high in zip(*features, strict=True):
        output, now = controller.step(Interval(low, high), now, elapsed)
        outputs.append(output)
    ends = Interval(*(np.concatenate(end) for end in zip(*outputs, strict=True)))
    return ends.times(policy.config.output_scale).widened()


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
