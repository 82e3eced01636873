"""Products of a few rows with a matrix, in vector instructions: what an LSTM does from step to step.

Libraries are made for large matrices, reach two thirds of a processor's peak on the 32 rows of a batch, and can't be called from compiled code.
Here the matrix is laid out once a window in panels two vectors wide; a tile of up to six rows and one panel stays in registers (12 for
sums, 2 for the panel, 1 for the row) while all its products are summed. The terms of a sum are added in their order, whatever the
tile, so results don't depend on how rows are dealt to threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

_HALF = 16 if get_host_cpu_features().get("avx512f", False) else 8
"""Numbers in a vector register."""
PANEL = 2 * _HALF
"""Columns of a panel."""
ROWS = 6
"""Most rows of a tile."""
_FLOAT, _INT = ir.FloatType(), ir.IntType(64)
_VECTOR = ir.VectorType(_FLOAT, _HALF)

_Floats = NDArray[np.float32]


def packed(matrix: _Floats) -> _Floats:
    """Return a matrix in panels, shape (panels, terms, PANEL); the last panel is filled up with zeros.

    Args:
        matrix: shape (terms, columns).

    Example:
        >>> panels = packed(np.arange(100, dtype=np.float32).reshape(2, 50))
        >>> panels[1, 1, :2].tolist() == [50.0 + PANEL, 51.0 + PANEL], panels[-1, 0, -1].item()
        (True, 0.0)
    """
    terms, columns = matrix.shape
    count = -(-columns // PANEL)
    if columns % PANEL:
        whole = np.zeros((terms, count * PANEL), np.float32)
        whole[:, :columns] = matrix
        matrix = whole
    panels: _Floats = np.empty((count, terms, PANEL), np.float32)
    np.copyto(panels, matrix.T.reshape(count, PANEL, terms).transpose(0, 2, 1))
    return panels


@njit(nogil=True, cache=True)
def multiply(left: _Floats, panels: _Floats, out: _Floats, first: int, last: int, add: bool) -> None:
    """Write rows [first, last) of left times the matrix in panels to `out`, or add them to it.

    Args:
        left: shape (rows, terms), contiguous.
        panels: what `packed` returned, shape (panels, terms, PANEL).
        out: shape (rows, columns), contiguous.
        first: first row.
        last: the row after the last.
        add: whether `out` is added to.
    """
    terms = left.shape[1]
    columns = out.shape[1]
    tiles = (last - first + ROWS - 1) // ROWS
    edge = np.empty((ROWS, PANEL), np.float32)
    for panel in range(panels.shape[0]):
        wide = min(PANEL, columns - panel * PANEL)
        row = first
        for tile in range(tiles):
            rows = (last - row) // (tiles - tile)
            if wide == PANEL:
                _tile(
                    rows,
                    left,
                    row * terms,
                    panels,
                    panel * terms * PANEL,
                    terms,
                    out,
                    row * columns + panel * PANEL,
                    columns,
                    add,
                )
            else:
                _tile(rows, left, row * terms, panels, panel * terms * PANEL, terms, edge, 0, PANEL, False)
                for r in range(rows):
                    for c in range(wide):
                        before = out[row + r, panel * PANEL + c] if add else np.float32(0)
                        out[row + r, panel * PANEL + c] = before + edge[r, c]
            row += rows


def _tile_of(rows: int) -> Any:
    """Return the compiled tile of a number of rows."""

    @intrinsic
    def tile(
        typingctx: Any,  # noqa: ARG001 - numba's signature
        left: Any,
        left_at: Any,  # noqa: ARG001
        panels: Any,
        panel_at: Any,  # noqa: ARG001
        terms: Any,  # noqa: ARG001
        out: Any,
        out_at: Any,  # noqa: ARG001
        out_stride: Any,  # noqa: ARG001
        add: Any,  # noqa: ARG001
    ) -> Any:
        signature = types.void(
            left, types.int64, panels, types.int64, types.int64, out, types.int64, types.int64, types.boolean
        )
        return signature, _codegen(rows)

    return tile


def _codegen(rows: int) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def data(position: int) -> Any:
            return context.make_array(signature.args[position])(context, builder, args[position]).data

        left, panel, out = (builder.gep(data(at), [args[at + 1]]) for at in (0, 2, 5))
        terms, stride, add = args[4], args[7], args[8]
        fused = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_VECTOR, [_VECTOR] * 3), f"llvm.fmuladd.v{_HALF}f32"
        )
        zero, one = ir.Constant(_INT, 0), ir.Constant(_INT, 1)
        before, loop, after = (
            builder.block,
            builder.append_basic_block("terms"),
            builder.append_basic_block("write"),
        )
        builder.branch(loop)
        builder.position_at_end(loop)
        term = builder.phi(_INT)
        term.add_incoming(zero, before)
        sums = [[builder.phi(_VECTOR) for _ in range(2)] for _ in range(rows)]
        place = builder.mul(term, ir.Constant(_INT, PANEL))
        columns = [
            builder.load(
                _vector_at(builder, panel, builder.add(place, ir.Constant(_INT, half * _HALF))), align=4
            )
            for half in range(2)
        ]
        for row in range(rows):
            at = builder.add(builder.mul(ir.Constant(_INT, row), terms), term)
            value = builder.load(builder.gep(left, [at]))
            spread = _spread(builder, value)
            for half in range(2):
                total = sums[row][half]
                total.add_incoming(ir.Constant(_VECTOR, [0.0] * _HALF), before)
                total.add_incoming(builder.call(fused, [spread, columns[half], total]), loop)
        following = builder.add(term, one)
        term.add_incoming(following, loop)
        builder.cbranch(builder.icmp_signed("<", following, terms), loop, after)
        builder.position_at_end(after)
        ends = [[sums[row][half].incomings[1][0] for half in range(2)] for row in range(rows)]
        for row in range(rows):
            for half in range(2):
                at = builder.add(builder.mul(ir.Constant(_INT, row), stride), ir.Constant(_INT, half * _HALF))
                pointer = _vector_at(builder, out, at)
                with builder.if_else(add) as (adding, writing):
                    with adding:
                        found = builder.fadd(builder.load(pointer, align=4), ends[row][half])
                        builder.store(found, pointer, align=4)
                    with writing:
                        builder.store(ends[row][half], pointer, align=4)
        return context.get_dummy_value()

    return codegen


def _vector_at(builder: Any, base: Any, offset: Any) -> Any:
    return builder.bitcast(builder.gep(base, [offset]), _VECTOR.as_pointer())


def _spread(builder: Any, value: Any) -> Any:
    """Return a vector that holds a number in every lane."""
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    single = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), _HALF), [0] * _HALF)
    return builder.shuffle_vector(single, undefined, lanes)


_tile1, _tile2, _tile3, _tile4, _tile5, _tile6 = (_tile_of(rows) for rows in range(1, ROWS + 1))


@njit(inline="always")
def _tile(
    rows: int,
    left: _Floats,
    left_at: int,
    panels: _Floats,
    panel_at: int,
    terms: int,
    out: _Floats,
    out_at: int,
    stride: int,
    add: bool,
) -> None:
    if rows == 6:
        _tile6(left, left_at, panels, panel_at, terms, out, out_at, stride, add)
    elif rows == 5:
        _tile5(left, left_at, panels, panel_at, terms, out, out_at, stride, add)
    elif rows == 4:
        _tile4(left, left_at, panels, panel_at, terms, out, out_at, stride, add)
    elif rows == 3:
        _tile3(left, left_at, panels, panel_at, terms, out, out_at, stride, add)
    elif rows == 2:
        _tile2(left, left_at, panels, panel_at, terms, out, out_at, stride, add)
    else:
        _tile1(left, left_at, panels, panel_at, terms, out, out_at, stride, add)
