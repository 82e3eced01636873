from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.meaning.terms import terms


@given(st.integers(2, 30), st.integers(1, 8), st.integers(0, 2**32))
def test_everything_is_there_once(size: int, named: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    q, right = rng.dirichlet(np.ones(size)), int(rng.integers(size))
    found = terms(q, right, named=named)
    assert sum(each.probability for each in found) == pytest.approx(1)
    assert sum(each.gradient for each in found) == pytest.approx(0, abs=1e-12)
    assert sum(each.target for each in found) == 1
    assert sum(each.loss_nats for each in found) == pytest.approx(-np.log(q[right]))
    assert len({each.id for each in found}) == len(found) <= named + 1


def test_the_right_token_is_named_however_improbable() -> None:
    found = terms(np.array([0.5, 0.3, 0.15, 0.05]), 3, named=2)
    assert [each.id for each in found] == [0, 3, -1]
    assert found[-1].probability == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("q", "right", "said"),
    [
        ([0.5, 0.5], 2, "`right` must be one of the 2 tokens"),
        ([0.5, 0.6], 0, "sum to 1"),
        ([1.5, -0.5], 0, "0 or more"),
        ([1.0, 0.0], 1, "positive probability"),
    ],
)
def test_what_is_no_distribution(q: list[float], right: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        terms(np.array(q), right)
