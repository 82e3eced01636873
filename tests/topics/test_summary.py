import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.topics.sampling import Drawn
from steelyard.topics.states import State
from steelyard.topics.summary import summarise

CORPUS = Corpus.from_documents([["a", "a", "b"]])


def chain(word_counts, trace, beta=0.1):
    state = State(assignments=np.zeros(3, np.int32), alpha=np.full(2, 0.1), beta=beta, seed=0, sweeps=8)
    drawn = Drawn(
        word_counts=np.array(word_counts, dtype=float),
        doc_shares=np.array([[1.5, 0.5]]),
        kept=2,
        trace=trace,
        trace_sweeps=[4, 6, 8],
        trace_kept=[False, True, True],
        topics_per_document=[2.0, 1.0, 1.0],
    )
    return state, drawn


def test_the_chain_with_the_largest_mean_is_reported_and_the_others_are_matched_to_it():
    chains = [chain([[0, 2], [4, 0]], [-9.0, -5.0, -5.0]), chain([[4, 0], [0, 2]], [-1.0, -4.0, -5.0])]
    found = summarise(CORPUS, [each[0] for each in chains], [each[1] for each in chains], 8)
    assert found.best == 1
    assert found.components == pytest.approx(np.array([[2.1, 0.1], [0.1, 1.1]]))
    assert found.doc_topic.tolist() == [[0.75, 0.25]]
    assert found.log_joint.shape == (2, 3)
    assert found.alignments[0].order.tolist() == [1, 0]
    assert found.alignments[0].similarity == pytest.approx(1.0)


def test_a_topic_without_tokens_under_beta_zero_has_equal_probabilities():
    state, drawn = chain([[4, 2], [0, 0]], [-9.0, -5.0, -5.0], beta=0.0)
    found = summarise(CORPUS, [state], [drawn], 8)
    assert found.components.tolist() == [[2.0, 1.0], [0.0, 0.0]]
    assert found.topic_word == pytest.approx(np.array([[2 / 3, 1 / 3], [0.5, 0.5]]))
