import math
from dataclasses import replace

import numpy as np
import pytest

from steelyard.topics.alignment import align
from steelyard.topics.estimator import LatentDirichletAllocation
from steelyard.topics.findings import Evidence, find
from steelyard.topics.states import normalised, pseudo_counts

HEALTHY = Evidence(
    alpha=np.full(3, 0.1),
    beta=0.1,
    traces=-7000 + np.random.default_rng(0).normal(size=(3, 60)),
    topics_per_document=(3.0, 2.0),
    moved=0.2,
    stuck=0,
    tokens=1000,
    topic_tokens=np.array([500.0, 300.0, 200.0]),
    similarity=np.full(3, 0.95),
    sweeps=500,
)
DRIFT = np.linspace(-30, 30, 60)


def codes(evidence):
    return [found.code for found in find(evidence)]


def test_says_nothing_about_a_healthy_fit():
    assert codes(HEALTHY) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"alpha": np.zeros(3)}, "T01"),
        ({"alpha": np.array([0.1, 0.0, 0.1])}, "T01"),
        ({"beta": 0.0}, "T02"),
        ({"stuck": 12}, "T03"),
        ({"traces": HEALTHY.traces + np.array([[0.0], [50.0], [0.0]])}, "T04"),
        ({"traces": HEALTHY.traces + DRIFT}, "T05"),
        ({"traces": HEALTHY.traces[:, :4], "sweeps": 4}, "T05"),
        ({"topic_tokens": np.array([500.0, 500.0, 0.0])}, "T06"),
        ({"similarity": np.array([0.95, 0.3, 0.3])}, "T07"),
    ],
)
def test_detects(change, code):
    found = find(replace(HEALTHY, **change))
    assert [each.code for each in found] == [code]
    assert all(math.isfinite(value) for value in found[0].evidence.values())


@pytest.mark.parametrize(
    "change",
    [
        {
            "alpha": np.zeros(1),
            "similarity": np.full(1, 0.9),
            "topic_tokens": np.full(1, 1000.0),
        },  # one topic never leaves
        {
            "traces": HEALTHY.traces + np.array([[0.0], [5.0], [0.0]])
        },  # apart, but by half a hundredth nat a token
        {"traces": HEALTHY.traces + DRIFT / 10},
        {"traces": HEALTHY.traces[:, :4]},
        {"traces": HEALTHY.traces[:1], "similarity": np.empty(0)},
        {"traces": np.full((2, 60), -np.inf)},
    ],
)
def test_does_not_flag(change):
    assert codes(replace(HEALTHY, **change)) == []


def fitted(simulated, seed, sweeps=300):
    """Return whether both chains found every topic that the documents were drawn from, and whether there is a warning."""
    topics = 3 + seed % 5
    corpus, phi, _ = simulated(seed=seed, topics=topics, documents=150)
    prior = "learn" if seed % 2 else 0.1
    model = LatentDirichletAllocation(
        topics, doc_topic_prior=prior, topic_word_prior=prior, max_iter=sweeps, n_chains=2, random_state=seed
    ).fit(corpus)
    chains = [
        pseudo_counts(drawn, state.beta) for drawn, state in zip(model._drawn, model._states, strict=True)
    ]
    likeness = min(align(phi, normalised(each)).similarity.min() for each in chains)
    return bool(likeness > 0.9), any(found.severity != "info" for found in model.findings_)


def test_silent_on_fits_of_simulated_documents_that_found_all_topics(simulated):
    assert [fitted(simulated, seed, sweeps=150) for seed in (0, 1, 2)] == [(True, False)] * 3


@pytest.mark.slow
def test_few_healthy_fits_and_most_others_have_a_warning(simulated):
    fits = [fitted(simulated, seed) for seed in range(100, 200)]  # the threshold was chosen on seeds 0 to 99
    healthy = [warned for found_all, warned in fits if found_all]
    others = [warned for found_all, warned in fits if not found_all]
    assert len(healthy) >= 70
    assert sum(healthy) <= 5  # what 2% of 90 stays below 97.5 times in 100
    assert len(others) >= 3
    assert sum(others) >= 0.8 * len(others)


@pytest.mark.parametrize(
    ("alpha", "beta", "expected"), [(0.0, 0.1, {"T01"}), (0.1, 0.0, {"T02"}), (0.0, 0.0, {"T01", "T02"})]
)
def test_priors_of_zero_are_found_in_real_fits(simulated, alpha, beta, expected):
    corpus, _, _ = simulated(documents=60, length=8)
    model = LatentDirichletAllocation(6, doc_topic_prior=alpha, topic_word_prior=beta, max_iter=60).fit(
        corpus
    )
    found = {each.code for each in model.findings_}
    assert found & {"T01", "T02"} == expected
    assert ("T03" in found) == any(each.stuck > 0 for each in model._drawn)
    assert np.isfinite(model.doc_topic_).all()
    assert np.isfinite(model.topic_word_).all()
    assert model.topic_word_.sum(axis=1) == pytest.approx(1)
