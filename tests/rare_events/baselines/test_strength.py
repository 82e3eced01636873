import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.rare_events.baselines.strength import StrengthByYesterday, hurdle_log_pmf, strength_pmf


@given(st.lists(st.integers(1, 50)), st.integers(1, 40))
def test_is_a_distribution_without_holes(strengths, most):
    pmf = strength_pmf(np.array(strengths, dtype=np.int64), most=most)
    assert pmf.shape == (most,)
    assert pmf.sum() == pytest.approx(1)
    assert (pmf > 0).all()


def test_many_events_outweigh_the_tail():
    pmf = strength_pmf(np.repeat([1, 3], [9000, 1000]), most=10)
    assert pmf[[0, 2]] == pytest.approx([0.9, 0.1], abs=1e-3)


def test_yesterdays_are_quiet_weak_or_strong():
    yesterday = np.array([0, 1, 1, 2, 5, 0])
    table = StrengthByYesterday(yesterday, np.array([1, 1, 1, 2, 6, 1]), most=8)
    assert table.classes(yesterday).tolist() == [0, 1, 1, 2, 2, 0]
    assert table.pmf.argmax(axis=1).tolist()[:2] == [0, 0]


def test_a_hurdle_is_both_parts():
    log_pmf = hurdle_log_pmf(np.array([0.2]), np.array([[0.5, 0.5]]))
    np.testing.assert_allclose(np.exp(log_pmf), [[0.8, 0.1, 0.1]])
    assert np.isfinite(hurdle_log_pmf(np.array([0.0, 1.0]), np.full((2, 2), 0.5))).all()
