import numpy as np

from steelyard.data.corpus import Corpus
from steelyard.topics.growing import grown
from steelyard.topics.states import State


def test_old_tokens_stay_and_new_ones_go_where_their_words_are():
    old = Corpus.from_documents([["a"] * 30, ["b"] * 30])
    state = State(
        assignments=np.repeat([1, 0], 30).astype(np.int32), alpha=np.full(2, 0.1), beta=0.01, seed=0, sweeps=5
    )
    new = Corpus.from_documents([["a", "a"], ["b", "b", "b"]])
    found = grown(state, old, new, threads=1)
    assert (found.assignments[:60] == state.assignments).all()
    assert found.assignments[60:].tolist() == [1, 1, 0, 0, 0]
    assert (found.seed, found.sweeps, found.beta) == (0, 5, 0.01)


def test_words_without_a_topic_are_dealt_out():
    old = Corpus(words=np.zeros(9, np.int32), starts=np.array([0, 9]), vocabulary=("a", "b"))
    new = Corpus(words=np.ones(400, np.int32), starts=np.array([0, 400]), vocabulary=("a", "b"))
    state = State(assignments=np.zeros(9, dtype=np.int32), alpha=np.zeros(3), beta=0.0, seed=0, sweeps=5)
    assert (np.bincount(grown(state, old, new, threads=1).assignments[9:], minlength=3) > 80).all()
