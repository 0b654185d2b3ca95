"""Resampling: which units are drawn for each resample, the same on every machine and for every size of chunk."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_whole, require_seed

__all__ = ["draw_orders", "draw_units", "slices"]

_CHUNK_VALUES: Final = 1_000_000


def draw_units(units: int, resamples: int, *, seed: int, stream: str) -> NDArray[np.intp]:
    """Draw ``units`` of as many units with replacement, for each resample: (resamples, units) indices.

    A stream is a name: what is drawn for one does not depend on which others there are, so that a model's interval
    stays when another model joins, and the same name gives the same draw wherever it is used. Fewer resamples are the
    first of more. Made from the raw numbers of PCG64, which numpy keeps the same in every version.

    Raises
    ------
    ArgumentError
        If a number is not positive, or ``seed`` is no seed.
    """
    raw = _raw(units, resamples, seed, stream)
    upper = raw >> np.uint64(32)
    return ((upper * np.uint64(units)) >> np.uint64(32)).astype(np.intp)


def draw_orders(units: int, resamples: int, *, seed: int, stream: str) -> NDArray[np.intp]:
    """Draw an order of the units for each resample: (resamples, units) indices, each once in a row.

    Raises
    ------
    ArgumentError
        As from ``draw_units``.
    """
    return np.argsort(_raw(units, resamples, seed, stream), axis=1, kind="stable")


def slices(resamples: int, chunk: int | None, values: int) -> list[slice]:
    """Cut resamples into chunks of a size, or, of ``None``, into as large ones as hold a million scores or so.

    Parameters
    ----------
    values:
        Scores in one resample.

    Raises
    ------
    ArgumentError
        If ``chunk`` is not positive.
    """
    if chunk is not None and (not is_whole(chunk) or chunk < 1):
        raise ArgumentError(f"chunk={chunk!r}: allowed is a positive whole number")
    size = max(1, _CHUNK_VALUES // values) if chunk is None else chunk
    return [slice(first, min(first + size, resamples)) for first in range(0, resamples, size)]


def _raw(units: int, resamples: int, seed: int, stream: str) -> NDArray[np.uint64]:
    require_seed(seed)
    for name, number in (("units", units), ("resamples", resamples)):
        if not is_whole(number) or number < 1:
            raise ArgumentError(f"{name}={number!r}: allowed is a positive whole number")
    words = np.frombuffer(hashlib.sha256(stream.encode()).digest(), "<u4").tolist()
    raw = np.random.PCG64(np.random.SeedSequence([seed, *words])).random_raw(resamples * units)
    return np.asarray(raw, np.uint64).reshape(resamples, units)
