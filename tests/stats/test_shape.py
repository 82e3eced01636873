import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.stats.shape import shape_warnings


def warned(samples: np.ndarray) -> float:
    return float(np.mean([bool(shape_warnings(sample.tolist())) for sample in samples]))


@pytest.mark.parametrize(
    ("pairs", "least", "most"), [(5, 0.002, 0.022), (12, 0.007, 0.035), (20, 0.007, 0.035)]
)
def test_normal_samples_are_seldom_warned_about(pairs: int, least: float, most: float) -> None:
    assert least < warned(np.random.default_rng(11).standard_normal((1000, pairs))) < most


def test_lognormal_samples_are_often_noticed() -> None:
    assert warned(np.random.default_rng(1).lognormal(size=(300, 20))) > 0.7


def test_an_outlier_is_named() -> None:
    (warning,) = shape_warnings([0.1, -0.2, 0.3, 0.0, -0.1, 12.5])
    assert "+12.5" in warning


def test_skew_without_an_outlier() -> None:
    values = list(np.random.default_rng(0).exponential(size=60) ** 1.2)
    values = [v for v in values if v < 3.2]
    (warning,) = shape_warnings(values)
    assert "skewed (skewness +" in warning


def test_few_distinct_values() -> None:
    (warning,) = shape_warnings([0.0, 0.0, 0.0, 0.05, 0.0, -0.05, 0.0, 0.05])
    assert "6" not in warning.split()[0]
    assert "5 of 8" in warning


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 900.0], [3.0] * 10, [0.0] * 10, [1e-320] * 6])
def test_nothing_can_be_said(values: list[float]) -> None:
    assert shape_warnings(values) == ()


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=25), power=st.integers(-800, 800))
def test_the_unit_does_not_matter(values: list[float], power: int) -> None:
    scaled = np.ldexp(values, power)
    if np.array_equal(np.ldexp(scaled, -power), values):
        assert len(shape_warnings(scaled.tolist())) == len(shape_warnings(values))
