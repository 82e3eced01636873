import pytest

from steelyard.rare_events.dataset import load
from steelyard.rare_events.weighing import log_score_scale, notes


def test_the_scale_of_the_embedded_storms():
    dataset = load(None, None)
    scale = log_score_scale(dataset)
    points = {point.name: point.value for point in scale.references}
    assert points == {
        "climatology": pytest.approx(0.4261, abs=1e-3),
        "markov": pytest.approx(0.3869, abs=1e-3),
        "15-lag logistic": pytest.approx(0.3794, abs=1e-3),
        "perfect foresight": 0.0,
    }
    assert scale.unit == "nats per day"
    assert "15-lag logistic (0.379" in " ".join(scale.notes)
    said = " ".join(notes(dataset, scale, setting="quick"))
    assert "2011-12-29" in said
    assert "0.1674" in said
    assert "--full" in said
