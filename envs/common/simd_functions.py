"""Functions of lanes: exponential, logarithm, sigmoid, tanh, square root and floor, for kernels.

They are polynomials on a reduced argument, the same for every lane: no call, no table, no branch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from wormdrive.envs.common.simd import FLAGS, LANES, LanesType, compiled

__all__ = ["exp", "floor", "log", "sigmoid", "sqrt", "tanh"]


def _function(make: Callable[[Any, Any, int], Any], bits: tuple[int, ...] = (32, 64)) -> Callable[..., Any]:
    """Turn ``make(builder, lanes, bits)`` into what an intrinsic returns, for numbers of these widths."""

    def typed(value: Any) -> Any:
        if not (isinstance(value, LanesType) and value.scalar.bitwidth in bits):
            return None
        return value(value), lambda _context, builder, _signature, args: make(builder, args[0], value.scalar.bitwidth)

    return typed


@compiled
def exp(_context: Any, value: Any) -> Any:
    """``exp(value)``: to 2e-7 of itself in float32, to 1e-15 in float64; no more than e^87 and e^708; NaN stays NaN."""
    return _function(_exp)(value)


@compiled
def log(_context: Any, value: Any) -> Any:
    """``log(value)``: of float32 above the least normal number, to 2e-7 of itself or of 1."""
    return _function(_log, bits=(32,))(value)


@compiled
def sigmoid(_context: Any, value: Any) -> Any:
    """``sigmoid(value)``: 1 / (1 + exp(-value)); to 1e-7 in float32 and 1e-15 in float64; NaN stays NaN."""
    return _function(_sigmoid)(value)


@compiled
def tanh(_context: Any, value: Any) -> Any:
    """``tanh(value)``: by way of the sigmoid, so to 2e-7 of 1 in float32 and 2e-15 in float64; NaN stays NaN."""
    return _function(_tanh)(value)


@compiled
def sqrt(_context: Any, value: Any) -> Any:
    """``sqrt(value)``: rounded as IEEE 754 has it."""
    return _function(lambda builder, x, bits: _call(builder, "sqrt", x, bits))(value)


@compiled
def floor(_context: Any, value: Any) -> Any:
    """``floor(value)``: the next whole number below."""
    return _function(lambda builder, x, bits: _call(builder, "floor", x, bits))(value)


# exp(r) = 1 + r + r^2 P(r) for |r| <= ln(2) / 2; highest power first. float32: the Cephes library's minimax
# coefficients; float64: the Taylor series, whose rest is below 1e-17 there.
_EXP_COEFFICIENTS = {
    32: (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1),
    64: tuple(1.0 / d for d in (6227020800, 479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6, 2)),
}
# log(1 + r) = r - r^2 / 2 + r^3 P(r) for sqrt(1/2) <= 1 + r < sqrt(2), the Cephes library's too.
_LOG_COEFFICIENTS = (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
    2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
# ln(2) in two parts, so that n * high is exact.
_LN2_HIGH = {32: 0.693359375, 64: 6.93147180369123816490e-01}
_LN2_LOW = {32: -2.12194440e-4, 64: 1.90821492927058770002e-10}
_MANTISSA = {32: 23, 64: 52}
_EXPONENT_BIAS = {32: 127, 64: 1023}
_LARGEST = {32: 87.0, 64: 708.0}


def _real(x: Any, value: float) -> Any:
    return ir.Constant(x.type, [value] * LANES)


def _whole(bits: int, value: int) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(bits), LANES), [value] * LANES)


def _multiply_add(builder: Any, a: Any, b: Any, c: Any) -> Any:
    return builder.fadd(builder.fmul(a, b, flags=FLAGS), c, flags=FLAGS)


def _polynomial(builder: Any, r: Any, coefficients: tuple[float, ...]) -> Any:
    value = _real(r, coefficients[0])
    for coefficient in coefficients[1:]:
        value = _multiply_add(builder, value, r, _real(r, coefficient))
    return value


def _exp_of_minus(builder: Any, x: Any, bits: int) -> tuple[Any, Any]:
    """Two factors of exp(-x): a number near 1, and a power of two."""
    # Clamped with comparisons that are false for NaN.
    limit = _LARGEST[bits]
    x = builder.select(builder.fcmp_ordered(">", x, _real(x, limit)), _real(x, limit), x)
    x = builder.select(builder.fcmp_ordered("<", x, _real(x, -limit)), _real(x, -limit), x)
    # exp(-x) = 2^n exp(r). Adding 1.5 * 2^mantissa rounds to a whole number and leaves n in the lowest bits.
    rounder = _real(x, 1.5 * 2.0 ** _MANTISSA[bits])
    shifted = builder.fadd(builder.fmul(x, _real(x, -1.4426950408889634)), rounder)
    n = builder.fsub(shifted, rounder)
    r = _multiply_add(builder, n, _real(x, -_LN2_HIGH[bits]), builder.fsub(_real(x, 0.0), x))
    r = _multiply_add(builder, n, _real(x, -_LN2_LOW[bits]), r)
    polynomial = _polynomial(builder, r, _EXP_COEFFICIENTS[bits])
    series = _multiply_add(builder, builder.fmul(r, r), polynomial, builder.fadd(r, _real(x, 1.0)))
    exponent = builder.shl(builder.bitcast(shifted, _whole(bits, 0).type), _whole(bits, _MANTISSA[bits]))
    exponent = builder.add(exponent, _whole(bits, _EXPONENT_BIAS[bits] << _MANTISSA[bits]))
    return series, builder.bitcast(exponent, x.type)


def _exp(builder: Any, x: Any, bits: int) -> Any:
    series, power = _exp_of_minus(builder, builder.fsub(_real(x, 0.0), x), bits)
    return builder.fmul(series, power)


def _sigmoid(builder: Any, x: Any, bits: int) -> Any:
    series, power = _exp_of_minus(builder, x, bits)
    return builder.fdiv(_real(x, 1.0), _multiply_add(builder, series, power, _real(x, 1.0)))


def _tanh(builder: Any, x: Any, bits: int) -> Any:
    rising = _sigmoid(builder, builder.fmul(x, _real(x, 2.0)), bits)
    return _multiply_add(builder, rising, _real(x, 2.0), _real(x, -1.0))


def _log(builder: Any, x: Any, bits: int) -> Any:
    # x = 2^n m with m from sqrt(1/2) to sqrt(2): subtracting the bits of sqrt(1/2) first puts the cut there.
    least = 0x3F3504F3
    integer = builder.bitcast(x, _whole(bits, 0).type)
    above = builder.sub(integer, _whole(bits, least))
    n = builder.sitofp(builder.ashr(above, _whole(bits, _MANTISSA[bits])), x.type)
    mantissa = builder.add(builder.and_(above, _whole(bits, 0x7FFFFF)), _whole(bits, least))
    r = builder.fsub(builder.bitcast(mantissa, x.type), _real(x, 1.0))
    square = builder.fmul(r, r)
    rest = builder.fmul(builder.fmul(r, square), _polynomial(builder, r, _LOG_COEFFICIENTS))
    rest = _multiply_add(builder, n, _real(x, _LN2_LOW[bits]), rest)
    rest = _multiply_add(builder, square, _real(x, -0.5), rest)
    return _multiply_add(builder, n, _real(x, _LN2_HIGH[bits]), builder.fadd(r, rest))


def _call(builder: Any, name: str, x: Any, bits: int) -> Any:
    kind = ir.FunctionType(x.type, [x.type])
    return builder.call(
        cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}f{bits}"),  # type: ignore[no-untyped-call]
        [x],
    )
