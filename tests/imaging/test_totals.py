from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest

from steelyard.data.images import ArrayImages
from steelyard.imaging.measure import measure
from steelyard.imaging.totals import (
    LEVEL,
    MEAN,
    ONE,
    PIXELS,
    SQUARE,
    STD,
    Totals,
    moved,
    moved_cubes,
    products_of,
)
from steelyard.imaging.view import View


def totals_of(values):
    (found,) = measure(ArrayImages(values), range(len(values)), View()).totals.values()
    return found


def exact_moments(values):
    """Return mean and population variance of exact differences from the exact mean, added up by math.fsum."""
    flat = [Fraction(float(each)) for each in values.ravel()]
    mean = sum(flat) / len(flat)
    deviations = math.fsum(float((each - mean) ** 2) for each in flat)
    return float(mean), deviations / len(flat)


@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4, -1e8, 1e12])
def test_floating_point_keeps_its_digits_whatever_the_offset(offset):
    values = np.random.default_rng(6).normal(0, 1, (40, 6, 7)) + offset
    mean, variance = exact_moments(values)
    halves = totals_of(values[:13]).plus(totals_of(values[13:]))
    assert halves.reference[0] + halves.away[0] == pytest.approx(mean, rel=1e-15, abs=1e-15)
    assert halves.deviations[0] / values.size == pytest.approx(variance, rel=1e-13)


def test_an_outlier_in_front_spoils_nothing():
    values = np.random.default_rng(6).normal(0.5, 0.1, (50, 8, 8))
    values[0] += 1e9
    mean, variance = exact_moments(values)
    found = totals_of(values)
    # fifty roundings of numbers near 1e9, against a mean of 2e7: 50 x 1e-7 / 2e7 at worst
    assert found.reference[0] + found.away[0] == pytest.approx(mean, rel=1e-12)
    assert found.deviations[0] / values.size == pytest.approx(variance, rel=1e-12)


def test_images_whose_means_drift_by_orders_of_magnitude():
    values = np.random.default_rng(6).normal(0, 1, (30, 5, 5)) * np.logspace(-6, 6, 30)[:, None, None]
    mean, variance = exact_moments(values)
    found = totals_of(values)
    assert found.reference[0] + found.away[0] == pytest.approx(mean, rel=1e-13)
    assert found.deviations[0] / values.size == pytest.approx(variance, rel=1e-13)


@pytest.mark.parametrize(("dtype", "unit"), [(np.uint8, 257), (np.uint16, 1)])
def test_whole_numbers_are_exact_in_any_order(dtype, unit):
    values = np.random.default_rng(6).integers(0, np.iinfo(dtype).max + 1, (20, 9, 9, 3), dtype=dtype)
    together = totals_of(values)
    backwards = totals_of(values[::-1][:7]).plus(totals_of(values[::-1][7:]))
    wide = values.astype(object)
    assert together.sums == backwards.sums == tuple(int(each) * unit for each in wide.sum(axis=(0, 1, 2)))
    squares = tuple(int(each) * unit * unit for each in (wide * wide).sum(axis=(0, 1, 2)))
    assert together.squares == backwards.squares == squares


def brute_rows(values, reference):
    rows = []
    for image in values:
        flat = image.reshape(-1).astype(float)
        away = flat.mean() - reference
        rows.append([1, flat.size, flat.size * away, flat.size * (away**2 + flat.var()), away, flat.std()])
    return np.array(rows)


def brute_matrix(values, reference):
    rows = brute_rows(values, reference)
    return rows.T @ rows


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_the_matrix_is_the_sum_over_images_and_moves_with_its_reference(dtype):
    values = np.random.default_rng(6).integers(0, 256, (15, 6, 5), dtype=np.uint8)
    values = values if dtype is np.uint8 else values / 255
    found = totals_of(values)
    scaled = values / 255 if dtype is np.uint8 else values
    assert np.allclose(found.matrix[0], brute_matrix(scaled, found.reference[0]), rtol=1e-12)
    for reference in (0.0, 0.3, 1.0):
        there = moved(found.matrix, np.array([reference]) - found.reference)
        assert np.allclose(there[0], brute_matrix(scaled, reference), rtol=1e-10, atol=1e-10)
        three = brute_rows(scaled, reference)[:, PIXELS : SQUARE + 1]
        cubes = np.einsum("ip,iq,ir->pqr", three, three, three)
        there = moved_cubes(found.cubes, np.array([reference]) - found.reference)
        assert np.allclose(there[0], cubes, rtol=1e-9, atol=1e-9)


def test_moving_there_and_back_changes_nothing():
    matrix, cubes = products_of(
        pixels=np.random.default_rng(6).uniform(10, 20, 8),
        aways=np.random.default_rng(6).uniform(size=(8, 2)),
        variances=np.random.default_rng(6).uniform(size=(8, 2)),
    )
    by = np.array([0.1, -0.2])
    assert np.allclose(moved(moved(matrix, by), -by), matrix, rtol=1e-12)
    assert np.allclose(moved_cubes(moved_cubes(cubes, by), -by), cubes, rtol=1e-12)
    assert matrix[0, ONE, ONE] == 8
    assert {ONE, PIXELS, LEVEL, SQUARE, MEAN, STD} == set(range(6))


def test_matrices_with_different_references_add_up():
    values = np.random.default_rng(6).normal(1e6, 1, (20, 4, 4))
    parts = totals_of(values[:9]).plus(totals_of(values[9:]))
    assert parts.reference[0] == pytest.approx(values[0].mean())
    assert np.allclose(parts.matrix[0], brute_matrix(values - 1e6, parts.reference[0] - 1e6), rtol=1e-7)


def test_a_constant_image_has_a_variance_of_exactly_0():
    found = totals_of(np.full((3, 331, 257), 113, np.uint8))
    assert found.matrix[0, STD, STD] == 0.0


def test_grey_counts_as_three_equal_channels():
    values = np.random.default_rng(6).integers(0, 256, (5, 4, 4), dtype=np.uint8)
    wide = totals_of(np.repeat(values[..., None], 3, axis=3))
    grey = totals_of(values).as_colour()
    assert (grey.sums, grey.squares) == (wide.sums, wide.squares)
    assert np.array_equal(grey.matrix, wide.matrix)
    assert wide.as_colour() is wide


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(6).integers(0, 256, (9, 5, 5, 3), dtype=np.uint8),
        np.random.default_rng(6).normal(size=(9, 5, 5)),
    ],
)
def test_json_keeps_every_bit(values):
    found = totals_of(values)
    kept = Totals.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False)))
    assert (kept.images, kept.pixels, kept.sums, kept.squares) == (
        found.images,
        found.pixels,
        found.sums,
        found.squares,
    )
    for name in ("away", "deviations", "reference", "matrix", "cubes", "smallest", "largest"):
        before, after = getattr(found, name), getattr(kept, name)
        assert (before is None and after is None) or np.array_equal(before, after, equal_nan=True)
