import math

import numpy as np
import pytest

from steelyard.language.baselines.unigram import Unigram
from steelyard.language.stream import Stream


def test_shares_by_hand_with_one_added_to_each():
    ids = np.array([1, 2, 2, 3, 1, 2], dtype=np.int32)
    stream = Stream(ids=ids, starts_of_documents=np.array([0, 4]), bytes=0, characters=0)
    unigram = Unigram().fit(stream, size=5)
    # Five tokens are guessed: three a, one b, and the second mark; the first one isn't.
    assert unigram.probabilities_.tolist() == [0.1, 0.2, 0.4, 0.2, 0.1]
    assert unigram.score(stream) == pytest.approx([-math.log(p) for p in (0.4, 0.4, 0.2, 0.2, 0.4)])


def test_on_long_text_it_is_the_entropy_of_the_shares():
    tokens = np.repeat([2, 3, 4], [50_000, 30_000, 20_000])
    nats = Unigram().fit(Stream.of(tokens), size=5).score(Stream.of(tokens)).mean()
    shares = np.array([0.5, 0.3, 0.2])
    assert nats == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-4)
