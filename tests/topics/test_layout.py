"""The order of tokens: every token once, blocks that share nothing, and there and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.data.corpus import Corpus
from steelyard.topics.layout import default_groups, laid_out


def _corpus(seed: int, *, documents: int, words: int, most: int) -> Corpus:
    rng = np.random.default_rng(seed)
    return Corpus.from_counts(rng.integers(0, most + 1, (documents, words)))


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    documents=st.integers(1, 8),
    words=st.integers(1, 7),
    most=st.integers(0, 3),
    groups=st.integers(1, 4),
)
def test_every_token_is_in_the_block_of_its_document_and_word(
    seed: int, documents: int, words: int, most: int, groups: int
) -> None:
    corpus = _corpus(seed, documents=documents, words=words, most=most)
    layout = laid_out(corpus, groups=groups)
    counts = np.zeros((documents, words), dtype=np.int64)
    np.add.at(counts, (layout.document, layout.words()), 1)
    assert (counts == corpus.counts().toarray()).all()
    for block in range(groups * groups):
        runs = slice(layout.block_run[block], layout.block_run[block + 1])
        assert (layout.word_group[layout.run_word[runs]] == block % groups).all()
        first, last = layout.run_start[layout.block_run[block]], layout.run_start[layout.block_run[block + 1]]
        assert (layout.doc_group[layout.document[first:last]] == block // groups).all()
    assert (np.diff(layout.run_start) > 0).all()
    assert layout.run_start[-1] == corpus.tokens


@pytest.mark.parametrize("groups", [1, 3])
def test_values_go_there_and_back(groups: int) -> None:
    corpus = _corpus(1, documents=9, words=12, most=3)
    layout = laid_out(corpus, groups=groups)
    values = np.arange(corpus.tokens, dtype=np.uint16)
    there = layout.scattered(corpus, values)
    assert sorted(there.tolist()) == values.tolist()
    assert (layout.gathered(corpus, there) == values).all()
    assert (corpus.words[there] == layout.words()).all()
    assert (np.repeat(np.arange(9), corpus.lengths)[there] == layout.document).all()


def test_groups_of_words_hold_about_as_many_tokens_and_all_words() -> None:
    rng = np.random.default_rng(0)
    corpus = Corpus.from_counts(rng.poisson(20 / (1 + np.arange(200)), (100, 200)))
    layout = laid_out(corpus, groups=4)
    tokens = np.bincount(layout.word_group[layout.words()], minlength=4)
    assert tokens.max() < 1.05 * tokens.min()
    assert layout.group_words.sum() == 200


def test_small_corpora_have_one_group_and_large_ones_up_to_sixteen() -> None:
    assert default_groups(_corpus(0, documents=5, words=30, most=2)) == 1
    assert default_groups(Corpus.from_documents([])) == 1
    dense = Corpus.from_counts(np.full((40, 5), 100))
    assert default_groups(dense) == 16


def test_scratch_keeps_long_arrays_on_disk(tmp_path: object) -> None:
    corpus = _corpus(2, documents=6, words=8, most=3)
    mapped = laid_out(corpus, groups=2, scratch=tmp_path / "scratch")
    assert isinstance(mapped.document, np.memmap)
    assert (np.asarray(mapped.document) == laid_out(corpus, groups=2).document).all()
