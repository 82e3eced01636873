import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.report.digits import UNKNOWN, decimals_for, duration, interval, number, percent, signed

finite = st.floats(min_value=-1e300, max_value=1e300)


@given(finite)
def test_a_shown_number_is_the_number_to_its_digits(value: float) -> None:
    shown = float(number(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=1e-3, abs=1e-320)


@given(st.floats(), st.floats())
def test_nothing_shown_is_ever_empty_or_nan(low: float, high: float) -> None:
    for text in (
        number(low),
        percent(low),
        duration(abs(low)),
        interval((low, high), decimals=decimals_for(low, high)),
    ):
        assert text
        assert "nan" not in text


@given(st.floats(min_value=-1e6, max_value=1e6), st.floats(min_value=1e-8, max_value=1e6))
def test_an_interval_keeps_two_digits_of_its_width(low: float, width: float) -> None:
    high = low + width
    decimals = decimals_for(low, high)
    if decimals < 12 and high > low:
        shown = float(signed(high, decimals=decimals).replace(",", "")) - float(
            signed(low, decimals=decimals).replace(",", "")
        )
        assert shown == pytest.approx(high - low, rel=0.11, abs=1e-11)


def test_unknown_numbers_say_so() -> None:
    assert number(None) == number(math.nan) == percent(None) == duration(math.inf) == UNKNOWN
    assert interval((math.nan, 1.0), decimals=2) == UNKNOWN


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0 ms"), (59.97, "60.0 s"), (60.0, "1 min 0 s"), (3599.6, "1 h 0 min"), (90061.0, "25 h 1 min")],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_small_and_large_numbers_are_written_with_exponents() -> None:
    assert number(0.0000123) == "1.230e-05"
    assert number(1.5e12) == "1.500e+12"
    assert number(0.0) == "0"
