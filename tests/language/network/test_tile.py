import numpy as np
import pytest

from steelyard.language.network.tile import PANEL, multiply, packed


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6, 7, 11, 16, 32, 33])
@pytest.mark.parametrize(
    ("terms", "columns"), [(1, 1), (5, PANEL), (48, 3 * PANEL), (17, 2 * PANEL + 3), (200, PANEL - 1)]
)
def test_products_are_those_of_double_precision(rows, terms, columns):
    draw = np.random.default_rng(rows)
    left, matrix, out = (
        draw.normal(size=shape).astype(np.float32)
        for shape in ((rows, terms), (terms, columns), (rows, columns))
    )
    before = out.copy()
    exact = left.astype(np.float64) @ matrix
    bound = 1e-6 * (1 + np.abs(left.astype(np.float64)) @ np.abs(matrix))
    multiply(left, packed(matrix), out, 0, rows, True)
    assert (np.abs(out - (before + exact)) < bound).all()
    multiply(left, packed(matrix), out, 0, rows, False)
    assert (np.abs(out - exact) < bound).all()


@pytest.mark.parametrize("first", range(8))
@pytest.mark.parametrize("last", [8, 13, 20])
def test_only_the_rows_asked_for_are_written_and_their_bits_are_the_same_in_any_tile(first, last):
    draw = np.random.default_rng(0)
    left, matrix = (
        draw.normal(size=(20, 30)).astype(np.float32),
        draw.normal(size=(30, 41)).astype(np.float32),
    )
    whole, part = np.zeros((20, 41), np.float32), np.full((20, 41), -7, np.float32)
    multiply(left, packed(matrix), whole, 0, 20, False)
    multiply(left, packed(matrix), part, first, last, False)
    assert (part[first:last] == whole[first:last]).all()
    assert (np.delete(part, np.s_[first:last], axis=0) == -7).all()
