import gzip

import polars as pl
import pytest

from steelyard.data.table import read_table
from steelyard.errors import InputError

FRAME = pl.DataFrame({"seed": [0, 1], "loss": [0.25, 0.5], "note": [" a ", "2024-01-01"]})


@pytest.mark.parametrize(
    "suffix", [".csv", ".tsv", ".csv.gz", ".jsonl", ".ndjson", ".parquet", ".arrow", ".CSV"]
)
def test_every_format_gives_the_same_table(tmp_path, suffix):
    path = tmp_path / f"results{suffix}"
    match suffix.lower():
        case ".csv":
            FRAME.write_csv(path)
        case ".tsv":
            FRAME.write_csv(path, separator="\t")
        case ".csv.gz":
            path.write_bytes(gzip.compress(FRAME.write_csv().encode()))
        case ".jsonl" | ".ndjson":
            FRAME.write_ndjson(path)
        case ".parquet":
            FRAME.write_parquet(path)
        case ".arrow":
            FRAME.write_ipc(path)
    assert read_table(path).equals(FRAME)


def test_a_word_in_the_last_row_makes_the_column_text(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("x\n" + "1\n" * 5000 + "oops\n")
    frame = read_table(path)
    assert frame["x"].dtype == pl.String
    assert frame["x"][-1] == "oops"


def test_a_byte_order_mark_is_not_part_of_the_first_name(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbfseed,loss\n0,1\n")
    assert read_table(path).columns == ["seed", "loss"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("header.csv", b"a,b\n", "no row"),
        ("blank.csv", b"\n\n", "could not be parsed"),
        ("latin.csv", "n\ncafé\n".encode("latin1"), "byte 5.*UTF-8"),
        ("ragged.csv", b"a,b\n1,2\n1,2,3\n", "could not be parsed"),
        ("twice.csv", b"a,b,a\n1,2,3\n", "'a' more than once"),
        ("not.parquet", b"not parquet at all", "could not be parsed as .parquet"),
        ("cut.jsonl", b'{"a": 1', "could not be parsed as .jsonl"),
        ("plain.csv.gz", b"a\n1\n", "reading .* failed"),
        ("book.xlsx", b"PK", "suffix must be one of"),
        ("nothing", b"a\n1\n", "suffix must be one of"),
    ],
)
def test_refuses(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_table(path)


def test_refuses_what_is_not_a_file(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(InputError, match="there is no file"):
        read_table(tmp_path / "absent.csv")


def test_messages_are_one_line(tmp_path):
    path = tmp_path / "ragged.csv"
    path.write_bytes(b"a,b\n1,2\n1,2,3\n")
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert "\n" not in str(caught.value)
