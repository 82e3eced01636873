import numpy as np
import pytest

from steelyard.rare_events.backtest.weighted import METRICS, Sample
from steelyard.rare_events.scores.occurrence import precision_recall
from steelyard.rare_events.scores.reliability import reliability
from steelyard.rare_events.scores.sedi import warnings_at

RNG = np.random.default_rng(0)
ORIGINS, EACH = 60, 3
CLUSTER = np.repeat(np.arange(ORIGINS), EACH)
P = np.round(RNG.beta(1, 4, ORIGINS * EACH), 2)  # with ties
EVENT = RNG.random(ORIGINS * EACH) < P
SCORES = np.stack([RNG.random(len(P)), RNG.random(len(P)), (P - EVENT) ** 2, RNG.random(len(P))], axis=1)
SAMPLE = Sample.of(cluster=CLUSTER, clusters=ORIGINS, p=P, event=EVENT, scores=SCORES, threshold=0.2)


def named(weights):
    return dict(zip(METRICS, SAMPLE.measure(weights).tolist(), strict=True))


def by_copies(weights):
    """The same scores from rows that are copied as often as their origin counts."""
    rows = np.repeat(np.arange(len(P)), weights.astype(int)[CLUSTER])
    p, event = P[rows], EVENT[rows]
    curve = reliability(p, event)
    means = SCORES[rows].mean(axis=0)
    return {
        **dict(zip(METRICS[:4], means.tolist(), strict=True)),
        "miscalibration": curve.miscalibration,
        "discrimination": curve.discrimination,
        "uncertainty": curve.uncertainty,
        "pr_auc": precision_recall(p, event).area,
        "base_rate": event.mean(),
        "sedi": warnings_at(p, event, threshold=0.2).sedi,
    }


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_weights_are_copies(seed):
    if seed is None:
        weights = np.ones(ORIGINS)
    else:
        drawn = np.random.default_rng(seed).integers(0, ORIGINS, ORIGINS)
        weights = np.bincount(drawn, minlength=ORIGINS).astype(float)
    assert named(weights) == pytest.approx(by_copies(weights), abs=1e-12)


def test_the_parts_make_the_brier_score():
    found = named(np.arange(ORIGINS, dtype=float))
    parts = found["miscalibration"] - found["discrimination"] + found["uncertainty"]
    assert parts == pytest.approx(found["brier"], abs=1e-12)


def test_what_cannot_be_said_is_nan():
    assert np.isnan(SAMPLE.measure(np.zeros(ORIGINS))).all()
    quiet = Sample.of(
        cluster=CLUSTER, clusters=ORIGINS, p=P, event=np.zeros_like(EVENT), scores=SCORES, threshold=0.2
    )
    found = dict(zip(METRICS, quiet.measure(np.ones(ORIGINS)).tolist(), strict=True))
    assert np.isnan(found["pr_auc"])
    assert np.isnan(found["sedi"])
    assert found["base_rate"] == 0
