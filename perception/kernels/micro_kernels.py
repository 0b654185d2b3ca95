"""Micro-kernels: the inner loops in which convolutions spend their time, unrolled so that sums stay in registers.

They make sums of products in vectors of ``WIDTH`` lanes: ``multiply_tile`` and ``multiply_dots`` sum over a window's
inputs, the one with outputs as lanes and the other with inputs; ``multiply_outer`` sums over pixels. How many sums are
kept at once is chosen so that they fill the processor's registers and do not spill: AVX-512 has 32 of 16 numbers; AVX2
has 16 of 8, NEON 32 of 4.

They are written as LLVM code: numba cannot unroll loops over variables.
"""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import binding, ir
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["PIXELS", "ROWS", "VECTORS", "WIDTH", "multiply_dots", "multiply_outer", "multiply_tile"]


def _has_avx512() -> bool:
    """Whether numba compiles for AVX-512; its variables may choose another processor than this one."""
    settings: Any = numba.config
    if settings.CPU_FEATURES is not None:
        return "+avx512f" in settings.CPU_FEATURES.split(",")
    return settings.CPU_NAME is None and bool(binding.get_host_cpu_features().get("avx512f"))


WIDTH, VECTORS = (16, 4) if _has_avx512() else (8, 2)
"""Lanes of a vector, and most vectors side by side that a micro-kernel takes."""
PIXELS = 6
"""Pixels of a tile: with each vector a register of sums, beside one for each vector and one for the number."""
ROWS = 4
"""Numbers at a time in ``multiply_outer``."""

_FLAGS = ("contract",)
_INDEX = ir.IntType(64)
_VECTOR = ir.VectorType(ir.FloatType(), WIDTH)
_COUNT = types.intp


def _compiled(function: Any) -> Any:
    """Apply numba's ``intrinsic``, which hides from type checkers that callers leave out the first argument."""
    return intrinsic(function)


