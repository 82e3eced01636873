"""What holds for every chain, whatever the corpus: empty and one-word documents, one topic, one word, priors of 0, any number of threads."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exactness.draws import check, check_draws, watched
from exactness.posterior import urn_log_joint
from exactness.suite import small
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from steelyard.data.corpus import Corpus
from steelyard.topics.chain import Chain
from steelyard.topics.foldin import fold_in

KERNELS = ("scalar", "vector")
PRIORS = (0.0, 1e-12, 0.01, 0.5, 30.0, 1e12)


@st.composite
def chains(draw: Any, *, priors: tuple[float, ...] = PRIORS) -> Chain:
    words = draw(st.integers(1, 6))
    documents = draw(st.lists(st.lists(st.integers(0, words - 1), max_size=9), max_size=6))
    topics = draw(st.integers(1, 18))
    alpha = draw(st.lists(st.sampled_from(priors), min_size=topics, max_size=topics))
    return Chain(
        _corpus(documents, words),
        topics=topics,
        alpha=np.array(alpha),
        beta=draw(st.sampled_from(priors)),
        seed=draw(st.integers(0, 2**63)),
        partitions=draw(st.integers(1, 5)),
        kernel=draw(st.sampled_from(KERNELS)),
    )


@settings(max_examples=60, deadline=None)
@given(chain=chains())
def test_counts_are_those_of_the_assignments_and_nothing_is_nan(chain: Chain) -> None:
    corpus = chain.corpus
    for _ in range(3):
        chain.sweep(2)
        z = chain.assignments
        assert z.shape == (corpus.tokens,)
        assert ((z >= 0) & (z < chain.topics)).all()
        by_document, by_topic = _counted(corpus, z, chain.topics)
        assert (chain.doc_topic == by_document).all()
        assert (chain.topic_word == by_topic).all()
        assert (chain.topic_totals == by_topic.sum(axis=1)).all()
        assert (chain.doc_topic.sum(axis=1) == corpus.lengths).all()
        assert 0 <= chain.stuck <= corpus.tokens
        assert not math.isnan(chain.log_joint())
        assert chain.log_joint() < math.inf


@settings(max_examples=60, deadline=None)
@given(chain=chains(priors=(1e-3, 0.1, 0.7, 5.0)))
def test_log_joint_is_that_of_the_formula_and_of_polyas_urns(chain: Chain) -> None:
    chain.sweep()
    corpus, z, alpha, beta = chain.corpus, chain.assignments, chain.alpha, chain.beta
    by_document, by_topic = _counted(corpus, z, chain.topics)
    whole, words = alpha.sum(), len(corpus.vocabulary)
    formula = (
        (gammaln(whole) - gammaln(whole + by_document.sum(axis=1))).sum()
        + (gammaln(by_document + alpha) - gammaln(alpha)).sum()
        + (gammaln(words * beta) - gammaln(words * beta + by_topic.sum(axis=1))).sum()
        + (gammaln(by_topic + beta) - gammaln(beta)).sum()
    )
    assert chain.log_joint() == pytest.approx(float(formula), rel=1e-9, abs=1e-9)
    assert chain.log_joint() == pytest.approx(
        urn_log_joint(corpus, z, alpha=alpha, beta=beta), rel=1e-9, abs=1e-9
    )


@settings(max_examples=25, deadline=None)
@given(chain=chains(priors=(0.0, 0.05, 1.0)), made=st.integers(0, 4), more=st.integers(1, 4))
def test_a_chain_that_is_taken_up_again_goes_on_with_the_same_bits(
    chain: Chain, made: int, more: int
) -> None:
    chain.sweep(made)
    again = _again(chain, assignments=chain.assignments, sweeps=chain.sweeps)
    chain.sweep(more)
    for _ in range(more):
        again.sweep()
    assert (again.assignments == chain.assignments).all()
    assert again.sweeps == chain.sweeps == made + more
    assert again.stuck == chain.stuck


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("partitions", [1, 4])
def test_bits_depend_on_the_seed_and_on_nothing_of_the_threads(kernel: str, partitions: int) -> None:
    corpus = small(tokens=3000, words=60)
    found = []
    for threads, seed in ((1, 3), (2, 3), (4, 3), (1, 4)):
        chain = Chain(
            corpus,
            topics=20,
            alpha=0.2,
            beta=0.05,
            seed=seed,
            partitions=partitions,
            kernel=kernel,
            threads=threads,
        )
        chain.sweep(5)
        found.append((chain.assignments, chain.topic_word))
    for other in found[1:3]:
        assert (other[0] == found[0][0]).all()
        assert (other[1] == found[0][1]).all()
    assert (found[3][0] != found[0][0]).mean() > 0.2


def test_same_bits_from_disk(tmp_path: Path) -> None:
    corpus = small(tokens=2000)
    mapped = Corpus.open(corpus.save(tmp_path / "corpus"))
    assert isinstance(mapped.words, np.memmap)
    in_memory, from_disk = (
        Chain(each, topics=5, alpha=0.3, beta=0.1, seed=1, partitions=3, threads=2, scratch=scratch)
        for each, scratch in ((corpus, None), (mapped, tmp_path / "scratch"))
    )
    for chain in (in_memory, from_disk):
        chain.sweep(4)
    assert (in_memory.assignments == from_disk.assignments).all()
    assert in_memory.log_joint() == from_disk.log_joint()


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("partitions", [1, 3])
@pytest.mark.parametrize(("alpha", "beta"), [(0.0, 0.1), (0.3, 0.0), (0.0, 0.0)])
def test_every_draw_is_exact_where_a_prior_is_zero(
    kernel: str, partitions: int, alpha: float, beta: float
) -> None:
    chain = Chain(
        small(tokens=150, words=12),
        topics=5,
        alpha=alpha,
        beta=beta,
        seed=2,
        partitions=partitions,
        kernel=kernel,
    )
    draws = watched(chain, sweeps=6, seed=0)
    assert draws.impossible == 0
    if alpha + beta > 0:
        check(draws)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("partitions", [1, 3])
def test_a_topic_that_left_a_document_never_returns_at_alpha_zero(kernel: str, partitions: int) -> None:
    chain = Chain(
        small(tokens=600), topics=6, alpha=0.0, beta=0.1, seed=1, partitions=partitions, kernel=kernel
    )
    before = chain.doc_topic > 0
    start = before.sum()
    for _ in range(30):
        chain.sweep()
        now = chain.doc_topic > 0
        assert not (now & ~before).any()
        before = now
    assert before.sum() < start


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("partitions", [1, 3])
def test_a_word_that_left_a_topic_never_returns_at_beta_zero(kernel: str, partitions: int) -> None:
    chain = Chain(
        small(tokens=600), topics=6, alpha=0.5, beta=0.0, seed=1, partitions=partitions, kernel=kernel
    )
    before = chain.topic_word > 0
    start = before.sum()
    for _ in range(30):
        chain.sweep()
        now = chain.topic_word > 0
        assert not (now & ~before).any()
        before = now
    assert before.sum() < start


@pytest.mark.parametrize("kernel", KERNELS)
def test_tokens_without_mass_stay_and_are_counted(kernel: str) -> None:
    """With both priors at 0, a token whose topic has no other of its document, or none of its word elsewhere, has nowhere to go."""
    corpus = _corpus([[0, 1], [2, 3]], 4)
    z = np.array([0, 1, 2, 3], dtype=np.int32)
    chain = Chain(corpus, topics=4, alpha=0.0, beta=0.0, seed=0, partitions=1, kernel=kernel, assignments=z)
    chain.sweep(3)
    assert chain.stuck == 4
    assert (chain.assignments == z).all()
    assert chain.log_joint() == -math.inf


@pytest.mark.parametrize("kernel", KERNELS)
def test_one_topic_leaves_no_choice(kernel: str) -> None:
    chain = Chain(small(), topics=1, alpha=0.1, beta=0.1, seed=0, partitions=2, kernel=kernel)
    chain.sweep(2)
    assert (chain.assignments == 0).all()
    assert chain.topic_totals.tolist() == [300]


@pytest.mark.parametrize("partitions", [1, 3])
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_draw_is_exact_with_one_word_and_with_more_topics_than_tokens(
    kernel: str, partitions: int
) -> None:
    one_word = _corpus([[0] * 30, [], [0], [0] * 25], 1)
    check_draws(
        Chain(one_word, topics=3, alpha=0.6, beta=0.2, seed=0, partitions=partitions, kernel=kernel),
        sweeps=15,
    )
    few = _corpus([[0, 1], [1, 2, 0], [2]], 3)
    check_draws(
        Chain(few, topics=40, alpha=0.1, beta=0.2, seed=0, partitions=partitions, kernel=kernel), sweeps=80
    )


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("longest", [65_535, 65_536, 70_000])
def test_documents_may_have_more_tokens_than_16_bits_count(kernel: str, longest: int) -> None:
    corpus = Corpus(
        words=np.zeros(longest + 2, dtype=np.int32),
        starts=np.array([0, 1, longest + 1, longest + 2], dtype=np.int64),
        vocabulary=("a",),
    )
    z = np.zeros(corpus.tokens, dtype=np.int32)
    chain = Chain(corpus, topics=2, alpha=1e-9, beta=0.1, seed=0, partitions=1, kernel=kernel, assignments=z)
    chain.sweep()
    assert chain.doc_topic.sum(axis=1).tolist() == [1, longest, 1]
    assert chain.doc_topic[1].tolist() == [longest, 0]
    assert chain.topic_totals.sum() == longest + 2


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_last_of_65536_topics_can_be_told_apart(kernel: str) -> None:
    corpus = _corpus([[0, 1, 0], [1]], 2)
    z = np.array([65_535, 0, 65_535, 32_768], dtype=np.int32)
    chain = Chain(
        corpus, topics=65_536, alpha=1e-12, beta=0.1, seed=0, partitions=1, kernel=kernel, assignments=z
    )
    assert (chain.assignments == z).all()
    chain.sweep()
    assert set(chain.assignments[:3].tolist()) <= {0, 65_535}
    assert chain.topic_totals.sum() == 4


@pytest.mark.parametrize("kernel", KERNELS)
def test_totals_may_exceed_32_bits(kernel: str) -> None:
    """Topics of 3 billion and 9 billion tokens: the larger one's normaliser makes it three times less likely."""
    import importlib

    block = importlib.import_module(f"steelyard.topics.kernels.{kernel}").sweep_block
    real = np.float32 if kernel == "vector" else np.float64
    tokens, width = 4000, 16
    totals = np.zeros(width, dtype=np.int64)
    totals[:2] = 3_000_000_000, 9_000_000_000
    words = np.zeros((tokens, width), dtype=np.int32)
    words[:, 0] = 1
    doc_topic = np.zeros(tokens * width, dtype=np.uint16)
    doc_topic[::width] = 1
    topic = np.zeros(tokens, dtype=np.uint16)
    alpha = np.zeros(width, dtype=real)
    alpha[:2] = 1.0
    block(
        np.arange(tokens, dtype=np.int32),
        np.arange(tokens + 1, dtype=np.int64),
        (0, tokens),
        np.arange(tokens, dtype=np.int32),
        topic,
        doc_topic,
        words,
        totals,
        np.ones(width, dtype=real),
        alpha,
        0.1,
        0.1 * tokens,
        np.array([1, 2, 3, 4], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )
    moved = int((topic == 1).sum())
    assert totals[:2].tolist() == [3_000_000_000 - moved, 9_000_000_000 + moved]
    assert abs(moved - tokens / 4) < 5 * math.sqrt(tokens * 3 / 16)


def test_folding_in_stays_among_the_topics_where_probabilities_are_subnormal() -> None:
    """Half of all random numbers times the smallest number are that number again, which no cumulative sum exceeds."""
    corpus = _corpus([[0] * 50], 1)
    found = fold_in(corpus, np.full((2, 1), 5e-324), np.full(2, 0.5), seed=0, keep=True)
    assert (found.samples.sum(axis=2) == 50).all()
    assert found.doc_topic.sum(axis=1) == pytest.approx(1.0)


def _corpus(documents: list[list[int]], words: int) -> Corpus:
    return Corpus(
        words=np.array([word for document in documents for word in document], dtype=np.int32),
        starts=np.cumsum([0, *map(len, documents)]).astype(np.int64),
        vocabulary=tuple(map(str, range(words))),
    )


def _counted(corpus: Corpus, z: Any, topics: int) -> tuple[Any, Any]:
    by_document = np.zeros((len(corpus), topics), dtype=np.int64)
    by_topic = np.zeros((topics, len(corpus.vocabulary)), dtype=np.int64)
    np.add.at(by_document, (np.repeat(np.arange(len(corpus)), corpus.lengths), z), 1)
    np.add.at(by_topic, (z, corpus.words), 1)
    return by_document, by_topic


def _again(chain: Chain, **settings: Any) -> Chain:
    return Chain(
        chain.corpus,
        topics=chain.topics,
        alpha=chain.alpha,
        beta=chain.beta,
        seed=chain.seed,
        partitions=chain.partitions,
        kernel=chain.kernel,
        **settings,
    )
