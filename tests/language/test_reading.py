from __future__ import annotations

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from steelyard.errors import InputError
from steelyard.language.reading import Documents, read_documents


def test_a_file_is_one_document_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "poem.txt"
    file.write_bytes("\ufeffLa mer,\r\n\r\nla mer é".encode())
    found = read_documents(str(file))
    assert found.texts == ("La mer,\r\n\r\nla mer é",)
    assert found.names == ("poem.txt",)
    assert found.source_line == str(file)
    assert found.characters == 19


def test_any_suffix_but_a_table_s_is_text(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    file.write_text("print(1)\n")
    assert read_documents(file).texts == ("print(1)\n",)


def test_a_folder_is_a_document_a_file_without_empty_ones(tmp_path: Path) -> None:
    for name, text in (("b.txt", "two"), ("a.txt", "one"), ("c.txt", ""), (".hidden", "no")):
        (tmp_path / name).write_text(text)
    found = read_documents(tmp_path)
    assert (found.names, found.texts) == (("a.txt", "b.txt"), ("one", "two"))
    assert read_documents(tmp_path, files="b*").texts == ("two",)


def test_tables_give_their_column(tmp_path: Path) -> None:
    rows = [{"id": "x", "text": "one\ntwo"}, {"id": "y", "text": None}, {"id": "z", "text": "three"}]
    lines = tmp_path / "rows.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    frame = pl.DataFrame(rows)
    frame.write_parquet(tmp_path / "rows.parquet")
    frame.write_csv(tmp_path / "rows.csv")
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress((tmp_path / "rows.csv").read_bytes()))
    for source in (lines, *(tmp_path / f"rows.{kind}" for kind in ("parquet", "csv", "csv.gz")), frame):
        found = read_documents(source, text_column="text", name_column="id")
        assert (found.names, found.texts) == (("x", "z"), ("one\ntwo", "three"))
    with pytest.raises(InputError, match="must have a column 'body'"):
        read_documents(tmp_path / "rows.csv", text_column="body")


def test_lists_are_texts_or_paths(tmp_path: Path) -> None:
    assert read_documents(["one", "two"]).names == ("1", "2")
    paths = [tmp_path / "b.txt", tmp_path / "a.txt"]
    for path in paths:
        path.write_text(path.name)
    found = read_documents(paths)
    assert found.texts == ("b.txt", "a.txt")
    assert found.source_line == f"{paths[0]} and 1 more"


def test_the_embedded_text_is_always_there() -> None:
    found = read_documents()
    assert found.characters > 1_000_000
    assert len(found.texts) > 1500
    assert "Python" in found.source_line
    assert found.fingerprint == read_documents().fingerprint


def test_the_fingerprint_is_of_the_texts_and_where_they_are_cut() -> None:
    prints = {read_documents(texts).fingerprint for texts in (["ab", "c"], ["a", "bc"], ["abc"], ["ab", "d"])}
    assert len(prints) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the text must not be empty, but .*wrong.txt holds no character"),
        (b"caf\xe9 noir", r"wrong.txt must be utf-8 text, but byte 3 \(0xe9\) is not"),
        (b"\x7fELF\x02\x01\0\0", "wrong.txt must be text, but byte 6 is NUL"),
        (b"\x89PNG\r\n", r"byte 0 \(0x89\) is not"),
    ],
)
def test_bad_files_are_refused_with_the_place(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "wrong.txt"
    file.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_documents(file)


def test_other_encodings_are_read_when_they_are_named(tmp_path: Path) -> None:
    file = tmp_path / "old.txt"
    file.write_bytes(b"caf\xe9")
    assert read_documents(file, encoding="latin-1").texts == ("café",)
    with pytest.raises(InputError, match="one that Python knows"):
        read_documents(file, encoding="latin-one")


def test_sources_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file or folder"):
        read_documents(tmp_path / "nowhere.txt")
    for wrong in (3, [1, 2], {"a": "b"}):
        with pytest.raises(InputError, match="a path, a frame, a list of texts or None"):
            read_documents(wrong)
    with pytest.raises(InputError, match="the list of texts holds no character"):
        read_documents(["", ""])
    with pytest.raises(InputError, match=r"document '2' of the list of texts: .* character 1 is half"):
        read_documents(["fine", "a\ud800"])
    file = tmp_path / "a.txt"
    file.write_text("a")
    with pytest.raises(InputError, match=r"`text_column` must be of a table .* but a.txt is none"):
        read_documents(file, text_column="text")
    with pytest.raises(InputError, match="2 names and 1 texts"):
        Documents(names=("a", "b"), texts=("a",), source_line="here")
