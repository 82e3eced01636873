import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from steelyard.stats.interval import paired_t_interval, summarise

plain = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@given(differences=plain)
def test_it_agrees_with_numpy(differences: list[float]) -> None:
    mean = summarise(differences)
    assert mean.mean == pytest.approx(np.mean(differences), rel=1e-9, abs=1e-9)
    assert mean.sd == pytest.approx(np.std(differences, ddof=1), rel=1e-6, abs=1e-8)
    assert mean.pairs == len(differences)


@given(differences=plain, power=st.integers(-900, 900))
def test_a_power_of_two_changes_nothing_but_the_unit(differences: list[float], power: int) -> None:
    scaled = np.ldexp(differences, power)
    if np.array_equal(np.ldexp(scaled, -power), differences):
        one, other = summarise(differences), summarise(scaled.tolist())
        assert other.mean == np.ldexp(one.mean, power)
        assert other.sd == np.ldexp(one.sd, power)


def test_the_interval_is_scipys() -> None:
    x = [0.3, -0.1, 0.8, 0.45, 0.2]
    expected = stats.ttest_1samp(x, 0).confidence_interval(0.9)
    assert paired_t_interval(x, level=0.9) == pytest.approx((expected.low, expected.high), rel=1e-12)


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e160, 1e300])
def test_sizes_whose_squares_no_float_holds(size: float) -> None:
    mean = summarise([size, 2 * size, 3 * size])
    assert (mean.mean, mean.sd) == pytest.approx((2 * size, size), rel=1e-12)


def test_equal_up_to_rounding_has_no_spread() -> None:
    assert summarise([0.1, 0.1, 0.3 - 0.2]).sd == 0
    ignores_its_seed = [1000.1 - 1000.0, 17.4 - 17.3, 3.2 - 3.1]
    assert summarise(ignores_its_seed, magnitude=1000.1).sd == 0
    assert summarise(ignores_its_seed).sd > 0


def test_a_mean_that_is_rounding_is_zero() -> None:
    mean = summarise([0.0, 1e-16, 0.0, 0.0], magnitude=0.7)
    assert (mean.mean, mean.sd) == (0.0, 0.0)
    assert summarise([0.1, 0.1, 0.1], magnitude=0.7).mean == pytest.approx(0.1)


def test_one_or_no_difference() -> None:
    assert summarise([]).pairs == 0
    assert np.isnan(summarise([]).mean)
    one = summarise([2.5])
    assert one.mean == 2.5
    assert np.isnan(one.sd)
    assert np.isnan(one.standard_error)
    assert one.interval(2.0) == (-np.inf, np.inf)
    with pytest.raises(ValueError, match="at least 2"):
        paired_t_interval([2.5])


def test_an_infinite_bar_knows_nothing() -> None:
    assert summarise([1.0, 1.0, 1.0]).interval(float("inf")) == (-np.inf, np.inf)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_not_finite(bad: float) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        summarise([1.0, bad])


def test_a_spread_no_float_holds() -> None:
    with pytest.raises(ValueError, match="rescale"):
        summarise([1.7e308, -1.7e308])
