import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.rare_events.scores.occurrence import occurrence_log_scores
from steelyard.rare_events.scores.reliability import reliability

CASES = st.lists(
    st.tuples(st.sampled_from([0.05, 0.1, 0.4, 0.8, 0.95]), st.booleans()), min_size=2, max_size=80
)


@given(CASES)
def test_the_parts_add_up_and_none_is_negative(cases):
    p = np.array([case[0] for case in cases])
    event = np.array([case[1] for case in cases])
    found = reliability(p, event)
    assert found.score == pytest.approx(found.miscalibration - found.discrimination + found.uncertainty)
    assert found.miscalibration >= -1e-12
    assert found.discrimination >= -1e-12
    assert found.count.sum() == len(cases)
    assert (np.diff(found.observed) > 0).all()


def test_a_recalibrated_forecast_is_reliable():
    rng = np.random.default_rng(0)
    p = rng.random(300)
    event = rng.random(300) < p**2
    first = reliability(p, event)
    again = reliability(np.repeat(first.observed, first.count), event[np.argsort(p, kind="stable")])
    assert again.miscalibration == pytest.approx(0, abs=1e-12)
    assert again.discrimination == pytest.approx(first.discrimination)


def test_worked_by_hand():
    p = np.array([0.2, 0.2, 0.6, 0.6])
    event = np.array([False, True, True, True])
    found = reliability(p, event)
    assert found.observed.tolist() == [0.5, 1.0]
    assert found.forecast.tolist() == [0.2, 0.6]
    assert found.score == pytest.approx((0.04 + 0.64 + 0.16 + 0.16) / 4)
    assert found.miscalibration == pytest.approx(0.25 - 0.125)
    assert found.uncertainty == pytest.approx(0.1875)


def test_other_scores_can_be_taken_apart_too():
    rng = np.random.default_rng(1)
    p = rng.random(400).clip(0.05, 0.95)
    event = rng.random(400) < p
    found = reliability(p, event, scores=occurrence_log_scores)
    assert found.score == pytest.approx(found.miscalibration - found.discrimination + found.uncertainty)


def test_refuses_lengths_that_differ():
    with pytest.raises(ValueError, match="equally long"):
        reliability(np.array([0.1]), np.array([True, False]))
