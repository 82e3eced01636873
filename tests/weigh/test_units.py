from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.weigh.units import conversions, to_scale_unit


@given(st.floats(min_value=0, max_value=100))
def test_there_and_back(nats: float) -> None:
    for unit, value in conversions(nats, "nats").items():
        assert to_scale_unit(value, given=unit, unit="nats") == pytest.approx(nats, abs=1e-12)


def test_a_perplexity_too_large_for_a_float_is_infinite() -> None:
    assert conversions(1000.0, "nats")["perplexity"] == math.inf


@pytest.mark.parametrize(
    ("given_unit", "unit"),
    [("bits", "units"), ("perplexity", ""), ("nats", "nats without ln y!"), ("bytes", "nats")],
)
def test_units_that_the_scale_has_not_got(given_unit: str, unit: str) -> None:
    with pytest.raises(InputError, match="unit"):
        to_scale_unit(1.0, given=given_unit, unit=unit)


def test_a_perplexity_is_positive() -> None:
    with pytest.raises(InputError, match="perplexity must be positive"):
        to_scale_unit(0.0, given="perplexity", unit="nats")
