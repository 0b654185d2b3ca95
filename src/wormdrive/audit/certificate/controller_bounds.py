"""Bounds of a controller, all that lies between features and steering: one step over intervals, whatever the kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.cfc_policy import CfCPolicy
from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy
from wormdrive.agents.policies.liquid_baselines import FullLTCPolicy, RandomLTCPolicy
from wormdrive.agents.policies.liquid_policy import LiquidPolicy
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.certificate.cfc_bounds import CfCBounds
from wormdrive.audit.certificate.feedforward_bounds import FeedForwardBounds
from wormdrive.audit.certificate.interval import Interval
from wormdrive.audit.certificate.ltc_bounds import LTCBounds

__all__ = ["BOUNDED", "ControllerBounds", "bounds_of"]

Numbers = NDArray[np.float64]

BOUNDED: Final = "bounds of a controller (ncp, ltc_full, ltc_random, cfc, feedforward)"
"""What a policy must have to be certified, in words."""


class ControllerBounds(Protocol):
    """Bounds of one step of a controller."""

    def step(self, features: Interval, state: Interval, elapsed: float, /) -> tuple[Interval, Interval]:
        """Bound the output (1,) before scaling, and the state (S,) after.

        ``features`` (F,) is what the head may have made of the frame, ``state`` (S,) the one before, ``elapsed`` in
        sample periods.
        """


class _CellBounds(Protocol):
    def sample(self, sensory: Interval, state: Interval, elapsed: float) -> Interval:
        """Bound the neurons (N,) after a sample: ``sensory`` (F,), ``state`` (N,) before."""


class _LiquidBounds:
    """Features onto sensory neurons, a liquid cell, its motor neuron onto the output."""

    def __init__(
        self, policy: LiquidPolicy, cell: _CellBounds, gain: Numbers | float = 1.0, shift: Numbers | float = 0.0
    ) -> None:
        self._cell, self._gain, self._shift = cell, gain, shift
        self._output_gain, self._output_bias = policy.output_gain.item(), policy.output_bias.item()

    def step(self, features: Interval, state: Interval, elapsed: float) -> tuple[Interval, Interval]:
        """Bound the output and the neurons."""
        after = self._cell.sample(features.times(self._gain).plus(self._shift).widened(), state, elapsed)
        motor = Interval(after.low[:1], after.high[:1])
        return motor.times(self._output_gain).plus(self._output_bias).widened(), after


def _of_ltc(policy: NCPPolicy) -> ControllerBounds:
    gain, shift = (
        np.asarray(part.detach().cpu().double().numpy(), np.float64) for part in (policy.input_gain, policy.input_bias)
    )
    return _LiquidBounds(policy, LTCBounds(policy.cell), gain, shift)


def _of_cfc(policy: CfCPolicy) -> ControllerBounds:
    return _LiquidBounds(policy, CfCBounds(policy.cell))


_BOUNDS: Final[Mapping[type[Policy], Callable[[Any], ControllerBounds]]] = {
    NCPPolicy: _of_ltc,
    FullLTCPolicy: _of_ltc,
    RandomLTCPolicy: _of_ltc,
    CfCPolicy: _of_cfc,
    FeedForwardPolicy: FeedForwardBounds,
}
"""By the very class: what is derived from one of these may compute something else."""


def bounds_of(policy: Policy) -> ControllerBounds | None:
    """Return the bounds of a policy's controller, with its numbers as they are now; ``None`` if its kind has none."""
    make = _BOUNDS.get(type(policy))
    return None if make is None else make(policy)
