from __future__ import annotations

import math

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.language.baselines import KneserNey, Unigram
from steelyard.language.baselines.compressor import compressors
from steelyard.language.source import MarkovSource
from steelyard.language.stream import Stream, make_stream
from steelyard.language.vocabulary import Vocabulary
from steelyard.language.weighing import Yardsticks

TEXT = "The quick brown fox jumps over the lazy dog, and the dog sleeps. " * 40
TRAINING, HELD_OUT = TEXT[:1949], TEXT[1949:] + "zebra"


def measured(unit: str, **options):
    vocabulary = Vocabulary.build([TRAINING], unit=unit, **options)
    streams = [make_stream([part], vocabulary) for part in (TRAINING, HELD_OUT)]
    return vocabulary, streams, Yardsticks.measure(*streams, size=vocabulary.size)


def values(scale) -> dict[str, float]:
    return {point.name: point.value for point in scale.points}


def test_the_points_are_the_means_of_the_predictors() -> None:
    vocabulary, (training, held_out), yardsticks = measured("character")
    scale = yardsticks.nats_scale()
    found = values(scale)
    assert list(found) == ["uniform", "unigram", "bigram", "Kneser-Ney 5-gram", "floor"]
    assert found["uniform"] == pytest.approx(math.log(vocabulary.size))
    for name, predictor in (
        ("unigram", Unigram()),
        ("bigram", KneserNey(order=2)),
        ("Kneser-Ney 5-gram", KneserNey(order=5)),
    ):
        nats = predictor.fit(training, size=vocabulary.size).score(held_out)
        assert found[name] == pytest.approx(nats.mean(), rel=1e-15)
        assert values(yardsticks.bits_per_byte_scale())[name] == pytest.approx(held_out.bits_per_byte(nats))
    assert scale.baseline.name == "unigram"
    assert scale.place(found["unigram"]).skill == 0
    assert scale.place(math.exp(2), unit="perplexity").value == pytest.approx(2.0)


def test_words_and_characters_stand_on_one_scale_a_byte_and_spelling_is_in_it() -> None:
    _, (_, characters), by_character = measured("character")
    _, (_, words), by_word = measured("word", min_count=2)
    assert characters.bytes == words.bytes
    assert words.unknown == 1
    found = values(by_word.bits_per_byte_scale())
    without = by_word.nats["unigram"].sum() / math.log(2) / words.bytes
    assert found["unigram"] == pytest.approx(without + words.spelling_nats / math.log(2) / words.bytes)
    assert found["unigram"] < values(by_character.bits_per_byte_scale())["unigram"]
    notes = " ".join(by_word.nats_scale().notes)
    assert f"1 of {words.tokens:,} tokens are unknown" in notes
    assert characters.unknown == 0
    assert "unknown" not in " ".join(by_character.nats_scale().notes)


def test_a_known_entropy_is_the_floor() -> None:
    tokens = np.array([2, 3, 2, 2, 4, 3, 3, 2, 4, 4] * 20)
    source = MarkovSource.fit(tokens, order=1, size=5)
    training, held_out = (Stream.of(source.sample(60_000, seed=seed)) for seed in (0, 1))
    yardsticks = Yardsticks.measure(training, held_out, size=5)
    scale = yardsticks.nats_scale(entropy_nats=source.entropy_nats)
    assert scale.floor.name == "the source's entropy"
    # A bigram is the right kind of model for a source of order 1: it comes to the floor.
    assert scale.place(values(scale)["bigram"]).skill == pytest.approx(1, abs=0.03)
    with pytest.raises(InputError, match="bits a byte need a text"):
        yardsticks.bits_per_byte_scale()


def test_compressors_stand_beside_the_models() -> None:
    _, _, yardsticks = measured("character")
    squeezed = compressors(HELD_OUT, training=TRAINING)
    found = values(yardsticks.bits_per_byte_scale(compressed=squeezed))
    assert found["lzma"] == squeezed[0].given_bits_per_byte
    assert found["bz2"] == squeezed[2].alone_bits_per_byte


def test_orders_are_the_caller_s_choice_and_a_wrong_entropy_is_refused() -> None:
    vocabulary, streams, _ = measured("character")
    chosen = Yardsticks.measure(*streams, size=vocabulary.size, orders=(3, 7))
    assert list(chosen.nats) == ["uniform", "unigram", "Kneser-Ney 3-gram", "Kneser-Ney 7-gram"]
    assert "the last 6 tokens" in next(p.meaning for p in chosen.nats_scale().points if "7" in p.name)
    for wrong in (-0.1, math.nan):
        with pytest.raises(InputError, match="`entropy_nats` must be at least 0"):
            chosen.nats_scale(entropy_nats=wrong)
    with pytest.raises(InputError, match="`floor` must be at least as good"):
        chosen.nats_scale(entropy_nats=99.0)
