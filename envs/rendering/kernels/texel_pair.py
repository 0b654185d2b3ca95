# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="misc"
"""Texel pair: a texel and its right neighbour in one fetch.

Textures hold 32-bit texels. A 64-bit load at any texel's address brings two of them, which halves the fetches of
bilinear filtering without doubling the texture; numpy has no such view, so the load is spelled out for LLVM.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

__all__ = ["load_pair"]


def _load_pair(typing_context, texels, index):
    """Return ``texels[index] | texels[index + 1] << 32`` of an array of uint32; nothing is checked."""
    signature = types.uint64(texels, index)

    def generate(context, builder, signature, arguments):
        data = make_array(signature.args[0])(context, builder, arguments[0]).data
        at = builder.gep(data, [builder.zext(arguments[1], ir.IntType(64))], inbounds=True)
        word = builder.load(builder.bitcast(at, ir.IntType(64).as_pointer()))
        word.align = 4  # bytes: texels lie anywhere
        return word

    return signature, generate


load_pair: Any = intrinsic(_load_pair)
