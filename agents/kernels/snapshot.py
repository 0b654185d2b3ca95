"""Snapshot: what kernels want to know of a cell, made anew only when a number in it has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from numpy.typing import NDArray
from torch import Tensor

__all__ = ["Snapshot"]

Prepared = TypeVar("Prepared")


class Snapshot(Generic[Prepared]):
    """Keeps what was prepared from some tensors (contiguous, on the CPU) for as long as their content stays the same.

    Contents are compared, at a microsecond, rather than version counters: those miss what is written through ``.data``,
    another view or NumPy. Copies and pickles of a snapshot begin empty.
    """

    def __init__(self) -> None:
        self._tensors: tuple[Tensor, ...] = ()
        self._setting = 0
        self._addresses: tuple[int, ...] = ()
        self._views: tuple[NDArray[Any], ...] = ()
        self._content: tuple[bytes, ...] = ()
        self._prepared: Prepared | None = None

    def current(self, tensors: tuple[Tensor, ...], setting: int, prepare: Callable[[], Prepared]) -> Prepared:
        """Give what ``prepare`` gave for the present content of ``tensors`` and this ``setting``."""
        same = len(tensors) == len(self._tensors) and setting == self._setting
        for a, b, address in zip(tensors, self._tensors, self._addresses, strict=False):
            same = same and a is b and a.data_ptr() == address
        if not same:
            self._tensors, self._setting = tensors, setting
            self._addresses = tuple(tensor.data_ptr() for tensor in tensors)
            self._views = tuple(tensor.detach().numpy() for tensor in tensors)
        content = tuple([view.tobytes() for view in self._views])
        if self._prepared is None or not same or content != self._content:
            self._prepared = prepare()
            self._content = content
        return self._prepared

    def __reduce__(self) -> tuple[type[Snapshot[Prepared]], tuple[()]]:
        return Snapshot, ()