class _Writer:
    """Writes LLVM code for one call of a micro-kernel: loads, stores and indices of its arguments."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any) -> None:
        self.context, self.builder, self.signature, self.args = context, builder, signature, args

    def data(self, number: int) -> Any:
        """Pointer to the first element of an array argument."""
        array = self.context.make_array(self.signature.args[number])
        return array(self.context, self.builder, self.args[number]).data

    def plus(self, index: Any, more: Any) -> Any:
        return self.builder.add(index, _INDEX(more) if isinstance(more, int) else more)

    def times(self, index: Any, factor: Any) -> Any:
        return self.builder.mul(index, _INDEX(factor) if isinstance(factor, int) else factor)

    def element(self, pointer: Any, index: Any) -> Any:
        return self.builder.load(self.builder.gep(pointer, [index]))

    def repeated(self, pointer: Any, index: Any) -> Any:
        """One number in every lane."""
        first = self.builder.insert_element(
            ir.Constant(_VECTOR, ir.Undefined), self.element(pointer, index), ir.Constant(ir.IntType(32), 0)
        )
        everywhere = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
        return self.builder.shuffle_vector(first, first, everywhere)

    def vector(self, pointer: Any, index: Any) -> Any:
        return self.builder.load(self._place(pointer, index), align=4)

    def put(self, vector: Any, pointer: Any, index: Any) -> None:
        self.builder.store(vector, self._place(pointer, index), align=4)

    def _place(self, pointer: Any, index: Any) -> Any:
        return self.builder.bitcast(self.builder.gep(pointer, [index]), _VECTOR.as_pointer())

    def variable(self, value: Any) -> Any:
        return cgutils.alloca_once_value(self.builder, value)  # type: ignore[no-untyped-call]

    def add_product(self, variable: Any, a: Any, b: Any) -> None:
        builder = self.builder
        product = builder.fmul(a, b, flags=_FLAGS)
        builder.store(builder.fadd(builder.load(variable), product, flags=_FLAGS), variable)

    def total(self, vector: Any) -> Any:
        """Sum over lanes: halves are added until one number is left."""
        builder, count = self.builder, WIDTH
        while count > 1:
            count //= 2
            low, high = (
                builder.shuffle_vector(
                    vector, vector, ir.Constant(ir.VectorType(ir.IntType(32), count), list(range(first, first + count)))
                )
                for first in (0, count)
            )
            vector = builder.fadd(low, high)
        return builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))


class _Sums:
    """Rows x vectors of sums: taken from memory, kept in registers, put into memory."""

    def __init__(self, write: _Writer, pointer: Any, at: Any, pitch: Any, rows: int, vectors: int) -> None:
        self._write = write
        self.variables = [
            [write.variable(write.vector(pointer, place)) for place in row]
            for row in self._places(at, pitch, rows, vectors)
        ]

    def put(self, pointer: Any, at: Any, pitch: Any) -> None:
        places = self._places(at, pitch, len(self.variables), len(self.variables[0]))
        for row, row_places in zip(self.variables, places, strict=True):
            for variable, place in zip(row, row_places, strict=True):
                self._write.put(self._write.builder.load(variable), pointer, place)

    def _places(self, at: Any, pitch: Any, rows: int, vectors: int) -> list[list[Any]]:
        write = self._write
        begins = [write.plus(at, write.times(pitch, row)) for row in range(rows)]
        return [[write.plus(begin, WIDTH * v) for v in range(vectors)] for begin in begins]


@_compiled
def multiply_tile(
    _context: Any, source: Any, reads: Any, first: Any, shift: Any, rows: Any, row_pitch: Any, run: Any,
    weights: Any, weights_at: Any, sums: Any, start_at: Any, start_pitch: Any, sums_at: Any, pitch: Any, vectors: Any,
) -> Any:  # fmt: skip
    """Make the sums of ``PIXELS`` pixels, each of ``vectors`` vectors of lanes, over a window's ``rows`` and ``run``.

    ``sums[sums_at + p * pitch + lane] = sums[start_at + p * start_pitch + lane]`` and, for each row and k, ``+
    source[reads[first + p] + shift + row * row_pitch + k] * weights[...]``, where the weights lie in the order row, k,
    lane from ``weights_at`` on.
    """
    if not all(isinstance(array, types.Array) for array in (source, reads, weights, sums)):
        return None
    signature = types.none(source, reads, *[_COUNT] * 5, weights, _COUNT, sums, *[_COUNT] * 5)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        write = _Writer(context, builder, signature, args)
        first, shift, rows, row_pitch, run = args[2:7]
        for count in range(1, VECTORS + 1):
            with builder.if_then(builder.icmp_signed("==", args[14], _INDEX(count))):
                starts = [write.plus(write.element(write.data(1), write.plus(first, p)), shift) for p in range(PIXELS)]
                pixels = [builder.gep(write.data(0), [start]) for start in starts]
                sums = _Sums(write, write.data(9), args[10], args[11], PIXELS, count)
                with cgutils.for_range(builder, rows, intp=_INDEX) as row:
                    begin = write.times(row.index, row_pitch)
                    weights = write.plus(args[8], write.times(write.times(row.index, run), WIDTH * count))
                    with cgutils.for_range(builder, run, intp=_INDEX) as k:
                        here = write.plus(weights, write.times(k.index, WIDTH * count))
                        weight = [write.vector(write.data(7), write.plus(here, WIDTH * v)) for v in range(count)]
                        for pixel, variables in zip(pixels, sums.variables, strict=True):
                            number = write.repeated(pixel, write.plus(begin, k.index))
                            for v, variable in enumerate(variables):
                                write.add_product(variable, number, weight[v])
                sums.put(write.data(9), args[12], args[13])
        return context.get_dummy_value()

    return signature, code


@_compiled
def multiply_dots(
    _context: Any, source: Any, reads: Any, first: Any, shift: Any, rows: Any, row_pitch: Any, run: Any,
    weights: Any, weights_at: Any, sums: Any, start_at: Any, sums_at: Any, pitch: Any,
) -> Any:  # fmt: skip
    """Make the sums of ``PIXELS`` pixels, each of ``VECTORS`` lanes only, with a vector of a window's inputs at once.

    As ``multiply_tile`` with ``start_pitch`` 0; but a run's weights are filled up with zeros to whole vectors, and a
    vector for each lane lie side by side: in the order row, k // ``WIDTH``, lane, k % ``WIDTH``. What is read behind a
    run is finite.
    """
    if not all(isinstance(array, types.Array) for array in (source, reads, weights, sums)):
        return None
    signature = types.none(source, reads, *[_COUNT] * 5, weights, _COUNT, sums, *[_COUNT] * 4)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        write = _Writer(context, builder, signature, args)
        first, shift, rows, row_pitch = args[2:6]
        steps = builder.sdiv(write.plus(args[6], WIDTH - 1), _INDEX(WIDTH))
        starts = [write.plus(write.element(write.data(1), write.plus(first, p)), shift) for p in range(PIXELS)]
        pixels = [builder.gep(write.data(0), [start]) for start in starts]
        zero = ir.Constant(_VECTOR, [0.0] * WIDTH)
        sums = [[write.variable(zero) for _ in range(VECTORS)] for _ in range(PIXELS)]
        with cgutils.for_range(builder, rows, intp=_INDEX) as row:
            begin = write.times(row.index, row_pitch)
            weights = write.plus(args[8], write.times(write.times(row.index, steps), WIDTH * VECTORS))
            with cgutils.for_range(builder, steps, intp=_INDEX) as step:
                here = write.plus(weights, write.times(step.index, WIDTH * VECTORS))
                weight = [write.vector(write.data(7), write.plus(here, WIDTH * v)) for v in range(VECTORS)]
                for pixel, variables in zip(pixels, sums, strict=True):
                    inputs = write.vector(pixel, write.plus(begin, write.times(step.index, WIDTH)))
                    for v, variable in enumerate(variables):
                        write.add_product(variable, inputs, weight[v])
        for p, variables in enumerate(sums):
            for v, variable in enumerate(variables):
                start = write.element(write.data(9), write.plus(args[10], v))
                place = write.plus(write.plus(args[11], write.times(args[12], p)), v)
                total = builder.fadd(start, write.total(builder.load(variable)))
                builder.store(total, builder.gep(write.data(9), [place]))
        return context.get_dummy_value()

    return signature, code


@_compiled
def multiply_outer(
    _context: Any, numbers: Any, number_reads: Any, offsets: Any, first_offset: Any,
    lanes: Any, lane_reads: Any, shift: Any, first: Any, last: Any, sums: Any, sums_at: Any, pitch: Any, vectors: Any,
) -> Any:  # fmt: skip
    """Add outer products to ``ROWS`` rows of sums of ``vectors`` vectors of lanes, over pixels ``first`` to ``last``.

    ``sums[sums_at + r * pitch + lane] += numbers[number_reads[pixel] + offsets[first_offset + r]]
    * lanes[lane_reads[pixel] + shift + lane]``.
    """
    if not all(isinstance(array, types.Array) for array in (numbers, number_reads, offsets, lanes, lane_reads, sums)):
        return None
    signature = types.none(
        numbers, number_reads, offsets, _COUNT, lanes, lane_reads, *[_COUNT] * 3, sums, *[_COUNT] * 3
    )

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        write = _Writer(context, builder, signature, args)
        first_offset, shift, first, last = args[3], args[6], args[7], args[8]
        at, pitch, vectors = args[10:13]
        for count in range(1, VECTORS + 1):
            with builder.if_then(builder.icmp_signed("==", vectors, _INDEX(count))):
                offsets = [write.element(write.data(2), write.plus(first_offset, r)) for r in range(ROWS)]
                rows = [builder.gep(write.data(0), [offset]) for offset in offsets]
                lanes = builder.gep(write.data(4), [shift])
                sums = _Sums(write, write.data(9), at, pitch, ROWS, count)
                with cgutils.for_range_slice(builder, first, last, _INDEX(1), intp=_INDEX) as (pixel, _):
                    number_at = write.element(write.data(1), pixel)
                    lanes_at = write.element(write.data(5), pixel)
                    vector = [write.vector(lanes, write.plus(lanes_at, WIDTH * v)) for v in range(count)]
                    for row, variables in zip(rows, sums.variables, strict=True):
                        number = write.repeated(row, number_at)
                        for v, variable in enumerate(variables):
                            write.add_product(variable, number, vector[v])
                sums.put(write.data(9), at, pitch)
        return context.get_dummy_value()

    return signature, code
