import numpy as np
import pytest

from steelyard.study.run import Recorder
from steelyard.topics.completion import completion
from steelyard.topics.dataset import load, split
from steelyard.topics.levels import ALPHA, BETA
from steelyard.topics.trials import alpha_trial, beta_trial, k_trial


@pytest.fixture(scope="module")
def documents(simulated, tmp_path_factory):
    corpus, _, _ = simulated(documents=150, words=30, length=30)
    return str(corpus.save(tmp_path_factory.mktemp("documents")))


def parameters(documents, **more):
    return {"data": documents, "fingerprint": load(documents).fingerprint, "sweeps": 40, **more}


def test_scores_every_alpha(documents):
    found = {level: alpha_trial(0, Recorder(), level, **parameters(documents, topics=4)) for level in ALPHA}
    assert all(np.isfinite(value) for scores in found.values() for value in scores.values())
    assert found["0, and beta 0"]["held_out"] > found["learn"]["held_out"]
    assert found["10"]["held_out"] > found["learn"]["held_out"]
    assert (
        found["0"]["topics_per_document"]
        < found["learn"]["topics_per_document"]
        < found["10"]["topics_per_document"]
    )


def test_scores_every_beta(documents):
    found = {level: beta_trial(0, Recorder(), level, **parameters(documents, topics=4)) for level in BETA}
    assert all(np.isfinite(value) for scores in found.values() for value in scores.values())
    assert found["learn"]["impossible"] == 0
    assert found["0"]["words_per_topic"] < found["1"]["words_per_topic"]


def test_more_topics_than_one_foretell_better(documents):
    one, four = (k_trial(0, Recorder(), k, **parameters(documents))["held_out"] for k in (1, 4))
    assert four < one - 0.2
    dealt = split(load(documents), seed=0)
    unigram = completion(dealt.held_out, dealt.unigram[None], np.ones(1), seed=0).nats_per_word
    assert one == pytest.approx(unigram, abs=0.02)


def test_same_seed_same_scores_and_other_seeds_others(documents):
    first, again, other = (k_trial(seed, Recorder(), 3, **parameters(documents)) for seed in (0, 0, 1))
    assert first == again
    assert first["held_out"] != other["held_out"]


def test_hands_over_the_trace_and_the_topics(documents):
    run = Recorder()
    scores = k_trial(0, run, 3, **parameters(documents))
    assert run.curves["log_joint_per_token"].steps[-1] == 40
    assert len(run.tables["topics"]["words"]) == 3
    assert sum(run.tables["topics"]["share"]) == pytest.approx(1)
    assert scores["perplexity"] == pytest.approx(np.exp(scores["held_out"]))
