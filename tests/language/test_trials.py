import math

import numpy as np
import pytest
import torch

from steelyard.language.baselines import KneserNey
from steelyard.language.dataset import dealt, load
from steelyard.language.levels import CONTEXT, DROPOUT, INIT_LOSS, TYING, UNIT
from steelyard.language.stream import make_stream
from steelyard.language.trials import context_trial, dropout_trial, init_loss_trial, tying_trial, unit_trial
from steelyard.language.vocabulary import Vocabulary
from steelyard.study.run import Recorder

WORD = {
    "unit": "word", "vocabulary": 40, "embedding": 8, "hidden": 8, "batch": 8, "window": 16, "epochs": 1, "learning_rate": 0.02,
}  # fmt: skip
CHARACTER = {"unit": "character", "embedding": 4, "hidden": 8, "batch": 8, "window": 32, "epochs": 1}
LOSSES = {"nats_per_token", "bits_per_byte", "perplexity", "unknown"}


def run_one(trial, level, path, *, seed=0, **changes):
    run = Recorder()
    training = {"word": WORD, "character": CHARACTER} if trial is unit_trial else {**WORD, **changes}
    fingerprint = load(str(path)).fingerprint
    metrics = trial(
        seed, run, level, data=str(path), fingerprint=fingerprint, characters=None, training=training
    )
    return metrics, run


@pytest.mark.parametrize(
    ("trial", "level"),
    [
        *((unit_trial, level) for level in UNIT),
        *((init_loss_trial, level) for level in INIT_LOSS),
        *((tying_trial, level) for level in TYING),
        *((dropout_trial, level) for level in DROPOUT),
    ],
)
def test_hands_over_losses_curves_and_costs(trial, level, documents_file):
    metrics, run = run_one(trial, level, documents_file)
    assert set(metrics) == {*LOSSES, "initial_nats", "early_nats", "parameters"}
    assert np.isfinite(list(metrics.values())).all()
    assert metrics["perplexity"] == pytest.approx(math.exp(metrics["nats_per_token"]))
    assert run.curves["train_nats"].values[0] == metrics["initial_nats"] > metrics["nats_per_token"]
    assert len(run.curves["validation_nats"].steps) == 1
    assert run.tables["cost"]["tokens trained on"][0] > 3000


@pytest.mark.parametrize("level", CONTEXT)
def test_scores_every_context(level, documents_file):
    metrics, run = run_one(context_trial, level, documents_file)
    assert set(metrics) == LOSSES
    assert np.isfinite(list(metrics.values())).all()
    assert ("train_nats" in run.curves) == (level != "5-gram")


def test_the_5_gram_is_kneser_neys_of_the_same_vocabulary(documents_file):
    parts = dealt(str(documents_file), load(str(documents_file)).fingerprint, None, 0)
    vocabulary = Vocabulary.build(parts.train, unit="word", limit=40, min_count=2)
    train, test = (make_stream(texts, vocabulary) for texts in (parts.train, parts.test))
    nats = KneserNey(order=5).fit(train, size=vocabulary.size).score(test)
    counted = run_one(context_trial, "5-gram", documents_file)[0]
    assert counted["nats_per_token"] == pytest.approx(nats.mean(), abs=1e-12)
    assert counted["unknown"] == run_one(context_trial, "memory", documents_file)[0]["unknown"] > 0


def test_an_untrained_network_guesses_what_it_was_told_to(documents_file):
    parts = dealt(str(documents_file), load(str(documents_file)).fingerprint, None, 0)
    size = Vocabulary.build(parts.train, unit="word", limit=40, min_count=2).size
    initial = {
        level: run_one(init_loss_trial, level, documents_file)[0]["initial_nats"] for level in INIT_LOSS
    }
    assert initial["uniform"] == pytest.approx(math.log(size), abs=0.1)
    assert initial["unigram"] < initial["uniform"] - 0.5
    assert initial["large"] > initial["uniform"] + 2


def test_tied_weights_are_fewer(documents_file):
    untied, tied = (run_one(tying_trial, level, documents_file)[0] for level in TYING)
    assert untied["parameters"] - tied["parameters"] == 8 * 42  # hidden units times tokens


def test_knowing_fewer_words_flatters_the_loss_a_token_only(documents_file):
    fewer = {**WORD, "vocabulary": 5}
    known = run_one(tying_trial, "untied", documents_file)[0]
    hidden = run_one(tying_trial, "untied", documents_file, **fewer)[0]
    assert hidden["nats_per_token"] < known["nats_per_token"] - 0.5
    saved = known["nats_per_token"] / hidden["nats_per_token"]
    # What wasn't guessed had to be spelt.
    assert known["bits_per_byte"] / hidden["bits_per_byte"] < saved - 0.3


def test_same_seed_same_losses_whatever_the_threads(documents_file):
    before = torch.get_num_threads()
    first, _ = run_one(dropout_trial, 0.4, documents_file)
    torch.set_num_threads(1 if before > 1 else 2)
    try:
        again, _ = run_one(dropout_trial, 0.4, documents_file)
    finally:
        torch.set_num_threads(before)
    other, _ = run_one(dropout_trial, 0.4, documents_file, seed=1)
    assert first == again
    assert first["nats_per_token"] != other["nats_per_token"]
