from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from steelyard.data.corpus import Corpus
from steelyard.data.corpus_reading import read_corpus, read_with_notes
from steelyard.data.tokeniser import Tokeniser
from steelyard.data.vocabulary import Pruning
from steelyard.errors import InputError

TEXTS = ["The sun shines", "the moon, the stars", ""]


def test_every_source_of_texts_gives_the_same_corpus(tmp_path: Path) -> None:
    expected = read_corpus(TEXTS)
    assert expected.vocabulary == ("moon", "shines", "stars", "sun", "the")
    assert expected.lengths.tolist() == [2 + 1, 4, 0]
    frame = pl.DataFrame({"text": TEXTS})
    frame.write_parquet(tmp_path / "t.parquet")
    folder = tmp_path / "texts"
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        (folder / f"{number}.txt").write_text(text)
    (tmp_path / "t.txt").write_text("\n".join(TEXTS) + "\n\n"[:1])
    cut = Tokeniser().words
    for source in (
        frame,
        frame.to_pandas(),
        tmp_path / "t.parquet",
        folder,
        str(folder),
        [cut(each) for each in TEXTS],
    ):
        assert read_corpus(source).fingerprint == expected.fingerprint
    assert read_corpus(tmp_path / "t.txt").lengths.tolist()[:2] == [3, 4]
    assert read_corpus(folder).names == ("0.txt", "1.txt", "2.txt")


def test_every_source_of_counts_gives_the_same_corpus(tmp_path: Path) -> None:
    counts = np.array([[2, 0, 1], [0, 0, 3]])
    expected = Corpus.from_counts(counts)
    sparse.save_npz(tmp_path / "counts.npz", sparse.csr_matrix(counts))
    expected.save(tmp_path / "saved")
    for source in (
        counts,
        counts.tolist(),
        sparse.coo_array(counts),
        counts.astype(float),
        tmp_path / "counts.npz",
        tmp_path / "saved",
        expected,
    ):
        assert read_corpus(source).fingerprint == expected.fingerprint
    assert read_corpus(counts, vocabulary=["a", "b", "c"], min_df=1, stop_words=["c"]).vocabulary == ("a",)


def test_a_folder_keeps_the_corpus_and_is_read_back(tmp_path: Path) -> None:
    kept = read_corpus(TEXTS, folder=tmp_path / "kept", stop_words=["the"])
    assert isinstance(kept.words, np.memmap)
    assert (
        read_corpus(tmp_path / "kept").fingerprint
        == kept.fingerprint
        == read_corpus(TEXTS, stop_words=["the"]).fingerprint
    )


def test_vectorisers_and_pipelines_of_scikit_learn() -> None:
    from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
    from sklearn.pipeline import Pipeline

    pairs = CountVectorizer(ngram_range=(2, 2)).fit(TEXTS)
    corpus = read_corpus(TEXTS, vectoriser=pairs)
    assert corpus.vocabulary == tuple(pairs.get_feature_names_out())
    assert np.array_equal(corpus.counts().toarray(), pairs.transform(TEXTS).toarray())
    piped = Pipeline([("count", CountVectorizer(min_df=1))]).fit(TEXTS)
    assert np.array_equal(
        read_corpus(TEXTS, vectoriser=piped).counts().toarray(), read_corpus(TEXTS).counts().toarray()
    )
    with pytest.raises(InputError, match="must be fitted"):
        read_corpus(TEXTS, vectoriser=CountVectorizer())
    with pytest.raises(InputError, match="not tf-idf"):
        read_corpus(TEXTS, vectoriser=TfidfVectorizer().fit(TEXTS))
    with pytest.raises(InputError, match="get_feature_names_out"):
        read_corpus(TEXTS, vectoriser=HashingVectorizer())


def test_what_was_left_out_is_said() -> None:
    reading = read_with_notes(TEXTS, pruning=Pruning(leave_out={"the", "sun", "shines"}))
    assert reading.sentence == (
        "list of documents: 3 documents, 2 tokens, 2 words; 3 words (5 tokens) left out; 2 documents are empty."
    )


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("nowhere", {}, "no file or folder"),
        ([], {}, "must have documents"),
        (["...", "1 2"], {}, "must have words"),
        (["sun"], {"stop_words": ["sun"]}, "all of its 1 words were left out"),
        (3, {}, "but got int"),
        ([1, 2], {}, "document 1 is int"),
        ([[1.5]], {}, "whole numbers"),
        ([[-1]], {}, "aren't negative"),
        (np.array([[np.nan]]), {}, "whole numbers"),
        (np.zeros((2, 2)), {}, "must have words"),
        (np.zeros((0, 2)), {}, "must have documents"),
        (np.array([[1, 2]]), {"vocabulary": ["a"]}, "one word for each of 2"),
        (np.array([[1e30]]), {}, "at most"),
    ],
)
def test_sources_without_a_corpus(source: object, options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_corpus(source, **options)


def test_damaged_files(tmp_path: Path) -> None:
    (tmp_path / "t.npz").write_bytes(b"PK no")
    with pytest.raises(InputError, match="save_npz"):
        read_corpus(tmp_path / "t.npz")
    np.savez(
        tmp_path / "u.npz",
        indices=np.array([99]),
        indptr=np.array([0, 1]),
        data=np.array([1]),
        shape=np.array([1, 2]),
        format=np.array(b"csr"),
    )
    with pytest.raises(InputError, match="save_npz"):
        read_corpus(tmp_path / "u.npz")
    (tmp_path / "t.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match="suffix must be one of"):
        read_corpus(tmp_path / "t.pdf")
    saved = Corpus.from_documents([["a", "b"]]).save(tmp_path / "saved")
    (saved / "words.npy").write_bytes((saved / "words.npy").read_bytes()[:-4])
    with pytest.raises(InputError, match=r"Corpus\.save"):
        read_corpus(saved)
