from __future__ import annotations

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.language.meaning.passage import passage, typical_place
from steelyard.language.meaning.scored import scored
from steelyard.language.meaning.state import State
from steelyard.language.stream import make_stream


def test_tokens_as_they_stand_with_what_each_state_said(texts: list[str], states: tuple[State, ...]) -> None:
    text = texts[10]
    found = passage(states, text, name="ten", start=5, count=40)
    assert "".join(found.tokens) == text[5:45]
    assert len(found.seen) == len(states)
    stream = make_stream([text], states[-1].model.vocabulary_)
    whole = scored(states[-1].model.log_probabilities(stream), stream.ids[1:])
    assert [each.nats for each in found.seen[-1]] == whole.nats[5:45].tolist()
    assert [each.rank for each in found.seen[-1]] == whole.ranks[5:45].tolist()
    for token, seen in zip(found.tokens, found.seen[-1], strict=True):
        assert (seen.guesses[0] == token) == (seen.rank == 1)
        assert list(seen.probabilities) == sorted(seen.probabilities, reverse=True)


def test_the_worked_guess_is_the_passages_own(texts: list[str], states: tuple[State, ...]) -> None:
    found = passage(states, texts[10])
    at = found.worked
    assert found.tokens[at].isalnum()
    for terms, state in ((found.first, 0), (found.last, -1)):
        assert sum(term.loss_nats for term in terms) == pytest.approx(found.seen[state][at].nats, rel=1e-5)
        (right,) = [term for term in terms if term.target]
        assert found.names[right.id] == found.tokens[at]
    fell = [
        first.nats - last.nats if token.isalnum() else -np.inf
        for token, first, last in zip(found.tokens, found.seen[0], found.seen[-1], strict=True)
    ]
    assert at == int(np.argmax(fell))


def test_unknown_tokens_stand_in_their_own_letters(states: tuple[State, ...]) -> None:
    found = passage(states, "the Übermat")
    assert "".join(found.tokens) == "the Übermat"
    assert [token for token, known in zip(found.tokens, found.known, strict=True) if not known] == ["Ü", "b"]


def test_a_text_of_marks_alone_has_a_worked_guess_too(states: tuple[State, ...]) -> None:
    assert passage(states, " \n ").worked in {0, 1, 2}


def test_what_can_t_be_shown(texts: list[str], states: tuple[State, ...]) -> None:
    with pytest.raises(InputError, match="there is none; fit with `snapshots=8`"):
        passage((), texts[0])
    with pytest.raises(InputError, match="must have a token, but the document has 3"):
        passage(states, "abc", start=3)
    with pytest.raises(InputError, match="must have a token"):
        passage(states, "")


def test_the_typical_stretch_has_the_texts_mean() -> None:
    rng = np.random.default_rng(1)
    starts = np.array([0, 50, 300])
    nats = rng.exponential(2, 420)
    document, start = typical_place(nats, starts, length=40)
    begin = starts[document] + start
    chosen = abs(nats[begin : begin + 40].mean() - nats.mean())
    # No stretch that was looked at is nearer, and all lie inside their documents.
    for first, tokens in zip(starts, (49, 249, 120), strict=True):
        for other in range(0, tokens - 40 + 1, 40):
            assert chosen <= abs(nats[first + other : first + other + 40].mean() - nats.mean())


def test_documents_that_are_all_short() -> None:
    assert typical_place(np.ones(9), np.array([0, 3]), length=50) == (1, 0)
