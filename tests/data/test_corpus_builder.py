from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.data import corpus_builder
from steelyard.data.corpus import Corpus
from steelyard.data.corpus_builder import CorpusBuilder
from steelyard.data.vocabulary import Pruning
from steelyard.errors import InputError

DOCUMENTS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=30), max_size=12)


def built(documents: list[list[str]], rule: Pruning, folder: Path | None = None) -> Corpus:
    with CorpusBuilder(folder) as builder:
        for number, words in enumerate(documents):
            builder.add(words, name=str(number))
        return builder.finish(rule)[0]


@given(DOCUMENTS, st.integers(1, 4), st.integers(1, 9))
def test_what_is_kept_against_counting_by_hand(documents: list[list[str]], fewest: int, at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_builder, "_AT_ONCE", at_once)
        corpus = built(documents, Pruning(min_df=fewest))
    frequency = Counter(word for words in documents for word in set(words))
    kept = sorted(word for word, count in frequency.items() if count >= fewest)
    assert list(corpus.vocabulary) == kept
    for number, words in enumerate(documents):
        own = corpus.words[corpus.starts[number] : corpus.starts[number + 1]]
        assert [corpus.vocabulary[each] for each in own] == [word for word in words if word in kept]


def test_a_folder_gives_the_same_corpus_as_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    documents = [[f"w{each}" for each in rng.integers(0, 50, size)] for size in rng.integers(0, 40, 60)]
    rule = Pruning(min_df=5, max_df=0.5)
    monkeypatch.setattr(corpus_builder, "_AT_ONCE", 64)
    mapped = built(documents, rule, tmp_path / "corpus")
    assert isinstance(mapped.words, np.memmap)
    assert mapped.fingerprint == built(documents, rule).fingerprint
    assert sorted(each.name for each in (tmp_path / "corpus").iterdir()) == [
        "corpus.json",
        "starts.npy",
        "words.npy",
    ]
    again = Corpus.open(tmp_path / "corpus")
    assert again.names == tuple(map(str, range(60)))


def test_a_corpus_without_tokens_can_be_written(tmp_path: Path) -> None:
    corpus = built([[], []], Pruning(), tmp_path / "empty")
    assert len(corpus) == 2
    assert corpus.tokens == 0


def test_words_known_beforehand_keep_their_numbers_and_stay_unused() -> None:
    with CorpusBuilder(vocabulary=["z", "never", "a"]) as builder:
        builder.add_numbers(np.array([2, 0], dtype=np.int32))
        builder.end()
        corpus, left_out = builder.finish()
    assert corpus.vocabulary == ("z", "never", "a")
    assert corpus.words.tolist() == [2, 0]
    assert left_out.words == 0


def test_other_peoples_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        CorpusBuilder(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="must be writable"):
        CorpusBuilder(tmp_path / "file" / "below")


def test_words_that_are_there_twice() -> None:
    with pytest.raises(InputError, match="'a' is there more than once"):
        CorpusBuilder(vocabulary=["a", "b", "a"])


def test_more_tokens_than_memory_should_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_builder, "MOST_IN_MEMORY", 5)
    with CorpusBuilder() as builder, pytest.raises(InputError, match=r"at most 5 tokens.*folder="):
        builder.add(["a"] * 6)
