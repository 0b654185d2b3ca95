"""LiquidLayer: a liquid cell over sequences, with what ncps puts around one: memory, read-out, projection."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from wormdrive.nn.mixed_memory import MixedMemory
from wormdrive.nn.recurrent import LARGEST, RecurrentModule, check_flag, check_size
from wormdrive.nn.samples import Samples
from wormdrive.nn.shared_arguments import describe_shared_arguments
from wormdrive.nn.states import Sizes, State

__all__ = ["LiquidLayer"]

_SIZES = ("input_size", "units")


class LiquidLayer(RecurrentModule):
    """What ``LTC``, ``CfC`` and ``LRC`` share.

    A sub-class makes ``rnn_cell``, whose ``trace`` computes states, and calls ``_finish`` once it is there.

    ``neurons`` names the columns of ``hx``; ``motor`` says which of them come out.

    Parameters
    ----------
    input_size:
        F, features a sample.
    units:
        A number N: all are connected and all come out. Or a ``Wiring``, or one of ncps, which is built if it was not.
    return_sequences, batch_first:
        Whether outputs of all samples are returned; whether inputs are (B, T, F) or (T, B, F).
    mixed_memory:
        Whether an LSTM keeps what gradients through the cell would not reach: see ``mixed_memory``. ``hx`` is then a
        tuple of two.
    proj_size:
        Outputs of a linear map behind, or None.
    """

    rnn_cell: Any
    neurons: tuple[str, ...]
    motor: slice
    fc: nn.Module
    memory: MixedMemory | None
    _order: Tensor | None
    _back: Tensor | None

    def __init_subclass__(cls, **options: Any) -> None:
        """Let ``help`` of each kind show what all of them take."""
        super().__init_subclass__(**options)
        describe_shared_arguments(cls, LiquidLayer)

    def _finish(
        self,
        neurons: Sequence[str],
        motor: slice,
        *,
        mixed_memory: bool,
        proj_size: int | None,
        order: Sequence[int] | None = None,
    ) -> None:
        """Put around the cell what does not depend on its kind.

        ``neurons``: names, in the order of ``hx``; ``motor``: columns of ``hx`` that come out; ``order``: the cell's
        neuron at each column of ``hx``, None: the same.
        """
        self.neurons = tuple(neurons)
        self.motor = motor
        self.motor_size = len(self.neurons[motor])
        self.mixed_memory = check_flag("mixed_memory", mixed_memory)
        self.proj_size = None if proj_size is None else check_size("proj_size", proj_size, LARGEST)
        self.memory = MixedMemory(self.input_size, len(self.neurons)) if mixed_memory else None
        self.fc = nn.Identity() if proj_size is None else nn.Linear(self.motor_size, proj_size)
        columns = None if order is None or list(order) == list(range(len(order))) else torch.tensor(list(order))
        self.register_buffer("_order", columns, persistent=False)
        self.register_buffer("_back", None if columns is None else torch.argsort(columns), persistent=False)

    @property
    def state_size(self) -> int:
        """N, neurons with a state."""
        return len(self.neurons)

    @property
    def output_size(self) -> int:
        """Motor neurons, or ``proj_size``."""
        return self.motor_size if self.proj_size is None else self.proj_size

    @property
    def state_sizes(self) -> Sizes:
        """N, or (N, N) with mixed memory: the cell's state, and the memory's."""
        return (self.state_size, self.state_size) if self.memory is not None else self.state_size

    def _inputs(self, inputs: Tensor) -> Tensor:
        """Return what the cell's sensory neurons are shown."""
        return inputs

    def _outputs(self, motor: Tensor) -> Tensor:
        """Return what becomes of the motor neurons (B, T, M) before the projection."""
        return motor

    def _trace(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float) -> Tensor:
        """Return the cell's states in the order of ``hx``: (B, T, F), (B, N), elapsed -> (B, T, N)."""
        if self._order is None:
            trace: Tensor = self.rnn_cell.trace(inputs, state, elapsed)
            return trace
        found: Tensor = self.rnn_cell.trace(inputs, state[:, self._back], elapsed)
        return found[..., self._order]

    def run(self, samples: Samples, state: State) -> tuple[Tensor, State]:
        """Compute outputs (B, T, M) after every sample, and the state after each sequence's last."""
        inputs = self._inputs(samples.inputs)
        if self.memory is None:
            trace = self._trace(inputs, state, samples.elapsed)
            after: State = samples.last(trace, state)
        else:
            own, remembered = state
            trace, kept = self.memory.trace(self._trace, samples.inputs, inputs, own, remembered, samples.elapsed)
            after = (samples.last(trace, own), samples.last(kept, remembered))
        outputs: Tensor = self.fc(self._outputs(trace[..., self.motor]))
        return outputs, after

    def to_onnx(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write one sample's step as an ONNX file, the same bytes every time.

        ``features`` (B, F), ``state`` (B, S), ``elapsed`` (B,) -> ``outputs`` (B, M), ``next_state`` (B, S), float32.
        The state is ``hx``; with mixed memory both parts, side by side.

        Raises
        ------
        ArgumentError
            ``path`` exists and ``overwrite`` is not set, or cannot be written.
        """
        from wormdrive.nn.export.files import to_onnx

        return to_onnx(self, path, overwrite=overwrite)

    def to_c(self, folder: str | Path, name: str = "cell", *, overwrite: bool = False) -> tuple[Path, Path]:
        """Write one sample's step as ``name.h`` and ``name.c``, C99 without dependencies: features in, motors out.

        Raises
        ------
        ArgumentError
            ``name`` is no lower-case C identifier, ``folder`` is a file, a file exists and ``overwrite`` is not set, or
            cannot be written.
        """
        from wormdrive.nn.export.files import to_c

        return to_c(self, folder, name, overwrite=overwrite)

    def extra_repr(self) -> str:
        """Say sizes, and whatever else is not as by default."""
        defaults = {name: p.default for name, p in inspect.signature(type(self)).parameters.items()}
        shown = {name: value for name, value in self.config().items() if name in defaults and name not in _SIZES}
        told = [f"{name}={value!r}" for name, value in shown.items() if value != defaults[name]]
        return ", ".join([f"{self.input_size}, {self.state_size}, motor={self.motor_size}", *told])
