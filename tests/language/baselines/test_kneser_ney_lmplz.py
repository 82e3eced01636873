"""Kneser-Ney against KenLM's lmplz 0.3.0 (Heafield et al. 2013), whose figures are kept here: `lmplz -o 3 --discount_fallback`.

benchmarks/language_kneser_ney.py compares the two on any text, given a built lmplz.
"""

from __future__ import annotations

import numpy as np
import pytest

from steelyard.language.baselines.kneser_ney import FALLBACK, KneserNey
from steelyard.language.stream import make_stream
from steelyard.language.vocabulary import Vocabulary

HELD_OUT = ["a b a", "l x a c", "", "d d d d e", "b a c a h"]  # x is unknown, and a line is empty
LMPLZ_NATS = [
    [0.793277, 2.479498, 1.35469, 1.83812],
    [3.371216, 5.816135, 2.505922, 2.428776, 1.315053],
    [5.101282],
    [2.705336, 4.265672, 3.442952, 3.442952, 2.672029, 2.339187],
    [2.409504, 0.752794, 3.534096, 1.299025, 3.194266, 1.752332],
]
LMPLZ_DISCOUNTS = [list(FALLBACK), [0.234568, 1.2282, 2.69644], [0.571895, 1.25348, 1.83614]]


def sentences(count: int) -> list[str]:
    """Return lines out of a small generator of numbers (Park & Miller 1988), the same everywhere."""
    state, found = 1, []
    for _ in range(count):
        words = []
        state = state * 48271 % 2147483647
        for _ in range(1 + state % 9):
            state = state * 48271 % 2147483647
            words.append("abcdefghijkl"[int(12 * (state / 2147483647) ** 3)])
        found.append(" ".join(words))
    return found


def test_every_probability_is_that_of_lmplz() -> None:
    training = sentences(400)
    assert training[:2] == ["a c i k a", "a a e a c c g c b"]
    vocabulary = Vocabulary.build(training, unit="word", words="spaced")
    # An empty document behind the last one has its end guessed too.
    model = KneserNey(order=3).fit(make_stream([*training, ""], vocabulary), size=vocabulary.size)
    assert model.discounts_ == pytest.approx(np.array(LMPLZ_DISCOUNTS), rel=1e-5)
    nats = model.score(make_stream([*HELD_OUT, ""], vocabulary))
    assert nats == pytest.approx([each for line in LMPLZ_NATS for each in line], abs=2e-6)
