"""The products of a full conditional and where a random number falls among them, in vector instructions.

Loops that write products, sum them up and search them at once are not vectorised by compilers, so the instructions are written here
(as LLVM's, whatever processor they become). Topics are dealt to 16 lanes, topic k to lane k mod 16: sums then need no shuffling until the
end, and a search looks through one lane only. The order of topics in a cumulative sum doesn't change what is drawn.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 16
_HALF = 8
_I32, _I64, _F32 = ir.IntType(32), ir.IntType(64), ir.FloatType()
_VECTOR = ir.VectorType(_F32, _HALF)
SUMS = 24
"""Length of the array that takes the cumulative sums of lanes."""


@intrinsic
def products(
    typingctx: Any,  # noqa: ARG001 - numba's signature
    counts: Any,
    offset: Any,  # noqa: ARG001
    alpha: Any,
    weights: Any,
    out: Any,
    sums: Any,
    width: Any,  # noqa: ARG001
    share: Any,  # noqa: ARG001
) -> Any:
    """Write (counts[offset + k] + alpha[k]) weights[k] to out[k]; return the lane that a share of their sum falls into.

    Args:
        typingctx: numba's.
        counts: uint16 or int32, flat.
        offset: where the document's counts start.
        alpha: float32, shape (width,).
        weights: float32, shape (width,).
        out: float32, shape (width,).
        sums: float32, shape (24,), whose first 8 are 0; the lanes' cumulative sums are written behind them.
        width: number of topics, rounded up to a multiple of 16.
        share: float32 in [0, 1].

    Returns:
        The lane (16 where rounding left none), what of share times the sum lies in it, and the sum.
    """
    signature = types.Tuple((types.int64, types.float32, types.float32))(
        counts, types.int64, alpha, weights, out, sums, types.int64, types.float32
    )
    integer = ir.IntType(counts.dtype.bitwidth)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def data(position: int) -> Any:
            return context.make_array(signature.args[position])(context, builder, args[position]).data

        counted = builder.gep(data(0), [args[1]])
        prior, weight, written, cumulative = data(2), data(3), data(4), data(5)
        start, body, end = (
            builder.block,
            builder.append_basic_block("products"),
            builder.append_basic_block("lanes"),
        )
        steps = builder.ashr(args[6], ir.Constant(_I64, 4))
        builder.branch(body)
        builder.position_at_end(body)
        step = builder.phi(_I64)
        totals = [builder.phi(_VECTOR), builder.phi(_VECTOR)]
        step.add_incoming(ir.Constant(_I64, 0), start)
        added = []
        for half, total in enumerate(totals):
            total.add_incoming(_zeros(), start)
            index = builder.add(builder.shl(step, ir.Constant(_I64, 4)), ir.Constant(_I64, half * _HALF))
            count = _load(builder, counted, index, ir.VectorType(integer, _HALF))
            if integer.width < _I32.width:
                count = builder.zext(count, ir.VectorType(_I32, _HALF))
            known = builder.fadd(builder.sitofp(count, _VECTOR), _load(builder, prior, index, _VECTOR))
            product = builder.fmul(known, _load(builder, weight, index, _VECTOR))
            _store(builder, product, written, index)
            added.append(builder.fadd(total, product))
        following = builder.add(step, ir.Constant(_I64, 1))
        step.add_incoming(following, body)
        for total, value in zip(totals, added, strict=True):
            total.add_incoming(value, body)
        builder.cbranch(builder.icmp_signed("<", following, steps), body, end)

        builder.position_at_end(end)
        first, second = _scanned(builder, added[0]), _scanned(builder, added[1])
        second = builder.fadd(second, _shuffled(builder, first, [_HALF - 1] * _HALF))
        whole = builder.extract_element(second, ir.Constant(_I32, _HALF - 1))
        reach = builder.fmul(args[7], whole)
        _store(builder, first, cumulative, ir.Constant(_I64, _HALF))
        _store(builder, second, cumulative, ir.Constant(_I64, 2 * _HALF))
        lane = builder.add(_passed(builder, first, reach), _passed(builder, second, reach))
        before = builder.load(builder.gep(cumulative, [builder.add(lane, ir.Constant(_I64, _HALF - 1))]))
        return context.make_tuple(builder, signature.return_type, [lane, builder.fsub(reach, before), whole])

    return signature, codegen


def _zeros() -> Any:
    return ir.Constant(_VECTOR, [0.0] * _HALF)


def _load(builder: Any, pointer: Any, index: Any, kind: Any) -> Any:
    place = builder.bitcast(builder.gep(pointer, [index]), kind.as_pointer())
    loaded = builder.load(place)
    loaded.align = 4 if kind is _VECTOR else kind.element.width // 8
    return loaded


def _store(builder: Any, value: Any, pointer: Any, index: Any) -> None:
    place = builder.bitcast(builder.gep(pointer, [index]), value.type.as_pointer())
    builder.store(value, place).align = 4


def _shuffled(builder: Any, value: Any, mask: list[int]) -> Any:
    return builder.shuffle_vector(value, _zeros(), ir.Constant(ir.VectorType(_I32, _HALF), mask))


def _scanned(builder: Any, value: Any) -> Any:
    """Return the cumulative sums of eight numbers, in three steps (Hillis and Steele 1986)."""
    for step in (1, 2, 4):
        mask = [_HALF if place < step else place - step for place in range(_HALF)]
        value = builder.fadd(value, _shuffled(builder, value, mask))
    return value


def _passed(builder: Any, cumulative: Any, reach: Any) -> Any:
    """Return how many of eight cumulative sums are not above `reach`."""
    spread = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), reach, ir.Constant(_I32, 0))
    spread = _shuffled(builder, spread, [0] * _HALF)
    below = builder.bitcast(builder.fcmp_ordered("<=", cumulative, spread), ir.IntType(_HALF))
    return builder.zext(builder.ctpop(below), _I64)
