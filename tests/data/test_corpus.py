from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from steelyard.data.corpus import Corpus
from steelyard.errors import InputError


@given(arrays(np.int64, st.tuples(st.integers(0, 6), st.integers(0, 5)), elements=st.integers(0, 4)))
def test_counts_there_and_back(counts: np.ndarray) -> None:
    corpus = Corpus.from_counts(counts)
    assert np.array_equal(corpus.counts().toarray(), counts)
    assert corpus.lengths.tolist() == counts.sum(axis=1).tolist()
    assert Corpus.from_counts(sparse.csc_array(counts)).fingerprint == corpus.fingerprint


def test_counting_leaves_the_tokens_in_their_order() -> None:
    corpus = Corpus.from_documents([["b", "a", "b", "c"], ["c", "a"]])
    before = corpus.words.tolist()
    assert corpus.counts().toarray().tolist() == [[2, 1, 1], [0, 1, 1]]
    assert corpus.words.tolist() == before == [0, 1, 0, 2, 2, 1]


def test_a_matrix_is_not_changed_by_reading_it() -> None:
    matrix = sparse.csr_array((np.array([1, 2, 3]), np.array([1, 0, 1]), np.array([0, 3])), shape=(1, 2))
    assert Corpus.from_counts(matrix).counts().toarray().tolist() == [[2, 4]]
    assert matrix.indices.tolist() == [1, 0, 1]
    assert matrix.data.tolist() == [1, 2, 3]


def test_saved_and_mapped(tmp_path: Path) -> None:
    corpus = Corpus.from_documents([["b", "a", "b"], [], ["ü"]], names=["x", "y", "z"])
    opened = Corpus.open(corpus.save(tmp_path / "c"))
    assert isinstance(opened.words, np.memmap)
    assert opened.fingerprint == corpus.fingerprint
    assert (opened.vocabulary, opened.names) == (corpus.vocabulary, corpus.names)
    assert np.array_equal(opened.counts().toarray(), corpus.counts().toarray())
    assert not isinstance(Corpus.open(tmp_path / "c", mapped=False).words, np.memmap)


def test_fingerprints_tell_tokens_documents_and_words_apart() -> None:
    different = [
        [["a", "b"], ["a"]],
        [["a"], ["b", "a"]],
        [["a", "b"], ["b"]],
        [["x", "b"], ["x"]],
        [["a", "b", "a"]],
        [["a", "b"], ["a"], []],
    ]
    assert len({Corpus.from_documents(each).fingerprint for each in different}) == len(different)


def _described(**changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        file = folder / "corpus.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))

    return change


def _lying(path: Path, kind: type) -> None:
    """Write an array whose header announces a thousand times the memory there is."""
    with path.open("wb") as file:
        header = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": (10**14,)}
        np.lib.format.write_array_header_1_0(file, header)
        file.write(b"\0" * 64)


@pytest.mark.parametrize(
    "damage",
    [
        _described(vocabulary=5),
        _described(vocabulary="ab"),
        _described(vocabulary=[1, 2]),
        _described(vocabulary=["a"]),
        _described(names=None),
        _described(names=["one"]),
        _described(format=2),
        lambda folder: (folder / "corpus.json").write_text("[]"),
        lambda folder: (folder / "corpus.json").write_bytes(b"\xff"),
        lambda folder: (folder / "words.npy").write_bytes(b""),
        lambda folder: (folder / "words.npy").write_bytes(b"PK\x03\x04"),
        lambda folder: (folder / "words.npy").unlink(),
        lambda folder: _lying(folder / "words.npy", np.int32),
        lambda folder: _lying(folder / "starts.npy", np.int64),
        lambda folder: np.save(folder / "words.npy", np.zeros((3, 2), dtype=np.int32)),
        lambda folder: np.save(folder / "words.npy", np.int32(3)),
        lambda folder: np.save(folder / "words.npy", np.array([0, 1, 2], dtype=np.int32)),
        lambda folder: np.save(folder / "words.npy", np.array([0, -1, 1], dtype=np.int32)),
        lambda folder: np.save(folder / "starts.npy", np.array([0, 3, 2])),
        lambda folder: np.save(folder / "starts.npy", np.array([[0, 2, 3]])),
        lambda folder: np.save(folder / "starts.npy", np.array([0.0, 2.0, 3.0])),
        lambda folder: np.save(
            folder / "starts.npy", np.array([{}, None, 3], dtype=object), allow_pickle=True
        ),
    ],
)
def test_hostile_folders(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    folder = Corpus.from_documents([["a", "b"], ["b"]], names=["x", "y"]).save(tmp_path / "c")
    damage(folder)
    with pytest.raises(InputError):
        Corpus.open(folder)
