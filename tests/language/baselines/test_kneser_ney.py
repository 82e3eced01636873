from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.baselines.kneser_ney import FALLBACK, KneserNey, discounts_of
from steelyard.language.stream import Stream
from steelyard.language.vocabulary import DOCUMENT

UNK, A, B, C, D = 0, 2, 3, 4, 5
# Each pair is once: <doc>a bb bd dc; twice: aa cc; three times: bc ca; four times: ab.
WALK = [A, A, A, B, B, C, C, C, A, B, C, A, B, C, A, B, D, C]


def stream_of(*documents: list[int]) -> Stream:
    ids = np.array([each for document in documents for each in (DOCUMENT, *document)], dtype=np.int32)
    return Stream(ids=ids, starts_of_documents=np.flatnonzero(ids == DOCUMENT), bytes=0, characters=0)


def test_bigrams_by_hand() -> None:
    """Every figure worked out on paper from the formulas of Chen & Goodman (1998).

    Pairs: n1 = 4, n2 = 2, n3 = 2, n4 = 1, so Y = 4 / 8, D1 = 1 - 2/4 = 1/2, D2 = 2 - 3/2 = 1/2, D3+ = 3 - 2/2 = 2.
    Different tokens before a, b, c, d: 3, 2, 3, 1 of 9; n1 = n2 = 1, n3 = 2 would make D2 = 0: so 1/2, 1 and 3/2 are taken, and
    (1/2 + 1 + 3/2 + 3/2) / 9 = 1/2 is left to the uniform 1/6.
    """
    model = KneserNey(order=2).fit(Stream.of(WALK), size=6)
    assert model.discounts_.tolist() == [list(FALLBACK), [0.5, 0.5, 2.0]]
    single = [Fraction(part, 36) for part in (3, 3, 9, 7, 9, 5)]
    assert model.predict([]) == pytest.approx([float(p) for p in single], rel=1e-14)
    after_a = {A: Fraction(17, 48), B: Fraction(179, 432), D: Fraction(25, 432), UNK: Fraction(5, 144)}
    after_b = {C: Fraction(7, 20), D: Fraction(11, 60)}
    after_mark = {A: Fraction(5, 8), UNK: Fraction(1, 24)}
    for history, expected in ((A, after_a), (B, after_b), (DOCUMENT, after_mark)):
        for token, p in expected.items():
            assert model.predict([history])[token] == pytest.approx(float(p), rel=1e-14)
    assert model.predict([UNK]) == pytest.approx([float(p) for p in single], rel=1e-14)
    nats = model.score(Stream.of([A, A, B, C]))
    expected = (Fraction(5, 8), Fraction(17, 48), Fraction(179, 432), Fraction(7, 20))
    assert nats == pytest.approx([-math.log(p) for p in expected], rel=1e-13)


class Twin:
    """The same model from dictionaries and the formulas as they are written, a probability at a time."""

    def __init__(self, documents: list[list[int]], *, order: int, size: int) -> None:
        self.order, self.size = order, size
        joined: list[list[int]] = []
        for number, document in enumerate(documents):
            ends = [DOCUMENT] if number + 1 < len(documents) else []
            joined.append([DOCUMENT, *document, *ends])
        self.count: list[dict[tuple[int, ...], int]] = []
        for length in range(1, order + 1):
            occurrences: dict[tuple[int, ...], int] = defaultdict(int)
            before: dict[tuple[int, ...], set[int]] = defaultdict(set)
            for run in joined:
                for end in range(1, len(run)):
                    start = end - length + 1
                    if start >= 0:
                        gram = tuple(run[start : end + 1])
                        occurrences[gram] += 1
                        if start > 0:
                            before[gram].add(run[start - 1])
            plain = length == order
            self.count.append(
                {
                    gram: times if plain or (length > 1 and gram[0] == DOCUMENT) else len(before[gram])
                    for gram, times in occurrences.items()
                }
            )
        self.discount = []
        for counts in self.count:
            n = [0] + [sum(c == k for c in counts.values()) for k in (1, 2, 3, 4)]
            found = FALLBACK
            if n[1] and n[2] and n[3]:
                y = n[1] / (n[1] + 2 * n[2])
                exact = tuple(k - (k + 1) * y * n[k + 1] / n[k] for k in (1, 2, 3))
                found = exact if min(exact) > 0 else FALLBACK
            self.discount.append((0.0, *found))

    def p(self, token: int, history: tuple[int, ...]) -> float:
        below = self.p(token, history[1:]) if history else 1 / self.size
        counts = self.count[len(history)]
        following = [c for gram, c in counts.items() if gram[:-1] == history]
        if not sum(following):
            return below
        discount = self.discount[len(history)]
        c = counts.get((*history, token), 0)
        left = sum(discount[min(each, 3)] for each in following)
        return (c - discount[min(c, 3)] + left * below) / sum(following)


documents_of_tokens = st.lists(
    st.lists(st.sampled_from([0, 2, 3, 4]), max_size=25), min_size=1, max_size=4
).filter(any)


