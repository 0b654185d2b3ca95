"""LiquidCell: what the liquid cells share, from the shapes to the way without gradients."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.agents.cells.stepper import Stepper
from wormdrive.agents.device import as_tensor_like
from wormdrive.agents.kernels.runners import Runner, as_array, transforming
from wormdrive.agents.kernels.snapshot import Snapshot
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["LiquidCell"]


class LiquidCell(nn.Module, ABC):
    """A recurrent cell on a wiring, with explicit state.

    State (B, N) is in the wiring's state order (motor neurons first) and starts at ``initial_state``, zero. ``elapsed``
    is the time since the sample before, in samples: 1.0 means 'as regular as in training' (the convention of the paper
    and of ncps). With a sample period of P seconds, elapsed = seconds / P, and a time constant in samples times P is
    in seconds.

    ``fused = False`` computes by the plain torch reference instead of the fused kernels.
    """

    _count: ClassVar[int]
    """How many parameters a sub-class has."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__()
        self.wiring = wiring
        self.fused = True
        self._sizes = wiring.input_size, wiring.state_size, wiring.output_size
        self._snapshot: Snapshot[Runner] = Snapshot()
        self._regular: tuple[Any, NDArray[Any]] = None, np.ones((1, 1))

    @property
    @abstractmethod
    def _like(self) -> Tensor:
        """A parameter, for its type and device."""

    @abstractmethod
    def _solve(self, inputs: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Compute (B, T, N) from (B, T, F), (B, N), (B, T), all of the parameters' type."""

    @property
    def _setting(self) -> int:
        """What else than parameters the runner depends on."""
        return 0

    @abstractmethod
    def _runner(self) -> Runner:
        """Prepare the kernels for the present parameters, float32 or float64 on a CPU; shares no memory with them."""

    def initial_state(self, batch: int) -> Tensor:
        """(B, N) zeros, as in the paper."""
        return self._like.new_zeros(batch, self._sizes[1])

    def stepper(self) -> Stepper:
        """Copy the present parameters into an object that steps without torch: NumPy arrays in, NumPy arrays out.

        Raises
        ------
        ArgumentError
            When the parameters are neither float32 nor float64.
        """
        if self._like.dtype not in (torch.float32, torch.float64):
            raise ArgumentError(f"parameters: type {self._like.dtype}: allowed are torch.float32 and torch.float64")
        with torch.inference_mode():
            return Stepper(self._runner(), *self._sizes)

    def trace(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> Tensor:
        """Every neuron's state after every sample: (B, T, F), (B, N), elapsed -> (B, T, N).

        Computed in the parameters' type, also under autocast.

        Raises
        ------
        ArgumentError
            When shapes do not fit or ``elapsed`` is a negative number.
        """
        states = self._quickly(inputs, state, elapsed)
        return self._slowly(inputs, state, elapsed) if states is None else torch.from_numpy(states)

    def forward(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> tuple[Tensor, Tensor]:
        """Run over a sequence.

        ``inputs`` (B, T, F), ``state`` (B, N) before the first sample, ``elapsed`` a scalar or (B, T), not negative
        -> the motor neurons (B, T, M) after every sample, and the state (B, N) after the last.
        """
        motor = self._sizes[2]
        found = self._quickly(inputs, state, elapsed)
        if found is not None:
            return torch.from_numpy(found[..., :motor]), torch.from_numpy(found[:, -1])
        states = self._slowly(inputs, state, elapsed)
        return states[..., :motor], states[:, -1]

    def _slowly(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float) -> Tensor:
        """Compute by torch's rules: gradients, any type and device, compilers."""
        self._check(inputs, state, elapsed)
        B, T, _ = inputs.shape
        like = self._like
        elapsed = as_tensor_like(elapsed, like)
        with torch.autocast(inputs.device.type, enabled=False):
            return self._solve(inputs.to(like.dtype), state.to(like.dtype), elapsed.expand(B, T))

    def _quickly(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float) -> NDArray[Any] | None:
        """Run the kernels without asking torch, where nothing is lost by it; else None.

        A step of one car takes a few microseconds; torch needs as many to look at a tensor.
        """
        if not self.fused or torch.is_grad_enabled() or torch.compiler.is_compiling() or transforming():
            return None
        parameters: tuple[Any, ...] = tuple(self._parameters.values())
        dtype = inputs.dtype
        if (dtype is not torch.float32 and dtype is not torch.float64) or len(parameters) != self._count:
            return None  # parametrised ones are no longer among the parameters
        for tensor in (inputs, state, *parameters):
            if type(tensor) not in (Tensor, nn.Parameter) or tensor.dtype is not dtype or not tensor.is_cpu:
                return None
        self._check(inputs, state, elapsed)
        runner = self._snapshot.current(parameters, self._setting, self._runner)
        if isinstance(elapsed, Tensor):
            gaps = as_array(elapsed.to("cpu", dtype).expand(inputs.shape[:2]))
        else:
            key, (known, gaps) = (*inputs.shape[:2], elapsed, dtype), self._regular
            if key != known:
                gaps = as_array(torch.full(inputs.shape[:2], elapsed, dtype=dtype))
                self._regular = key, gaps
        return runner(as_array(inputs), as_array(state), gaps)

    def _check(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float) -> None:
        F, N, _ = self._sizes
        if inputs.ndim != 3 or inputs.shape[2] != F or inputs.shape[1] < 1:
            raise ArgumentError(f"inputs: shape {tuple(inputs.shape)}: allowed is (B, T, {F}) with T >= 1")
        B, T, _ = inputs.shape
        if state.shape != (B, N):
            raise ArgumentError(f"state: shape {tuple(state.shape)}: allowed is ({B}, {N})")
        if isinstance(elapsed, Tensor):
            if elapsed.ndim and elapsed.shape != (B, T):
                raise ArgumentError(f"elapsed: shape {tuple(elapsed.shape)}: allowed is a scalar or ({B}, {T})")
        elif not (elapsed >= 0.0 and math.isfinite(elapsed)):
            raise ArgumentError(f"elapsed={elapsed!r}: allowed are finite numbers >= 0")
