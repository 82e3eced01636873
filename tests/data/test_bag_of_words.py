from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from steelyard.data import bag_of_words
from steelyard.data.corpus import Corpus
from steelyard.data.corpus_reading import read_corpus
from steelyard.errors import InputError

WORDS = "sun\nmoon\nstar\n"


def given(
    folder: Path, text: str | bytes, *, words: str | None = WORDS, name: str = "docword.sky.txt"
) -> Path:
    if words is not None:
        (folder / "vocab.sky.txt").write_text(words)
    content = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder / name


@pytest.mark.parametrize("name", ["docword.sky.txt", "docword.sky.txt.gz"])
def test_documents_without_entries_are_empty(tmp_path: Path, name: str) -> None:
    corpus = read_corpus(given(tmp_path, "4\n3\n3\n2 1 2\n2 3 1\n3 2 1\n", name=name))
    assert corpus.vocabulary == ("sun", "moon", "star")
    assert corpus.counts().toarray().tolist() == [[0, 0, 0], [2, 0, 1], [0, 1, 0], [0, 0, 0]]


def test_any_chunk_size_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(0.4, (40, 3))
    document, word = np.nonzero(counts)
    lines = "".join(f"{d + 1} {w + 1} {counts[d, w]}\n" for d, w in zip(document, word, strict=True))
    path = given(tmp_path, f"40\n3\n{len(word)}\n{lines}".removesuffix("\n"))
    for chunk, expanded in ((7, 1), (16, 2), (1 << 20, 1 << 20)):
        monkeypatch.setattr(bag_of_words, "_CHUNK_BYTES", chunk)
        monkeypatch.setattr(bag_of_words, "_EXPANDED_AT_ONCE", expanded)
        assert np.array_equal(read_corpus(path).counts().toarray(), counts)


def test_windows_lines_and_spaces(tmp_path: Path) -> None:
    corpus = read_corpus(given(tmp_path, "1\r\n3\r\n2\r\n1 1 1\r\n\r\n1  2 1 \r\n"))
    assert corpus.counts().toarray().tolist() == [[1, 1, 0]]


def test_words_from_elsewhere_or_nowhere(tmp_path: Path) -> None:
    path = given(tmp_path, "1\n2\n1\n1 2 1\n", words=None)
    assert read_corpus(path).vocabulary == ("1", "2")
    assert read_corpus(path, vocabulary=["a", "b"]).vocabulary == ("a", "b")
    (tmp_path / "words").write_text("x\ny")
    assert read_corpus(path, vocabulary=tmp_path / "words").vocabulary == ("x", "y")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1 of .* must be the number of documents"),
        ("1\n3\n", "line 3 of .* must be the number of entries"),
        ("1\n3\nmany\n", "line 3"),
        ("-1\n3\n1\n", "line 1"),
        ("99999999999999999999\n3\n1\n1 1 1\n", "line 1"),
        ("2147483000\n3\n1\n1 1 1\n", "announces 2147483000 documents"),
        ("2\n3\n2\n1 1 1\n3 1 1\n", "line 5 of .* document from 1 to 2, but has 3"),
        ("2\n3\n2\n1 1 1\n0 1 1\n", "line 5 of .* document from 1 to 2, but has 0"),
        ("2\n3\n2\n2 1 1\n\n1 1 1\n", "line 6 of .* earlier document"),
        ("1\n3\n1\n1 4 1\n", "line 4 of .* word from 1 to 3, but has 4"),
        ("1\n3\n1\n1 0 1\n", "line 4 of .* word from 1 to 3"),
        ("1\n3\n1\n1 1 0\n", "line 4 of .* count from 1"),
        ("1\n3\n1\n1 1 -5\n", "line 4 of .* count from 1"),
        ("1\n3\n1\n1 1 2147483648\n", "line 4 of .* count from 1 to 2147483647"),
        ("1\n3\n1\n1 1 99999999999999999999\n", "line 4"),
        ("1\n3\n1\n1 1 1.5\n", "line 4"),
        ("1\n3\n1\n1 1\n", "line 4"),
        ("1\n3\n1\n1 1 1 1\n", "line 4"),
        ("1\n3\n2\n1 1 1\nx\n", "line 5"),
        ("1\n3\n1\n1 1 1\n1 2 1\n", "line 5 of .* line 3 announces fewer"),
        ("1\n3\n2\n1 1 1\n", "2 entries .* ends after 1"),
        ("1\n4\n1\n1 1 1\n", "one line for each of the 4 words"),
        ("1\n3\n1\n" + "7" * 5000, "more than 1000 characters|line 4"),
    ],
)
def test_hostile_files(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_corpus(given(tmp_path, text))


def test_truncated_and_false_gzip(tmp_path: Path) -> None:
    path = given(tmp_path, "1\n3\n2\n1 1 1\n1 2 1\n" * 3, name="docword.sky.txt.gz")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match=r"readable to its end|line \d"):
        read_corpus(path)
    path.write_bytes(b"1\n3\n1\n1 1 1\n")
    with pytest.raises(InputError, match="readable to its end"):
        read_corpus(path)


def test_a_count_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    lines = "".join(f"{d} 1 2000000000\n" for d in range(1, 4))
    from steelyard.data import corpus_builder

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_builder, "MOST_IN_MEMORY", 10_000_000)
        with pytest.raises(InputError, match="at most 10000000 tokens"):
            read_corpus(given(tmp_path, f"3\n3\n3\n{lines}"))


def test_the_same_as_the_matrix(tmp_path: Path) -> None:
    counts = sparse.random_array((30, 3), density=0.4, rng=np.random.default_rng(2)).tocsr()
    counts.data = np.ceil(counts.data * 5)
    coordinates = counts.tocoo()
    lines = "".join(
        f"{d + 1} {w + 1} {int(v)}\n"
        for d, w, v in zip(coordinates.row, coordinates.col, coordinates.data, strict=True)
    )
    path = given(tmp_path, f"30\n3\n{counts.nnz}\n{lines}")
    same = Corpus.from_counts(counts, vocabulary=WORDS.split())
    assert read_corpus(path).fingerprint == same.fingerprint
