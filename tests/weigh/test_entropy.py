from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from steelyard.weigh.entropy import binary_entropy_nats, trivial_base_rate


@given(st.floats(min_value=0, max_value=1))
def test_agrees_with_scipy(rate: float) -> None:
    assert binary_entropy_nats(rate) == pytest.approx(
        float(stats.entropy([rate, 1 - rate])), rel=1e-9, abs=1e-12
    )


@given(st.floats(min_value=1e-12, max_value=0.4999))
def test_the_base_rate_of_its_entropy(rate: float) -> None:
    assert trivial_base_rate(binary_entropy_nats(rate)) == pytest.approx(rate, rel=1e-6)


def test_ends() -> None:
    assert trivial_base_rate(math.log(2)) == pytest.approx(0.5, abs=1e-7)
    assert trivial_base_rate(0.0) < 1e-300
