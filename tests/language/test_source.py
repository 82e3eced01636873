from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.baselines import KneserNey
from steelyard.language.source import MarkovSource
from steelyard.language.stream import Stream, make_stream
from steelyard.language.vocabulary import Vocabulary

runs = st.lists(st.sampled_from([0, 2, 3, 4]), min_size=6, max_size=60)


def transitions(source: MarkovSource) -> np.ndarray:
    """Return the chain's matrix over its contexts."""
    states = len(source.contexts)
    matrix = np.zeros((states, states))
    of = np.repeat(np.arange(states), np.diff(source.starts))
    left = np.bincount(of, weights=source.counts)
    np.add.at(matrix, (of, source.following), source.counts / left[of])
    return matrix


@given(run=runs, order=st.integers(1, 4))
@settings(max_examples=50, deadline=None)
def test_it_is_what_was_counted_around_the_circle(run: list[int], order: int) -> None:
    source = MarkovSource.fit(np.array(run), order=order, size=5)
    circle = run * 2
    counted = Counter((tuple(circle[at : at + order]), circle[at + order]) for at in range(len(run)))
    contexts = sorted({context for context, _ in counted})
    assert [tuple(each) for each in source.contexts.tolist()] == contexts
    p = source.conditional(contexts)
    assert p.sum(axis=1) == pytest.approx(1, abs=1e-12)
    for row, context in enumerate(contexts):
        total = sum(n for (other, _), n in counted.items() if other == context)
        assert p[row] == pytest.approx([counted[context, token] / total for token in range(5)])
    # The context that an arc leads to is its own without the first token, with the successor behind it.
    of = np.repeat(np.arange(len(contexts)), np.diff(source.starts))
    led = np.column_stack([source.contexts[of][:, 1:], source.successors])
    assert np.array_equal(source.contexts[source.following], led)


@given(run=runs, order=st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_the_stationary_distribution_is_the_chain_s_only_one(run: list[int], order: int) -> None:
    source = MarkovSource.fit(np.array(run), order=order, size=5)
    matrix, states = transitions(source), len(source.contexts)
    assert source.stationary @ matrix == pytest.approx(source.stationary, abs=1e-12)
    assert source.stationary.sum() == pytest.approx(1)
    # pi (P - I) = 0 has one dimension of solutions: all contexts reach each other.
    assert np.linalg.matrix_rank(matrix - np.eye(states), tol=1e-9) == states - 1


def test_entropy_by_hand() -> None:
    # Around the circle a b a a: a is left three times (to b, to a, to a), b once.
    source = MarkovSource.fit(np.array([2, 3, 2, 2]), order=1, size=4)
    after_a = -(1 / 3) * math.log(1 / 3) - (2 / 3) * math.log(2 / 3)
    assert source.stationary == pytest.approx([3 / 4, 1 / 4])
    assert source.entropies_nats == pytest.approx([after_a, 0], abs=1e-15)
    assert source.entropy_nats == pytest.approx(3 / 4 * after_a)


def test_of_independent_tokens_it_is_the_entropy_of_their_shares() -> None:
    tokens = 2 + np.random.default_rng(0).choice(3, size=300_000, p=[0.5, 0.3, 0.2])
    source = MarkovSource.fit(tokens, order=2, size=5)
    shares = np.bincount(tokens)[2:] / len(tokens)
    assert source.entropy_nats == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-3)


def test_cross_entropy_is_entropy_plus_divergence_term_by_term_and_in_the_draw() -> None:
    walk = 2 + (np.random.default_rng(1).zipf(1.7, size=4000) + np.arange(4000) // 3) % 6
    source = MarkovSource.fit(walk, order=2, size=8)
    guess = KneserNey(order=2).fit(Stream.of(walk[:300]), size=8)
    p = source.conditional(source.contexts)
    q = np.array([guess.predict(context) for context in source.contexts])
    divergence = np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / q), 0).sum(axis=1)
    cross = source.stationary @ -(p * np.log(q)).sum(axis=1)
    assert cross == pytest.approx(source.entropy_nats + source.stationary @ divergence, rel=1e-12)
    assert (divergence >= 0).all()
    drawn = source.sample(200_000, seed=3)
    nats = guess.score(Stream.of(drawn))[2:]
    assert nats.mean() == pytest.approx(cross, abs=5 * nats.std() / math.sqrt(len(nats)))


