"""The exponential in single precision, written so that a compiler turns loops over it into vector instructions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

FAST = {"contract", "nnan", "ninf", "nsz", "arcp"}
"""What a compiler may assume: fused multiply-add, no nan or infinity. It may not reorder sums, so results don't depend on it."""

_INT = ir.IntType(32)
_LOG2_E = np.float32(1 / math.log(2))
_LN2_HIGH = np.float32(0.693359375)  # few bits, so that whole multiples are exact
_LN2_LOW = np.float32(math.log(2) - 0.693359375)
_ROUNDER = np.float32(1.5 * 2**23)  # adding it leaves no bits behind the point
_MOST = np.float32(88.0)  # e^88 is 1.7e38, the largest float32 is 3.4e38
_LEAST = np.float32(-87.0)  # e^-87 is 1.6e-38, the smallest normal float32 is 1.2e-38
_ONE = np.float32(1)
_TWO = np.float32(2)
_C2, _C3, _C4, _C5, _C6 = (np.float32(1 / math.factorial(power)) for power in range(2, 7))


@intrinsic
def power_of_two(typingctx: Any, whole: Any) -> Any:  # noqa: ARG001 - numba's signature
    """Return 2 to the power of a whole float32 in [-126, 127], by writing its exponent's bits."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001 - numba's signature
        exponent = builder.add(builder.fptosi(args[0], _INT), ir.Constant(_INT, 127))
        return builder.bitcast(builder.shl(exponent, ir.Constant(_INT, 23)), ir.FloatType())

    return types.float32(types.float32), codegen


@njit(fastmath=FAST, error_model="numpy", inline="always")
def exponential(x: Any) -> Any:
    """Return e^x of a float32, within 3e-7 of it relatively; x is held to [-87, 88].

    x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite 1980, chapter 6: ln 2 in two parts), e^r by its Taylor polynomial of degree 6.
    """
    x = max(min(x, _MOST), _LEAST)
    whole = (x * _LOG2_E + _ROUNDER) - _ROUNDER
    rest = (x - whole * _LN2_HIGH) - whole * _LN2_LOW
    tail = (((_C6 * rest + _C5) * rest + _C4) * rest + _C3) * rest + _C2
    return (tail * rest * rest + rest + _ONE) * power_of_two(whole)


@njit(fastmath=FAST, error_model="numpy", inline="always")
def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + e^-x) of a float32."""
    return _ONE / (_ONE + exponential(-x))


@njit(fastmath=FAST, error_model="numpy", inline="always")
def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent of a float32 as 2 sigmoid(2x) - 1: within 2e-7, absolutely."""
    return _TWO / (_ONE + exponential(-_TWO * x)) - _ONE
