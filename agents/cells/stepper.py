"""Stepper: one control step of a liquid cell without torch, for loops that have microseconds to spend."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.kernels.runners import Runner
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Stepper"]


class Stepper:
    """Steps B cars at once; made by a cell's ``stepper()``, with a copy of the parameters it had then.

    The same bits as the cell itself gives, in its type (``dtype``, float32 or float64). Steppers can be pickled.

    Examples
    --------
    >>> import numpy as np
    >>> from wormdrive.agents.cells.ltc import LTC
    >>> from wormdrive.agents.wirings.wiring import Wiring
    >>> stepper = LTC(Wiring.ncp()).stepper()
    >>> state = stepper.initial_state(1)
    >>> for _ in range(3):
    ...     outputs, state = stepper(np.zeros((1, 32)), state)
    >>> outputs.shape, state.shape
    ((1, 1), (1, 19))
    """

    def __init__(self, runner: Runner, inputs: int, neurons: int, outputs: int) -> None:
        self._run = runner
        self._sizes = inputs, neurons, outputs
        self.dtype = runner.dtype
        self._regular = 1.0, np.ones((1, 1), self.dtype)

    def initial_state(self, batch: int) -> NDArray[Any]:
        """(B, N) zeros."""
        return np.zeros((batch, self._sizes[1]), self.dtype)

    def __call__(
        self, inputs: NDArray[Any], state: NDArray[Any], elapsed: float | NDArray[Any] = 1.0
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Step: inputs (B, F), state (B, N), elapsed in samples, a number or (B,) -> motor (B, M), state (B, N).

        What is returned is new at every call, shares no memory, and is not written to again.

        Raises
        ------
        ArgumentError
            When shapes do not fit or ``elapsed`` is negative or not finite.
        """
        F, N, M = self._sizes
        inputs, state = self._array(inputs), self._array(state)
        if inputs.ndim != 2 or inputs.shape[1] != F:
            raise ArgumentError(f"inputs: shape {inputs.shape}: allowed is (B, {F})")
        B = inputs.shape[0]
        if state.shape != (B, N):
            raise ArgumentError(f"state: shape {state.shape}: allowed is ({B}, {N})")
        if isinstance(elapsed, np.ndarray) and elapsed.ndim:
            if elapsed.shape != (B,):
                raise ArgumentError(f"elapsed: shape {elapsed.shape}: allowed is a number or ({B},)")
            gaps = self._array(elapsed)[:, None]
            if len(gaps) and not (gaps.min() >= 0.0 and gaps.max() < np.inf):
                raise ArgumentError(f"elapsed={gaps.min()!r}...{gaps.max()!r}: allowed are finite numbers >= 0")
        else:
            known, gaps = self._regular
            if elapsed != known or len(gaps) != B:
                if not (elapsed >= 0.0 and np.isfinite(elapsed)):
                    raise ArgumentError(f"elapsed={elapsed!r}: allowed are finite numbers >= 0")
                gaps = np.full((B, 1), elapsed, self.dtype)
                self._regular = float(elapsed), gaps
        states = self._run(inputs[:, None], state, gaps)[:, 0]
        return states[:, :M].copy(), states

    def _array(self, array: NDArray[Any]) -> NDArray[Any]:
        """Make it what the kernels were compiled for: C order, the right type, not read-only."""
        if type(array) is np.ndarray and array.dtype == self.dtype and array.flags.carray:
            return array
        array = np.ascontiguousarray(array, self.dtype)
        return array if array.flags.writeable else array.copy()
