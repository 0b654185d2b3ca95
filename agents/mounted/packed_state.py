"""PackedState: what a network of others remembers, whatever its shape, as one row of numbers and back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.envs.common.errors import ModelError

__all__ = ["PackedState"]

Numbers = NDArray[np.float32]


class PackedState:
    """A layout that an example of what is remembered has shown.

    A row is one number that tells a car that has seen nothing yet (0) from others (1), then all numbers of the tensors
    or arrays that tuples, lists and dicts hold, in their order; a network without memory has rows of no numbers.

    Parameters
    ----------
    example:
        Tensors, arrays and plain numbers, or tuples, lists and dicts of these; ``None`` of a network without memory.
    name:
        What the network is called in errors.

    Raises
    ------
    ModelError
        It holds something else.
    """

    def __init__(self, example: Any, name: str) -> None:
        self._example, self._name = example, name
        self._shapes = [part.shape for part in self._parts(example)]
        self.size = 0 if example is None else 1 + sum(part.size for part in self._parts(example))

    def pack(self, state: Any) -> Numbers:
        """Return the row (S,) of what is remembered.

        Raises
        ------
        ModelError
            It is of another shape than the example.
        """
        row = np.zeros(self.size, np.float32)
        if state is None:
            return row
        parts = list(self._parts(state))
        shapes = [part.shape for part in parts]
        if shapes != self._shapes:
            raise ModelError(
                f"{self._name}: remembers {_shown(shapes)} now, and {_shown(self._shapes)} before: allowed here is a "
                "memory that keeps its size"
            )
        row[:] = np.concatenate([np.ones(1), *(part.ravel() for part in parts)])
        return row

    def unpack(self, row: Numbers) -> Any:
        """Return what is remembered, of its row (S,)."""
        if not self.size or not row[0]:
            return None
        ends = np.cumsum([math.prod(shape) for shape in self._shapes])
        return _rebuilt(self._example, iter(np.split(row[1:], ends[:-1])))

    def _parts(self, state: Any) -> Iterator[NDArray[Any]]:
        if isinstance(state, Tensor):
            yield state.detach().cpu().double().numpy()
        elif isinstance(state, np.ndarray | float | int):
            yield np.asarray(state, np.float64)
        elif isinstance(state, tuple | list):
            for part in state:
                yield from self._parts(part)
        elif isinstance(state, dict):
            for part in state.values():
                yield from self._parts(part)
        elif state is not None:
            raise ModelError(
                f"{self._name}: remembers a {type(state).__name__}: allowed here are tensors, arrays and numbers, and "
                "tuples, lists and dicts of them"
            )


def _rebuilt(like: Any, numbers: Iterator[Numbers]) -> Any:
    """Fill numbers, an array a part, into the shape of an example."""
    if isinstance(like, Tensor):
        return torch.from_numpy(next(numbers).copy()).reshape(like.shape).to(like.device, like.dtype)
    if isinstance(like, np.ndarray):
        return next(numbers).reshape(like.shape).astype(like.dtype)
    if isinstance(like, float | int):
        return type(like)(next(numbers).item())
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*(_rebuilt(part, numbers) for part in like))
    if isinstance(like, tuple | list):
        return type(like)(_rebuilt(part, numbers) for part in like)
    if isinstance(like, dict):
        return {key: _rebuilt(part, numbers) for key, part in like.items()}
    return None


def _shown(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(map(str, shapes)) or "nothing"
