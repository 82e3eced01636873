"""The sampler samples what it says: draws, sweeps, visited states, words and topics jointly, calibration; `-m slow` for the strong versions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exactness import suite
from exactness.joint import Model
from exactness.posterior import assignments, posterior, urn_log_joint
from exactness.transitions import apart, check_visits, stationary, sweep_law
from scipy.stats import kstest

from steelyard.data.corpus import Corpus
from steelyard.topics.chain import Chain

KERNELS = ("scalar", "vector")
GROUPS = (1, 2, 3)


def making(kernel: str, *, threads: int = 1) -> suite.Make:
    def made(corpus: Corpus, **settings: Any) -> Chain:
        return Chain(corpus, kernel=kernel, threads=threads, **settings)

    return made


@pytest.mark.parametrize("partitions", GROUPS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_draw_follows_its_full_conditional(kernel: str, partitions: int) -> None:
    suite.draws(making(kernel), partitions=partitions)


@pytest.mark.parametrize(
    ("kernel", "partitions"), [("scalar", 1), ("scalar", 2), ("vector", 1), ("vector", 3)]
)
def test_sweeps_follow_their_law(kernel: str, partitions: int) -> None:
    suite.sweeps(making(kernel), partitions=partitions)


@pytest.mark.parametrize("partitions", GROUPS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_counts_stay_those_of_the_assignments(kernel: str, partitions: int) -> None:
    suite.counts(making(kernel), partitions=partitions)


@pytest.mark.parametrize("partitions", GROUPS)
def test_the_law_of_a_sweep_leaves_the_posterior_as_it_is(partitions: int) -> None:
    """Worked out, not sampled: drawing the topics' masses on groups of words and then topics has the collapsed sampler's posterior."""
    law, target = (
        suite.tiny_law(partitions),
        posterior(suite.tiny(), alpha=suite.TINY_ALPHA, beta=suite.TINY_BETA),
    )
    assert law.sum(axis=1) == pytest.approx(1.0)
    error_of_quadrature = {1: 1e-14, 2: 1e-7, 3: 2e-4}[partitions]
    error = np.abs(target @ law - target).max()
    print(f"\n{partitions} groups: a sweep moves the posterior by {error:.1e}")
    assert error < error_of_quadrature
    assert np.abs(stationary(law) - target).max() < 10 * error_of_quadrature


def test_groups_change_a_sweep_but_not_where_it_leads() -> None:
    """A sweep over two groups has another law than one over all words: what is tested for two isn't what was tested for one."""
    one, two = suite.tiny_law(1), suite.tiny_law(2)
    assert np.abs(one - two).sum(axis=1).max() / 2 > 0.05


@pytest.mark.parametrize("kernel", KERNELS)
def test_visits_follow_the_enumerated_posterior(kernel: str) -> None:
    suite.visits(making(kernel), partitions=1)


def test_words_and_topics_drawn_in_turn_keep_their_joint_distribution() -> None:
    suite.joint(making("vector"), partitions=2)


def test_ranks_of_the_truth_are_uniform() -> None:
    suite.ranks(making("vector"), partitions=1)


def test_the_models_statistics_have_their_closed_form_means() -> None:
    model = Model(lengths=(8, 5, 0, 1, 7), words=6, alpha=np.array([0.6, 0.2, 1.1]), beta=0.3)
    rng = np.random.default_rng(0)
    drawn: dict[str, list[float]] = {}
    for _ in range(1000):
        z = model.topics(rng)
        for name, value in model.statistics(model.corpus(z, rng), z).items():
            drawn.setdefault(name, []).append(value)
    closed = model.expected()
    assert len(closed) == 4
    for name, mean in closed.items():
        values = np.array(drawn[name])
        assert abs(values.mean() - mean) < 4.5 * values.std() / np.sqrt(len(values)), name


def test_log_joint_of_every_assignment_is_that_of_polyas_urns() -> None:
    corpus = suite.tiny()
    for z in assignments(corpus.tokens, 2):
        chain = Chain(
            corpus,
            topics=2,
            alpha=suite.TINY_ALPHA,
            beta=suite.TINY_BETA,
            seed=0,
            assignments=z.astype(np.int32),
        )
        expected = urn_log_joint(corpus, z, alpha=suite.TINY_ALPHA, beta=suite.TINY_BETA)
        assert chain.log_joint() == pytest.approx(expected, rel=1e-12)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("partitions", GROUPS)
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("check", list(suite.CHECKS))
def test_strong_checks(check: str, kernel: str, partitions: int) -> None:
    """On as many threads as groups; that threads change no bit is tested apart."""
    strength = {"draws": 5, "sweeps": 6, "visits": 3, "joint": 4, "ranks": 4, "counts": 3}[check]
    seed = 100 + 10 * partitions + KERNELS.index(kernel)
    suite.CHECKS[check](
        making(kernel, threads=partitions), partitions=partitions, strength=strength, seed=seed
    )


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("partitions", GROUPS)
@pytest.mark.parametrize("kernel", KERNELS)
def test_visits_over_several_seeds_have_uniform_p_values(kernel: str, partitions: int) -> None:
    """Three topics, 243 assignments: no p-value is too small, and too many small ones would show as well."""
    alpha, beta = np.array([0.7, 0.5, 1.0]), 0.5
    target = posterior(suite.tiny(), alpha=alpha, beta=beta)
    one_group = Chain(suite.tiny(), topics=3, alpha=alpha, beta=beta, seed=0, partitions=1)
    every = 2 * apart(
        sweep_law(one_group), target, closer_than=1e-3
    )  # as for two topics, groups take up to twice as long
    p_values = []
    for seed in range(10):
        chain = Chain(
            suite.tiny(), topics=3, alpha=alpha, beta=beta, seed=seed, partitions=partitions, kernel=kernel
        )
        p_values.append(check_visits(chain, target, visits=800, every=every))
    print(f"\n{kernel}, {partitions} groups: p-values", np.sort(np.round(p_values, 3)))
    assert kstest(p_values, "uniform").pvalue > 1e-4
