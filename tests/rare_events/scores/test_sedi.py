import math

import numpy as np
import pytest

from steelyard.rare_events.scores.sedi import sedi, warnings_at


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3])
def test_symmetric_warnings_have_a_closed_form(rate):
    """H = 1 - F: (ln F - ln(1 - F)) / (ln F + ln(1 - F))."""
    expected = (math.log(rate) - math.log(1 - rate)) / (math.log(rate) + math.log(1 - rate))
    assert sedi(1 - rate, rate) == pytest.approx(expected, rel=1e-14)


def test_a_worked_table():
    """Hits 60, misses 40, false alarms 30, quiet 870: H = .6, F = 1/30."""
    numerator = math.log(1 / 30) - math.log(0.6) - math.log(29 / 30) + math.log(0.4)
    denominator = math.log(1 / 30) + math.log(0.6) + math.log(29 / 30) + math.log(0.4)
    p = np.repeat([0.7, 0.1, 0.7, 0.1], [60, 40, 30, 870])
    event = np.repeat([True, True, False, False], [60, 40, 30, 870])
    found = warnings_at(p, event, threshold=0.5)
    assert (found.hits, found.misses, found.false_alarms, found.quiet) == (60, 40, 30, 870)
    assert found.sedi == pytest.approx(numerator / denominator, rel=1e-13)
    assert found.sedi == pytest.approx(0.7759, abs=5e-5)


@pytest.mark.parametrize("rate", [0.02, 0.4, 0.9])
def test_chance_is_zero(rate):
    assert sedi(rate, rate) == 0


def test_swapping_hits_and_false_alarms_changes_the_sign():
    assert sedi(0.7, 0.2) == pytest.approx(-sedi(0.2, 0.7))


def test_calling_events_non_events_changes_nothing():
    """Complement symmetry (Ferro and Stephenson 2011): H and F swap with 1 - F and 1 - H."""
    assert sedi(0.7, 0.2) == pytest.approx(sedi(0.8, 0.3))


@pytest.mark.parametrize(
    ("hit", "false", "limit"),
    [
        *((0.3, 0.0, 1.0), (1.0, 0.3, 1.0), (1.0, 0.0, 1.0)),
        *((0.0, 0.3, -1.0), (0.3, 1.0, -1.0), (0.0, 1.0, -1.0)),
    ],
)
def test_at_the_edges_it_is_the_limit(hit, false, limit):
    assert sedi(hit, false) == limit
    near = sedi(min(max(hit, 1e-300), 1 - 1e-16), min(max(false, 1e-300), 1 - 1e-16))
    assert abs(near - limit) < 0.1


@pytest.mark.parametrize("both", [0.0, 1.0])
def test_warning_always_or_never_has_no_score(both):
    assert math.isnan(sedi(both, both))


@pytest.mark.parametrize("event", [True, False])
def test_without_events_or_without_quiet_steps_there_is_no_score(event):
    found = warnings_at(np.array([0.1, 0.9]), np.array([event, event]), threshold=0.5)
    assert math.isnan(found.sedi)


def test_a_probability_at_the_threshold_is_a_warning():
    assert warnings_at(np.array([0.5]), np.array([True]), threshold=0.5).hits == 1


@pytest.mark.parametrize("threshold", [0.0, 1.0, -1.0])
def test_refuses_a_threshold_that_is_always_or_never_reached(threshold):
    with pytest.raises(ValueError, match="`threshold` must lie in"):
        warnings_at(np.array([0.5]), np.array([True]), threshold=threshold)


def test_refuses_rates_and_lengths_that_do_not_fit():
    with pytest.raises(ValueError, match="`hit_rate` must lie in 0 to 1"):
        sedi(1.2, 0.1)
    with pytest.raises(ValueError, match="equally long"):
        warnings_at(np.array([0.5]), np.array([True, False]), threshold=0.5)
