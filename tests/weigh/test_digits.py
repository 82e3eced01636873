from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.weigh.digits import digits_apart, number, share, way


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.5, "0.500"),
        (2.302585, "2.30"),
        (99999.6, "100,000"),
        (1e15, "1.00e+15"),
        (-0.0, "0"),
        (-3.0, "-3.00"),
    ],
)
def test_number(value: float, shown: str) -> None:
    assert number(value) == shown


@given(st.floats(min_value=1e-4, max_value=1e14), st.integers(min_value=1, max_value=8))
def test_a_shown_number_is_the_number(value: float, digits: int) -> None:
    shown = float(number(value, digits=digits).replace(",", ""))
    assert shown == pytest.approx(value, rel=0.51 * 10 ** (1 - digits))


@given(st.floats(min_value=1e-3, max_value=1e3), st.floats(min_value=1e-7, max_value=1))
def test_two_numbers_are_told_apart(value: float, step: float) -> None:
    other = value * (1 + step)
    digits = digits_apart(value, other)
    assert number(value, digits=digits) != number(other, digits=digits)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.2, "20%"),
        (0.1234, "12.3%"),
        (0.999, "99.9%"),
        (0.9999, "99.99%"),
        (1.0, "100%"),
        (2e-5, "1 in 50,000"),
    ],
)
def test_share(value: float, shown: str) -> None:
    assert share(value) == shown


def test_way() -> None:
    assert [way(skill) for skill in (1.0, 0.0995, 0.05, 0.0, -20.0)] == [
        "100%",
        "10%",
        "5.0%",
        "0.0%",
        "-2,000%",
    ]
