"""Atomic counter: a number that threads raise at once, inside compiled functions; each is given another value."""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic

__all__ = ["fetch_add"]


def _fetch_add(_context: Any, counters: Any, index: Any, amount: Any) -> Any:
    """``fetch_add(counters, index, amount)``: add to one of (n,) int64 counters; returns what it was before."""
    if not (isinstance(counters, types.Array) and counters.ndim == 1 and counters.dtype == types.int64):
        return None

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        place = context.cast(builder, args[1], signature.args[1], types.intp)
        value = context.cast(builder, args[2], signature.args[2], types.int64)
        return builder.atomic_rmw("add", builder.gep(array.data, [place]), value, "seq_cst")

    return types.int64(counters, index, amount), code


fetch_add: Any = intrinsic(_fetch_add)
"""``fetch_add(counters, index, amount)``, see above."""