def test_what_is_drawn_has_the_source_s_frequencies() -> None:
    walk = np.array([2, 3, 2, 2, 4, 2, 3, 3, 2, 4, 4, 2])
    source = MarkovSource.fit(walk, order=1, size=5)
    drawn = source.sample(200_000, seed=7)
    assert drawn.dtype == np.int32
    assert drawn.shape == (200_000,)
    states = source.states_along(drawn)
    expected = source.probabilities(np.arange(3))
    for state in range(3):
        followed = drawn[1:][states == state]
        assert len(followed) / len(states) == pytest.approx(source.stationary[state], abs=0.01)
        seen = np.bincount(followed, minlength=5) / len(followed)
        assert seen == pytest.approx(expected[state], abs=0.01)


def test_the_first_context_is_drawn_as_often_as_it_comes() -> None:
    source = MarkovSource.fit(np.array([2, 2, 2, 3]), order=2, size=4)
    firsts = Counter(tuple(source.sample(2, seed=seed).tolist()) for seed in range(2000))
    assert set(firsts) == {(2, 2), (2, 3), (3, 2)}
    for context, times in firsts.items():
        expected = source.stationary[source.states([context])[0]]
        assert times / 2000 == pytest.approx(expected, abs=0.05)


def test_same_seed_same_tokens_and_a_longer_draw_begins_with_the_shorter() -> None:
    source = MarkovSource.fit(np.arange(2, 60) % 11 + 2, order=1, size=13)
    text = MarkovSource.fit(2 + np.random.default_rng(0).integers(0, 4, 500), order=3, size=6)
    for each in (source, text):
        long = each.sample(300, seed=5)
        assert np.array_equal(each.sample(300, seed=5), long)
        assert np.array_equal(each.sample(90, seed=5), long[:90])
        assert np.array_equal(each.sample(1, seed=5), long[:1])
    assert not np.array_equal(text.sample(300, seed=5), text.sample(300, seed=6))


def test_marks_of_documents_are_left_out() -> None:
    vocabulary = Vocabulary.build(["abab", "ba"], unit="character")
    stream = make_stream(["abab", "ba"], vocabulary)
    source = MarkovSource.fit(stream, order=2, size=vocabulary.size)
    same = MarkovSource.fit(stream.ids[stream.ids > 1], order=2, size=vocabulary.size)
    assert np.array_equal(source.contexts, same.contexts)
    assert np.array_equal(source.counts, same.counts)


@pytest.mark.parametrize("order", [0, 13])
def test_orders_out_of_range_are_refused(order: int) -> None:
    with pytest.raises(InputError, match=f"between 1 and 12 tokens, but got {order}"):
        MarkovSource.fit(np.full(40, 2), order=order, size=4)


def test_tokens_that_no_source_can_be_made_of_are_refused() -> None:
    with pytest.raises(InputError, match=r"more than 3 token numbers .* of the shape \(3,\)"):
        MarkovSource.fit(np.array([2, 3, 2]), order=3, size=4)
    with pytest.raises(InputError, match="got float64"):
        MarkovSource.fit(np.ones(9), order=1, size=4)
    for wrong in ([2, 4, 2], [2, -1, 2], [2, 1, 2]):
        with pytest.raises(InputError, match="between 0 and 3 and not be 1"):
            MarkovSource.fit(np.array(wrong), order=1, size=4)


def test_contexts_that_the_source_never_shows_are_refused() -> None:
    source = MarkovSource.fit(np.array([2, 2, 3, 4]), order=2, size=6)
    with pytest.raises(InputError, match=r"context 1, \[3, 3\], never occurs"):
        source.conditional([[2, 3], [3, 3]])
    with pytest.raises(InputError, match=r"shape \(m, 2\), but have \(1, 3\)"):
        source.states([[2, 3, 4]])
    with pytest.raises(InputError, match="between 0 and 5, but go from 2 to 6"):
        source.states([[2, 6]])
    with pytest.raises(InputError, match="at least 2 tokens"):
        source.states_along(np.array([2]))
    with pytest.raises(InputError, match="`count` must be at least 1 token, but got 0"):
        source.sample(0, seed=0)
    assert source.states(np.empty((0, 2), dtype=np.int64)).shape == (0,)
    assert source.states_along(np.array([2, 3])).shape == (0,)
