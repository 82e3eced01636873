import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss

from steelyard.rare_events.scores.occurrence import (
    brier_scores,
    occurrence_log_scores,
    precision_recall,
    skill,
)

RNG = np.random.default_rng(0)
P = RNG.random(500).round(2).clip(0.01, 0.99)
EVENT = RNG.random(500) < P**2


def test_are_scikit_learns():
    assert occurrence_log_scores(P, EVENT).mean() == pytest.approx(log_loss(EVENT, P))
    assert brier_scores(P, EVENT).mean() == pytest.approx(brier_score_loss(EVENT, P))
    found = precision_recall(P, EVENT)
    assert found.area == pytest.approx(average_precision_score(EVENT, P))
    assert found.base_rate == EVENT.mean()


def test_a_constant_forecast_has_the_base_rate_as_its_area():
    found = precision_recall(np.full(500, 0.3), EVENT)
    assert found.area == pytest.approx(found.base_rate)


def test_the_log_score_of_the_base_rate_is_its_entropy():
    event = np.arange(100) < 20
    nats = occurrence_log_scores(np.full(100, 0.2), event).mean()
    assert nats == pytest.approx(0.5004, abs=1e-4)


def test_a_certain_mistake_is_infinite():
    assert occurrence_log_scores(np.array([0.0]), np.array([True]))[0] == np.inf


def test_skill():
    assert skill(0.3, reference=0.2) == pytest.approx(-0.5)
    assert np.isnan(skill(0.3, reference=0.0))


def test_no_event_is_refused():
    with pytest.raises(ValueError, match="at least one event"):
        precision_recall(P, np.zeros(500, dtype=bool))
