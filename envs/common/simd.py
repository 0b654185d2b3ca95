"""SIMD: explicit SIMD for numba. One value is ``LANES`` numbers side by side: of as many cars, pixels or channels.

numba has no vector type, and LLVM does not vectorise loops over many arrays that might overlap. Here is a type
``<16 x float32>`` or ``<16 x float64>`` with ``+ - * /``, ``load``, ``store``, ``store_first``, ``fill``,
``where_positive`` and ``total``, and the functions of ``simd_functions``; LLVM maps it onto whatever registers the
processor has (one of AVX-512, two of AVX2, four of NEON). It exists inside compiled functions only.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

__all__ = ["FLAGS", "LANES", "LanesType", "compiled", "fill", "load", "store", "store_first", "total", "where_positive"]

LANES = 16

# A product and a sum may be contracted to one fused instruction where there is one; nothing else is relaxed.
FLAGS = ("contract",)


class LanesType(types.Type):
    """``LANES`` numbers of type ``scalar``."""

    def __init__(self, scalar: types.Float) -> None:
        self.scalar = scalar
        super().__init__(f"Lanes({scalar})")


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, lanes: LanesType) -> None:
        element = manager.lookup(lanes.scalar).get_value_type()
        super().__init__(manager, lanes, ir.VectorType(element, LANES))  # type: ignore[no-untyped-call]


def compiled(function: Any) -> Any:
    """Apply numba's ``intrinsic``, which hides from type checkers that callers leave out the first argument."""
    return intrinsic(function)


_typing_of: Any = type_callable
_lowering_of: Any = lower_builtin


def _define_operator(function: Any, instruction: str) -> None:
    @_typing_of(function)
    def typer(_context: Any) -> Any:
        def signature(left: Any, right: Any) -> Any:
            return left if isinstance(left, LanesType) and left == right else None

        return signature

    @_lowering_of(function, LanesType, LanesType)
    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args, flags=FLAGS)


for _function, _instruction in (
    (operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.truediv, "fdiv"),
):  # fmt: skip
    _define_operator(_function, _instruction)


@compiled
def load(_context: Any, array: Any, offset: Any) -> Any:
    """``load(array, offset)``: the 16 numbers of a flat array from ``offset`` on."""
    if not _is_flat(array):
        return None
    lanes = LanesType(array.dtype)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_pointer(context, builder, signature, args), align=array.dtype.bitwidth // 8)

    return lanes(array, offset), code


@compiled
def store(_context: Any, array: Any, offset: Any, value: Any) -> Any:
    """``store(array, offset, value)``: put 16 numbers into a flat array from ``offset`` on."""
    if not (_is_flat(array) and isinstance(value, LanesType) and value.scalar == array.dtype):
        return None

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _pointer(context, builder, signature, args), align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.none(array, offset, value), code


@compiled
def store_first(_context: Any, array: Any, offset: Any, value: Any, count: Any) -> Any:
    """``store_first(array, offset, value, count)``: put the first ``count`` of 16 numbers, and touch nothing behind."""
    if not (_is_flat(array) and isinstance(value, LanesType) and value.scalar == array.dtype):
        return None

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer, numbers = _pointer(context, builder, signature, args), args[2]
        integers = ir.VectorType(ir.IntType(32), LANES)
        limit = _repeat(builder, builder.trunc(context.cast(builder, args[3], count, types.intp), ir.IntType(32)))
        mask = builder.icmp_signed("<", ir.Constant(integers, list(range(LANES))), limit)
        align = ir.Constant(ir.IntType(32), array.dtype.bitwidth // 8)
        kind = ir.FunctionType(ir.VoidType(), [numbers.type, pointer.type, align.type, mask.type])
        name = f"llvm.masked.store.v{LANES}f{array.dtype.bitwidth}.p0"
        masked = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
        builder.call(masked, [numbers, pointer, align, mask])
        return context.get_dummy_value()

    return types.none(array, offset, value, count), code


@compiled
def fill(_context: Any, scalar: Any) -> Any:
    """``fill(scalar)``: the same number in every lane."""
    if not isinstance(scalar, types.Float):
        return None

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _repeat(builder, args[0])

    return LanesType(scalar)(scalar), code


@compiled
def where_positive(_context: Any, test: Any, yes: Any, no: Any) -> Any:
    """``where_positive(test, yes, no)``: lanes of ``yes`` where ``test`` is above zero or NaN, else those of ``no``."""
    if not (isinstance(test, LanesType) and test == yes == no):
        return None

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = ir.Constant(args[0].type, [0.0] * LANES)
        return builder.select(builder.fcmp_unordered(">", args[0], zero), args[1], args[2])

    return test(test, yes, no), code


@compiled
def total(_context: Any, value: Any) -> Any:
    """``total(value)``: the sum over lanes, always added in the same order."""
    if not isinstance(value, LanesType):
        return None

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        parts = [builder.extract_element(args[0], ir.Constant(ir.IntType(32), i)) for i in range(LANES)]
        while len(parts) > 1:
            parts = [builder.fadd(a, b) for a, b in zip(parts[::2], parts[1::2], strict=True)]
        return parts[0]

    return value.scalar(value), code


def _repeat(builder: Any, scalar: Any) -> Any:
    vector = ir.VectorType(scalar.type, LANES)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, first, mask)


def _is_flat(array: Any) -> bool:
    return isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C"


def _pointer(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    array, offset = signature.args[:2]
    data = context.make_array(array)(context, builder, args[0]).data
    index = context.cast(builder, args[1], offset, types.intp)
    start = builder.gep(data, [index])
    return builder.bitcast(start, ir.VectorType(start.type.pointee, LANES).as_pointer())
