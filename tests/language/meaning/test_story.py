from __future__ import annotations

import json
import math
from collections.abc import Iterator

import numpy as np
import pytest
from mixture_model import mixtures
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.meaning.curve import CurvePoint
from steelyard.language.meaning.known_source import known_source
from steelyard.language.meaning.scored import scored
from steelyard.language.meaning.state import State
from steelyard.language.meaning.story import Story, tell
from steelyard.language.stream import Stream, make_stream


@pytest.fixture(scope="module")
def story(texts: list[str], states: tuple[State, ...]) -> Story:
    known = known_source(texts, lambda text: mixtures([text]), seed=0, drawn=2000, held_out=300)
    curve = (CurvePoint(step=1, tokens=10, train_nats=2.0, validation_nats=math.nan),)
    return tell(
        states,
        texts[:9],
        texts[9:],
        seed=0,
        sentences=("the cat ran.",),
        curve=curve,
        known=known,
        source="cats",
    )


def test_every_figure_is_of_the_same_held_out_text(
    story: Story, texts: list[str], states: tuple[State, ...]
) -> None:
    stream = make_stream(texts[9:], states[-1].model.vocabulary_)
    for state, facts in zip(states, story.states, strict=True):
        nats = scored(state.model.log_probabilities(stream), stream.ids[1:]).nats
        assert facts.guesses.nats == pytest.approx(nats.mean())
        assert facts.bits_per_byte == pytest.approx(stream.bits_per_byte(nats))
    assert story.measured_tokens == stream.tokens
    for drop in story.drops:
        assert drop.before_nats == pytest.approx(story.states[0].guesses.nats)
        assert drop.after_nats == pytest.approx(story.states[-1].guesses.nats)
        assert math.fsum(part.part_nats for part in drop.parts) == pytest.approx(drop.drop_nats)
    assert {drop.by for drop in story.drops} == {
        "times in the training text",
        "known run before it",
        "known run with it",
        "position in the document",
    }


def test_yardsticks_are_there_and_the_uniform_one_is_known(story: Story) -> None:
    nats = {each.name: each.nats for each in story.yardsticks}
    assert nats["uniform"] == pytest.approx(math.log(story.vocabulary))
    assert nats["lzma"] is None
    assert {"unigram", "bigram", "Kneser-Ney 5-gram"} <= nats.keys()
    bits = [each.bits_per_byte for each in story.yardsticks]
    assert bits == sorted(bits, reverse=True)


def test_the_passages_are_the_texts_and_the_sentences(story: Story, texts: list[str]) -> None:
    held_out, sentence = story.passages
    assert "".join(held_out.tokens) in texts[9:][int(held_out.name.split()[1]) - 1]
    assert "".join(sentence.tokens) == "the cat ran."


def test_it_is_plain_json_and_the_same_again(
    story: Story, texts: list[str], states: tuple[State, ...]
) -> None:
    record = json.loads(json.dumps(story.to_dict(), allow_nan=False))
    assert record["curve"][0]["validation_nats"] is None
    again = tell(states, texts[:9], texts[9:], seed=0, sentences=("the cat ran.",), source="cats")
    assert again.first_guess == story.first_guess
    assert again.drops == story.drops


def test_copies_of_the_training_text_are_counted(texts: list[str], states: tuple[State, ...]) -> None:
    copied = tell(states, texts[:9], texts[:2], seed=0).copied
    assert copied == pytest.approx(1 - 2 * 31 / (len(texts[0]) + len(texts[1]) + 1), abs=0.01)
    assert tell(states, texts[:9], texts[9:], seed=0).copied < 0.5


def test_words_too(texts: list[str]) -> None:
    found = tell(mixtures(texts[:9], unit="word"), texts[:9], texts[9:], seed=1)
    assert found.unit == "word"
    assert found.known is None
    assert found.states[-1].guesses.nats < found.states[0].guesses.nats


def test_measuring_less_than_all(texts: list[str], states: tuple[State, ...]) -> None:
    counted: list[tuple[int, int]] = []
    found = tell(
        states, texts[:9], texts[9:], seed=0, measured=200, on_state=lambda *done: counted.append(done)
    )
    assert found.measured_tokens <= 203
    assert counted == [(nth, len(states)) for nth in range(1, len(states) + 1)]


def test_what_makes_no_story(texts: list[str], states: tuple[State, ...]) -> None:
    with pytest.raises(InputError, match="two or more states of a training, but got 1"):
        tell(states[:1], texts[:9], texts[9:], seed=0)
    others = mixtures([texts[0] + "Q"])
    with pytest.raises(InputError, match="their vocabularies differ"):
        tell((others[0], states[-1]), texts[:9], texts[9:], seed=0)
    with pytest.raises(InputError, match="8 or more tokens, but has 3"):
        tell(states, texts[:9], ["cat"], seed=0)


def test_a_training_that_diverged(texts: list[str], states: tuple[State, ...]) -> None:
    class Diverged:
        vocabulary_ = states[-1].model.vocabulary_

        def log_probabilities(self, stream: Stream) -> Iterator[NDArray[np.float32]]:
            yield np.full((stream.tokens, self.vocabulary_.size), np.nan, dtype=np.float32)

    last = State(step=7, tokens=70, model=Diverged())
    with pytest.raises(InputError, match="some are nan: the training diverged"):
        tell((states[0], last), texts[:9], texts[9:], seed=0)


def test_arrays_and_odd_numbers_become_plain(story: Story) -> None:
    from dataclasses import replace

    odd = replace(story, parameters={"rate": np.float32(0.5), "inf": math.inf, "path": object})
    parameters = odd.to_dict()["parameters"]
    assert parameters["rate"] == 0.5
    assert parameters["inf"] is None
    assert isinstance(parameters["path"], str)
