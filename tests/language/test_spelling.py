from __future__ import annotations

import json
import math
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.spelling import END, Spelling

TRAINING = {"walked": 3, "walk": 1, "né": 2, "a": 7}


class Twin:
    """Witten & Bell's method C from dictionaries, a symbol at a time."""

    def __init__(self, words: dict[str, int]) -> None:
        self.counts: dict[tuple, Counter] = {}
        for word, times in words.items():
            symbols = ["^", "^", "^", *word.encode(), END]
            for at in range(3, len(symbols)):
                for length in range(4):
                    history = tuple(symbols[at - length : at])
                    self.counts.setdefault(history, Counter())[symbols[at]] += times

    def p(self, symbol: int, history: tuple) -> float:
        below = self.p(symbol, history[1:]) if history else 1 / 257
        seen = self.counts.get(history)
        if seen is None:
            return below
        return (seen[symbol] + len(seen) * below) / (seen.total() + len(seen))

    def nats(self, word: str) -> float:
        symbols = ["^", "^", "^", *word.encode(), END]
        return -sum(
            math.log(self.p(symbols[at], tuple(symbols[at - 3 : at]))) for at in range(3, len(symbols))
        )


@given(
    st.dictionaries(st.text("abé", min_size=1, max_size=6), st.integers(1, 9), max_size=6),
    st.lists(st.text("abc€", max_size=6)),
)
@settings(max_examples=50, deadline=None)
def test_it_is_what_the_formula_says_symbol_by_symbol(training, asked) -> None:
    twin = Twin(training)
    assert Spelling.fit(training).nats(asked) == pytest.approx([twin.nats(word) for word in asked], rel=1e-12)


def test_what_may_follow_sums_to_1() -> None:
    twin = Twin(TRAINING)
    for history in (("^", "^", "^"), ("^", "^", ord("w")), (1, 2, 3), tuple(b"alk")):
        assert sum(twin.p(symbol, history) for symbol in range(257)) == pytest.approx(1, abs=1e-12)


def test_the_words_of_two_letters_and_fewer_have_less_than_all_the_probability() -> None:
    spelling = Spelling.fit({"a": 5, "ab": 5, "": 1})
    ascii_words = ["".join(each) for n in range(3) for each in product(map(chr, range(128)), repeat=n)]
    mass = np.exp(-spelling.nats(ascii_words)).sum()
    assert 0.5 < mass < 1


def test_fitted_on_nothing_every_byte_and_the_end_cost_ln_257() -> None:
    assert Spelling.fit({}).nats(["", "a", "é"]) == pytest.approx(np.log(257) * np.array([1, 2, 3]))


def test_what_was_seen_often_is_cheap() -> None:
    nats = Spelling.fit({**TRAINING, "walked": 300}).nats(["walked", "deklaw"])
    assert nats[0] < 1
    assert nats[1] > 20


def test_it_survives_json_and_hostile_ones_are_refused() -> None:
    spelling = Spelling.fit(TRAINING)
    value = json.loads(json.dumps(spelling.to_json()))
    words = ["walker", "zzz", "€"]
    assert np.array_equal(Spelling.from_json(value).nats(words), spelling.nats(words))
    start_at_the_end = {"grams": [257], "counts": [1]}
    for wrong, said in (
        ([], "must have `grams` and `counts`"),
        ({**value, "more": 1}, "must have `grams` and `counts`"),
        ({**value, "counts": value["counts"][1:]}, "one entry each"),
        ({**value, "counts": [0] * len(value["counts"])}, "at least 1, but one is 0"),
        ({**value, "counts": [True] * len(value["counts"])}, "entry 0 is True"),
        ({**value, "grams": value["grams"][::-1]}, "must rise"),
        ({**value, "grams": [258**4] * len(value["grams"])}, "from 0 to 4430766095"),
        (start_at_the_end, "end in no start"),
    ):
        with pytest.raises(InputError, match=said):
            Spelling.from_json(wrong)
