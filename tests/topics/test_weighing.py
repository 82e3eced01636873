import math

import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.topics.completion import completion, halves
from steelyard.topics.dataset import split
from steelyard.topics.weighing import held_out_scale, own_words_nats


def test_the_unigram_is_what_one_topic_gets(simulated):
    corpus, _, _ = simulated(documents=100)
    dealt = split(corpus, seed=0)
    scale = held_out_scale(dealt, seed=0)
    one = completion(dealt.held_out, dealt.unigram[None], np.ones(1), seed=0)
    assert scale.baseline.value == pytest.approx(one.nats_per_word)
    assert scale.place(one.nats_per_word).skill == pytest.approx(0, abs=1e-12)
    assert {point.name: point.value for point in scale.points}["uniform"] == pytest.approx(math.log(40))


def test_the_floor_is_below_what_the_true_topics_get(simulated):
    corpus, phi, _ = simulated(documents=100)
    dealt = split(corpus, seed=0)
    true = completion(dealt.held_out, phi, np.full(4, 0.2), seed=0).nats_per_word
    scale = held_out_scale(dealt, seed=0)
    assert scale.floor.value < true < scale.baseline.value
    assert scale.floor.value == own_words_nats(halves(dealt.held_out, seed=0).scored)


def test_own_words_by_hand():
    corpus = Corpus.from_documents([["a", "a", "b", "b"], ["a"], []])
    assert own_words_nats(corpus) == pytest.approx(4 * math.log(2) / 5)
