from __future__ import annotations

import csv
import gzip
from pathlib import Path

import polars as pl
import pytest

from steelyard.data import text_table
from steelyard.data.text_table import frame_texts, line_texts, table_texts
from steelyard.errors import InputError

ROWS = [("a", "one, two"), ("b", ""), ("c", 'three "3"\nfour'), ("d", "fünf")]


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame(ROWS, schema=["id", "text"], orient="row")


def written(frame: pl.DataFrame, path: Path) -> Path:
    match path.name.removeprefix("t."):
        case "csv":
            frame.write_csv(path)
        case "tsv":
            frame.write_csv(path, separator="\t")
        case "csv.gz":
            path.write_bytes(gzip.compress(frame.write_csv().encode()))
        case "jsonl":
            frame.write_ndjson(path)
        case "parquet":
            frame.write_parquet(path)
        case "arrow":
            frame.write_ipc(path)
    return path


@pytest.mark.parametrize("kind", ["csv", "tsv", "csv.gz", "jsonl", "parquet", "arrow"])
def test_every_kind_gives_the_same_rows(frame: pl.DataFrame, tmp_path: Path, kind: str) -> None:
    path = written(frame, tmp_path / f"t.{kind}")
    assert list(table_texts(path, name_column="id")) == ROWS
    assert list(table_texts(path)) == [(None, text) for _, text in ROWS]
    with pytest.raises(
        InputError, match=r"column 'body', but its columns are 'id', 'text'|'body', but its columns"
    ):
        list(table_texts(path, column="body"))


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_frames(frame: pl.DataFrame, library: str) -> None:
    native = frame if library == "polars" else frame.to_pandas()
    assert list(frame_texts(native, column="text", name_column="id")) == ROWS


def test_missing_texts_are_empty_documents(tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["a", None]})
    assert list(frame_texts(frame, column=None, name_column=None)) == [(None, "a"), (None, "")]
    assert list(frame_texts(frame.to_pandas(), column=None, name_column=None)) == [(None, "a"), (None, "")]
    file = tmp_path / "t.jsonl"
    file.write_text('{"text": null}\n\n{"text": "b"}\n')
    assert list(table_texts(file)) == [(None, ""), (None, "b")]


def test_a_parquet_file_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_table, "_ROWS_AT_ONCE", 7)
    texts = [f"text {nth}" for nth in range(30)]
    pl.DataFrame({"body": texts}).write_parquet(tmp_path / "t.parquet")
    assert [text for _, text in table_texts(tmp_path / "t.parquet")] == texts


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"a,b\n1,2\n", "must be named"),
        ("t.csv", b"a,text\n1,x\n2\n", "ends in line 3 has 1"),
        ("t.csv", b'text\n"never closed\n', "line 2"),
        ("t.csv", b"text,text\n1,2\n", "distinct"),
        ("t.csv", b"text\nok\n\xff\n", "0xff"),
        ("t.csv", b"", "must be named"),
        ("t.jsonl", b'{"text": "a"}\n{"text": 3}\n', "line 2 of .* holds int 3"),
        ("t.jsonl", b'{"text": "a"}\n{"txt": "b"}\n', "line 2 of .* must have the field 'text'"),
        ("t.jsonl", b'{"text": "a"}\n{"text": \n', "line 2 of .* must be JSON"),
        ("t.jsonl", b"[1]\n", "must be an object"),
        ("t.jsonl", b"[" * 100_000 + b"\n", "must be JSON"),
        ("t.jsonl", b"", "must have rows"),
        ("t.csv.gz", gzip.compress(b"text\nabc\n" * 1000, mtime=0)[:30], "readable to its end"),
        ("t.csv.gz", b"text\n", "readable to its end"),
        ("t.parquet", b"PAR1 no", "could not be read"),
    ],
)
def test_files_that_are_not_what_they_say(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    before = csv.field_size_limit()
    with pytest.raises(InputError, match=said):
        list(table_texts(tmp_path / name))
    assert csv.field_size_limit() == before


def test_a_row_that_never_ends_is_not_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_table, "LONGEST_ROW", 1000)
    bomb = tmp_path / "t.jsonl.gz"
    bomb.write_bytes(gzip.compress(b"a" * 1_000_000))
    with pytest.raises(InputError, match="fewer than 1000 characters, but line 1"):
        list(table_texts(bomb))


def test_a_column_of_numbers_is_not_texts(tmp_path: Path) -> None:
    pl.DataFrame({"stars": [5, 3]}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="must hold texts, but row 1"):
        list(table_texts(tmp_path / "t.parquet"))


def test_long_texts_in_csv(tmp_path: Path) -> None:
    text = "word " * 60_000
    (tmp_path / "t.csv").write_text(f"text\n{text}\n")
    assert list(table_texts(tmp_path / "t.csv")) == [(None, text)]


def test_lines(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_bytes("\ufeffone\r\n\ntwo".encode())
    assert [(name, text.strip()) for name, text in line_texts(tmp_path / "t.txt")] == [
        ("1", "one"),
        ("2", ""),
        ("3", "two"),
    ]
