"""LiquidCell: what the liquid cells share, from the shapes to the way without gradients."""

from __future__ import annotations

import hashlib
import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.agents.cells.stepper import Stepper
from wormdrive.agents.device import as_tensor_like, without_autocast
from wormdrive.agents.kernels.fast_path import is_plain, unwatched
from wormdrive.agents.kernels.runners import Runner, as_array
from wormdrive.agents.kernels.snapshot import Snapshot
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["LiquidCell", "check_elapsed", "wiring_digest"]


class LiquidCell(nn.Module, ABC):
    """A recurrent cell on a wiring, with explicit state.

    State (B, N) is in the wiring's state order (motor neurons first) and starts at ``initial_state``, zero. ``elapsed``
    is the time since the sample before, in samples: 1.0 means 'as regular as in training' (the convention of the paper
    and of ncps). With a sample period of P seconds, elapsed = seconds / P, and a time constant in samples times P is
    in seconds.

    ``fused = False`` computes by the plain torch reference instead of the fused kernels; what kernels cannot follow
    goes that way by itself: see ``fast_path``. What is returned shares no memory: outputs may be changed in place, the
    state stays.

    A state dict holds a digest of the wiring, and is refused by a cell on another one; those of 0.2.0 and before have
    none and are taken as they are.

    Raises
    ------
    ArgumentError
        ``wiring`` is something else, or has no synapses.
    """

    _names: ClassVar[tuple[str, ...]]
    """The parameters that a sub-class declares, in order."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__()
        if not isinstance(wiring, Wiring):
            raise ArgumentError(f"wiring={wiring!r}: allowed is a Wiring")
        if not wiring.synapses:
            raise ArgumentError("wiring: has no synapses: a cell needs at least one, for without them nothing is heard")
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

    def get_extra_state(self) -> Tensor:
        """Return the wiring's digest, for the state dict: (32,) uint8."""
        return torch.frombuffer(bytearray(wiring_digest(self.wiring)), dtype=torch.uint8)

    def set_extra_state(self, state: Any) -> None:
        """Take it back: it was looked at before anything else was loaded."""

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        name, own = f"{prefix}_extra_state", self.get_extra_state()
        held = state_dict.get(name)
        if held is not None and not (isinstance(held, Tensor) and held.is_meta) and not _same(held, own):
            where = f" ({prefix.rstrip('.')})" if prefix else ""
            raise ArgumentError(
                f"state_dict: of a cell{where} on another wiring: allowed is that of {len(self.wiring.synapses)} "
                f"synapses whose digest begins with {bytes(own[:6].tolist()).hex()}"
            )
        super()._load_from_state_dict(state_dict, prefix, *rest)
        missing: list[str] = rest[2]
        if name in missing:  # saved before there was a digest
            missing.remove(name)

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
            if self._forward_pre_hooks:
                F, N, _ = self._sizes
                self._after_pre_hooks(self._like.new_zeros(1, 1, F), self._like.new_zeros(1, N), 1.0)
            return Stepper(self._runner(), *self._sizes)

    def trace(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> Tensor:
        """Every neuron's state after every sample: (B, T, F), (B, N), elapsed -> (B, T, N).

        Computed in the parameters' type, also under autocast.

        Raises
        ------
        ArgumentError
            When shapes do not fit or ``elapsed`` is a negative number.
        """
        if self._forward_pre_hooks:  # which only a call runs, and which may make the weights
            inputs, state, elapsed = self._after_pre_hooks(inputs, state, elapsed)
        states = self._quickly(inputs, state, elapsed)
        return self._slowly(inputs, state, elapsed) if states is None else torch.from_numpy(states)

    def _after_pre_hooks(self, *arguments: Any) -> tuple[Any, ...]:
        """Run the hooks that a call would run first; return the arguments as they leave them."""
        for number, hook in self._forward_pre_hooks.items():
            if number in self._forward_pre_hooks_with_kwargs:
                found = hook(self, arguments, {})
                arguments = arguments if found is None else found[0]
            else:
                found = hook(self, arguments)
                arguments = arguments if found is None else found if isinstance(found, tuple) else (found,)
        return arguments

    def forward(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> tuple[Tensor, Tensor]:
        """Run over a sequence.

        ``inputs`` (B, T, F), ``state`` (B, N) before the first sample, ``elapsed`` a scalar or (B, T), not negative
        -> the motor neurons (B, T, M) after every sample, and the state (B, N) after the last.
        """
        motor = self._sizes[2]
        found = self._quickly(inputs, state, elapsed)
        if found is not None:
            return torch.from_numpy(found[..., :motor]), torch.from_numpy(found[:, -1].copy())
        states = self._slowly(inputs, state, elapsed)
        return states[..., :motor], states[:, -1].clone()

    def _slowly(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float) -> Tensor:
        """Compute by torch's rules: gradients, any type and device, compilers."""
        self._check(inputs, state, elapsed)
        B, T, _ = inputs.shape
        like = self._like
        elapsed = as_tensor_like(elapsed, like)
        with without_autocast(inputs.device):
            return self._solve(inputs.to(like.dtype), state.to(like.dtype), elapsed.expand(B, T))

    def _quickly(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float) -> NDArray[Any] | None:
        """Run the kernels without asking torch, where nothing is lost by it; else None.

        A step of one car takes a few microseconds; torch needs as many to look at a tensor.
        """
        if not self.fused or torch.is_grad_enabled() or torch.compiler.is_compiling() or not unwatched():
            return None
        parameters = self._known_parameters()
        dtype = self._like.dtype
        if parameters is None or dtype not in (torch.float32, torch.float64):
            return None
        if not all(is_plain(tensor, dtype) for tensor in (inputs, state, *parameters)):
            return None
        self._check(inputs, state, elapsed)
        runner = self._snapshot.current(parameters, self._setting, self._runner)
        if isinstance(elapsed, Tensor):
            gaps = as_array(elapsed.to("cpu", dtype).expand(inputs.shape[:2]))
        else:
            key, (known, gaps) = (*inputs.shape[:2], elapsed, dtype), self._regular
            if key != known:
                gaps = np.full(inputs.shape[:2], elapsed, np.float32 if dtype is torch.float32 else np.float64)
                self._regular = key, gaps
        return runner(as_array(inputs), as_array(state), gaps)

    def _known_parameters(self) -> tuple[Tensor, ...] | None:
        """Return the parameters, if the numbers in the equation follow from them alone; else None.

        They do not where a sub-class computes others (a parametrised cell is one), where hooks make them anew before
        every call (pruning, dropout of weights, spectral norm), or where a parameter was hidden or renamed.
        """
        declared = "_names" in vars(type(self)) and not self._forward_pre_hooks
        if not declared or tuple(self._parameters) != self._names or not vars(self).keys().isdisjoint(self._names):
            return None
        parameters: tuple[Any, ...] = tuple(self._parameters.values())
        return parameters

    def _check(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float) -> None:
        F, N, _ = self._sizes
        for name, value in (("inputs", inputs), ("state", state)):
            if not isinstance(value, Tensor):
                raise ArgumentError(f"{name}: a {type(value).__name__}: allowed is a tensor")
        if inputs.ndim != 3 or inputs.shape[2] != F or inputs.shape[1] < 1:
            raise ArgumentError(f"inputs: shape {tuple(inputs.shape)}: allowed is (B, T, {F}) with T >= 1")
        B, T, _ = inputs.shape
        if state.shape != (B, N):
            raise ArgumentError(f"state: shape {tuple(state.shape)}: allowed is ({B}, {N})")
        check_elapsed(elapsed, B, T)


def check_elapsed(elapsed: Tensor | float, batch: int, samples: int) -> None:
    """See that ``elapsed`` is a number or (batch, samples), finite and not negative.

    Raises
    ------
    ArgumentError
        It is not. Tensors are looked into where that costs nothing: on the CPU, with nobody tracing.
    """
    if isinstance(elapsed, Tensor):
        if elapsed.ndim and elapsed.shape != (batch, samples):
            shape = tuple(elapsed.shape)
            raise ArgumentError(f"elapsed: shape {shape}: allowed is a scalar or ({batch}, {samples})")
        _check_times(elapsed)
    elif not isinstance(elapsed, int | float | np.number):
        raise ArgumentError(f"elapsed: a {type(elapsed).__name__}: allowed is a number or a tensor")
    elif not (elapsed >= 0.0 and math.isfinite(elapsed)):
        raise ArgumentError(f"elapsed={elapsed!r}: allowed are finite numbers >= 0")


def wiring_digest(wiring: Wiring) -> bytes:
    """SHA-256 of what parameters depend on: sizes, roles, synapses and their signs in order; names play no part."""
    roles = ",".join(neuron.role for neuron in wiring.neurons)
    digest = hashlib.sha256(roles.encode())
    for part in (wiring.sources, wiring.targets, wiring.polarities):
        digest.update(part.astype("<i8").tobytes())
    return digest.digest()


def _same(held: object, own: Tensor) -> bool:
    return isinstance(held, Tensor) and held.shape == own.shape and torch.equal(held.cpu(), own)


def _check_times(elapsed: Tensor) -> None:
    """Look at times where that costs nothing: numbers in the CPU's memory."""
    if torch.compiler.is_compiling() or not (is_plain(elapsed, elapsed.dtype) and unwatched()) or not elapsed.numel():
        return
    least, most = (float(end) for end in elapsed.detach().aminmax())
    if not (least >= 0.0 and most < math.inf):
        raise ArgumentError(f"elapsed={least!r}...{most!r}: allowed are finite numbers >= 0")
