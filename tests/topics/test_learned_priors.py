"""Learned priors are where the likelihood is largest, found by scipy apart from the fixed points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exactness.joint import Model
from exactness.mutants import mutated
from exactness.suite import small
from scipy.optimize import minimize, minimize_scalar
from scipy.special import gammaln

from steelyard.data.corpus import Corpus
from steelyard.topics.chain import Chain
from steelyard.topics.learn import LEAST_LEARNED, learned_alpha, learned_beta
from steelyard.topics.prior import MOST


def urn_log_probability(counts: Any, prior: Any) -> float:
    whole = np.sum(prior)
    rows = gammaln(whole) - gammaln(whole + counts.sum(axis=1))
    return float(rows.sum() + (gammaln(counts + prior) - gammaln(prior)).sum())


def drawn(alpha: Any, *, rows: int, tokens: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    return np.array([rng.multinomial(rng.integers(0, 2 * tokens), rng.dirichlet(alpha)) for _ in range(rows)])


def check_alpha(learn: Any) -> None:
    """Check `learned_alpha` against a numeric maximum, on counts that were drawn from known priors."""
    for seed, alpha in enumerate(([0.3, 0.3], [0.05, 0.4, 2.0], [0.1] * 8, [5.0, 1.0, 0.02])):
        counts = drawn(alpha, rows=300, tokens=20, seed=seed)

        def lost(logs: Any, counts: Any = counts) -> float:
            return -urn_log_probability(counts, np.exp(logs))

        best = minimize(lost, np.zeros(len(alpha)), method="BFGS", options={"gtol": 1e-6})
        found = learn(counts, np.ones(len(alpha)))
        assert urn_log_probability(counts, found) == pytest.approx(-best.fun, abs=2e-3)
        assert found == pytest.approx(np.exp(best.x), rel=0.01)


def check_beta(learn: Any) -> None:
    """Check `learned_beta` against a numeric maximum, on counts that were drawn from known priors."""
    for seed, beta in enumerate((0.02, 0.2, 1.5)):
        counts = drawn([beta] * 60, rows=12, tokens=200, seed=seed)

        def lost(log: float, counts: Any = counts) -> float:
            return -urn_log_probability(counts, np.full(counts.shape[1], np.exp(log)))

        best = minimize_scalar(lost, bounds=(-9, 5), method="bounded", options={"xatol": 1e-9})
        found = learn(counts, 0.5)
        assert -lost(np.log(found)) == pytest.approx(-best.fun, abs=2e-3)
        assert found == pytest.approx(np.exp(best.x), rel=0.01)


def test_alpha_is_where_the_likelihood_is_largest() -> None:
    check_alpha(learned_alpha)


def test_beta_is_where_the_likelihood_is_largest() -> None:
    check_beta(learned_beta)


@pytest.mark.parametrize(
    ("old", "new", "function"),
    [
        ("- digamma(alpha[topic]))", "- digamma(1.0))", "learned_alpha"),
        ("alpha * numerator / denominator", "numerator / denominator", "learned_alpha"),
        ("whole = alpha.sum()", "whole = alpha.mean()", "learned_alpha"),
        ("words * float(", "float(", "learned_beta"),
        ("whole = words * beta", "whole = beta", "learned_beta"),
        ("_MOST_STEPS = 200", "_MOST_STEPS = 2", "learned_alpha"),
    ],
)
def test_errors_planted_in_the_fixed_points_are_caught(old: str, new: str, function: str) -> None:
    learn = getattr(mutated("learn", (old, new)), function)
    with pytest.raises((AssertionError, ZeroDivisionError)), np.errstate(all="ignore"):
        {"learned_alpha": check_alpha, "learned_beta": check_beta}[function](learn)


def test_known_priors_are_recovered_from_many_documents() -> None:
    alpha = np.array([0.1, 0.5, 1.5])
    found = learned_alpha(drawn(alpha, rows=4000, tokens=60, seed=0), np.ones(3))
    assert found == pytest.approx(alpha, rel=0.08)


def test_a_topic_without_tokens_keeps_the_least_prior() -> None:
    counts = drawn([0.5, 0.5], rows=50, tokens=20, seed=0)
    found = learned_alpha(np.column_stack([counts, np.zeros(50, dtype=np.int64)]), np.ones(3))
    assert found[2] == LEAST_LEARNED
    assert found[:2] == pytest.approx(learned_alpha(counts, np.ones(2)), rel=0.01)


def test_learning_never_lowers_the_probability_of_the_present_topics() -> None:
    chain = Chain(small(tokens=1500), topics=8, alpha=1.0, beta=1.0, seed=0)
    for _ in range(10):
        chain.sweep()
        for which in ({"alpha": True, "beta": False}, {"alpha": False, "beta": True}):
            before = chain.log_joint()
            chain.learn(**which)
            assert chain.log_joint() >= before - 1e-9


def test_learning_in_a_chain_comes_close_to_priors_that_words_were_drawn_from() -> None:
    model = Model(lengths=(60,) * 150, words=50, alpha=np.full(4, 0.3), beta=0.1)
    rng = np.random.default_rng(1)
    corpus = model.corpus(model.topics(rng), rng)
    chain = Chain(corpus, topics=4, alpha=1.0, beta=0.5, seed=0)
    chain.sweep(50)
    for _ in range(50):
        chain.sweep(2)
        chain.learn(alpha=True, beta=True)
    assert chain.alpha.sum() == pytest.approx(1.2, rel=0.25)
    assert chain.beta == pytest.approx(0.1, rel=0.25)


@pytest.mark.parametrize(
    "documents",
    [
        [["a"], ["b"], ["c"]],
        [[], []],
        [["a", "a"]],
        [["a", "b"] * 20, ["a", "b"] * 20],
    ],
    ids=["one-word documents", "no tokens", "one word", "balanced"],
)
def test_learning_again_and_again_never_leaves_the_legal_range(documents: list[list[str]]) -> None:
    """Where the likelihood has no maximum, priors grow or shrink without end; sweeps must go on."""
    corpus = Corpus.from_documents(documents)
    tokens = [int(corpus.vocabulary[word] == "b") for word in corpus.words]
    chain = Chain(corpus, topics=2, alpha=0.5, beta=0.5, seed=0, assignments=np.array(tokens, dtype=np.int32))
    for _ in range(60):
        chain.learn(alpha=True, beta=True)
        assert np.isfinite(chain.alpha).all()
        assert np.isfinite(chain.beta)
    chain.sweep()
    assert np.isfinite(chain.log_joint())


def test_learning_from_the_largest_legal_priors_stays_legal() -> None:
    """So far from any maximum the fixed points' differences are mostly roundings."""
    chain = Chain(small(tokens=1500), topics=20, alpha=MOST, beta=MOST, seed=0)
    for _ in range(5):
        chain.learn(alpha=True, beta=True)
        assert chain.alpha.max() <= MOST
        assert chain.beta <= MOST
        chain.sweep()