@settings(max_examples=40, deadline=None)
@example(training=[[0]], scored=[[0]], order=5)  # a document shorter than the order
@given(training=documents_of_tokens, scored=documents_of_tokens, order=st.integers(1, 5))
def test_it_is_what_the_formulas_say_term_by_term(training, scored, order) -> None:
    model = KneserNey(order=order).fit(stream_of(*training), size=6)
    twin = Twin(training, order=order, size=6)
    held_out = stream_of(*scored)
    expected = []
    for at in range(1, len(held_out.ids)):
        mark = int(np.flatnonzero(held_out.ids[:at] == DOCUMENT)[-1])
        history = held_out.ids[mark:at].tolist()[-(order - 1) :] if order > 1 else []
        expected.append(twin.p(int(held_out.ids[at]), tuple(history)))
    assert np.exp(-model.score(held_out)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("order", range(1, 7))
def test_a_long_random_text_has_estimated_discounts_and_is_the_twin_s(order: int) -> None:
    rng = np.random.default_rng(5)
    walk = (2 + (rng.zipf(1.6, size=1500) + np.arange(1500) % 3) % 12).tolist()
    model = KneserNey(order=order).fit(Stream.of(walk), size=15)
    twin = Twin([walk], order=order, size=15)
    assert model.discounts_ == pytest.approx(np.array(twin.discount)[:, 1:])
    if order > 2:
        assert tuple(model.discounts_[-1]) != FALLBACK
    for start in (0, 40, 700):
        history = walk[start : start + order - 1]
        expected = [twin.p(token, tuple(history)) for token in range(15)]
        assert model.predict(history) == pytest.approx(expected, rel=1e-11)


@given(
    documents=documents_of_tokens,
    history=st.lists(st.integers(0, 5), max_size=9),
    order=st.integers(1, 7),
)
@settings(max_examples=50, deadline=None)
def test_probabilities_are_positive_and_sum_to_1_after_any_history(documents, history, order) -> None:
    p = KneserNey(order=order).fit(stream_of(*documents), size=6).predict(history)
    assert p.min() > 0
    assert p.sum() == pytest.approx(1, abs=1e-12)


def test_score_and_predict_agree_at_every_token() -> None:
    training = stream_of(WALK, [B, A], [], [C, C, D])
    model = KneserNey(order=4).fit(training, size=7)
    held_out = stream_of([A, B, C, A, B], [], [6, 0, B, A], WALK)
    predicted = [model.predict(held_out.ids[:at])[held_out.ids[at]] for at in range(1, len(held_out.ids))]
    assert np.exp(-model.score(held_out)) == pytest.approx(predicted, rel=1e-12)


def test_nothing_behind_the_last_mark_plays_a_part() -> None:
    model = KneserNey(order=4).fit(stream_of(WALK, WALK), size=6)
    assert np.array_equal(model.predict([A, B, DOCUMENT, C]), model.predict([DOCUMENT, C]))
    assert not np.array_equal(model.predict([A, B, C]), model.predict([DOCUMENT, C]))


def test_discounts_by_hand_and_when_they_cannot_be_estimated() -> None:
    def counts(n1: int, n2: int, n3: int, n4: int) -> np.ndarray:
        return np.repeat([1, 2, 3, 4], [n1, n2, n3, n4])

    # Y = 8/12: 1 - 2 * 2/3 * 2/8, 2 - 3 * 2/3 * 1/2, 3 - 4 * 2/3 * 1/1
    assert discounts_of(counts(8, 2, 1, 1)) == pytest.approx((2 / 3, 1.0, 1 / 3))
    assert discounts_of(counts(8, 2, 1, 0)) == pytest.approx((2 / 3, 1.0, 3.0))
    assert discounts_of(counts(0, 2, 1, 1)) == FALLBACK
    assert discounts_of(counts(8, 0, 1, 1)) == FALLBACK
    assert discounts_of(counts(8, 2, 0, 1)) == FALLBACK
    assert discounts_of(counts(2, 1, 3, 0)) == FALLBACK  # D2 would be negative
    assert discounts_of(np.empty(0, dtype=np.int64)) == FALLBACK


def test_more_tokens_of_context_help_on_a_source_that_has_them() -> None:
    walk = WALK * 60
    training, held_out = Stream.of(walk[:900]), Stream.of(walk[900:])
    nats = [KneserNey(order=order).fit(training, size=6).score(held_out).mean() for order in (1, 2, 3, 6)]
    assert nats == sorted(nats, reverse=True)
    assert nats[-1] < 0.2
    assert nats[0] > 1


def test_orders_out_of_range_and_unfitted_models_are_refused() -> None:
    for order in (0, 33):
        with pytest.raises(InputError, match=f"between 1 and 32 tokens, but got {order}"):
            KneserNey(order=order)
    with pytest.raises(InputError, match="must be fitted before it guesses"):
        KneserNey().predict([2])
