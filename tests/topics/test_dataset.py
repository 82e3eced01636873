import numpy as np
import pytest

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError
from steelyard.topics.dataset import describe, load, split


def test_every_document_is_on_one_side_and_only_usable_ones_are_held_out(simulated):
    corpus, _, _ = simulated(documents=100, length=3)
    dealt = split(corpus, seed=0)
    usable = int((corpus.lengths >= 2).sum())
    assert len(dealt.train) + len(dealt.held_out) == 100
    assert len(dealt.held_out) == round(0.2 * usable)
    assert dealt.held_out.lengths.min() >= 2
    both = np.sort(np.concatenate([dealt.train.words, dealt.held_out.words]))
    assert (both == np.sort(corpus.words)).all()
    assert (split(corpus, seed=0).held_out.words == dealt.held_out.words).all()
    assert split(corpus, seed=1).held_out.words.tolist() != dealt.held_out.words.tolist()


def test_the_unigram_has_every_word(simulated):
    corpus, _, _ = simulated(documents=30, length=3)
    unigram = split(corpus, seed=0).unigram
    assert unigram.sum() == pytest.approx(1)
    assert unigram.min() > 0


def test_names_go_with_their_documents():
    corpus = Corpus.from_documents([[f"w{n}", "x"] for n in range(25)], names=[f"w{n}" for n in range(25)])
    held = split(corpus, seed=3).held_out
    assert [held.vocabulary[held.words[start]] for start in held.starts[:-1]] == list(held.names)


def test_too_few_documents_are_refused():
    with pytest.raises(InputError, match="at least 20 documents of two tokens or more, but there are 19"):
        split(Corpus.from_documents([["a", "b"]] * 19 + [["a"]] * 9), seed=0)


def test_a_persons_documents_are_read_and_watched(tmp_path):
    (tmp_path / "one.txt").write_text("sun sky sun")
    (tmp_path / "two.txt").write_text("tax law")
    corpus = load(str(tmp_path))
    assert len(corpus) == 2
    assert load(str(tmp_path), corpus.fingerprint).tokens == 5
    with pytest.raises(InputError, match="must not change while a study runs"):
        load(str(tmp_path), "another")
    assert describe(corpus, str(tmp_path))["documents"] == "2, 0 of them empty"
