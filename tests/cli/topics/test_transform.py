from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from steelyard.errors import InputError
from steelyard.topics.estimator import LatentDirichletAllocation

LAW = ("court", "law", "judge", "tax")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.csv"
    path.write_text("id,text\na,the judge and the law of the court\nb,\nc,unheard of\n")
    return path


def test_shares_intervals_and_unknown_words(saved: Path, new: Path, invoke_json: Any) -> None:
    said = invoke_json("transform", saved, new, "--name-column", "id")
    one, empty, unknown = said["documents"]
    assert (one["document"], one["tokens"], one["unknown_tokens"]) == ("a", 8, 5)
    assert (empty["tokens"], unknown["unknown_tokens"]) == (0, 2)
    assert [topic["share"] for topic in empty["topics"]] == pytest.approx([0.5, 0.5])
    law = next(
        nth
        for nth, words in enumerate(LatentDirichletAllocation.load(saved).top_words(4))
        if set(words) == set(LAW)
    )
    first = one["topics"][0]
    assert first["topic"] == law
    assert first["low"] < first["share"] < first["high"]
    assert first["share"] > 0.8
    narrow = invoke_json("transform", saved, new, "--level", "0.5")["documents"][0]["topics"][0]
    assert narrow["high"] - narrow["low"] < first["high"] - first["low"]


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_all_shares_in_a_file(saved: Path, new: Path, tmp_path: Path, kind: str, invoke: Any) -> None:
    out = tmp_path / f"shares.{kind}"
    done = invoke("transform", saved, new, "--name-column", "id", "--out", out)
    assert str(out.name) in done.stdout
    frame = {"csv": pl.read_csv, "parquet": pl.read_parquet, "jsonl": pl.read_ndjson}[kind](out)
    assert frame.columns == ["document", "topic", "share", "low", "high"]
    assert frame["document"].unique(maintain_order=True).to_list() == ["a", "b", "c"]
    assert frame.group_by("document").agg(pl.col("share").sum())["share"].to_list() == pytest.approx(
        [1, 1, 1]
    )


def test_documents_in_parts_are_the_same(
    saved: Path, table: Path, monkeypatch: pytest.MonkeyPatch, invoke_json: Any
) -> None:
    from steelyard.cli.topics import transform as transform_module

    whole = invoke_json("transform", saved, table)
    monkeypatch.setattr(transform_module, "_AT_ONCE", 7)
    assert invoke_json("transform", saved, table)["documents"] == whole["documents"]


def test_the_terminal_shows_some_and_says_how_many_more(saved: Path, table: Path, invoke: Any) -> None:
    out = invoke("transform", saved, table).stdout
    assert "and 25 more documents; --out FILE writes all" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--level", "1"), "--level"), (("--out", "x.xlsx"), "must end in"), (("--column", "body"), "'body'")],
)
def test_bad_options(saved: Path, new: Path, options: tuple[str, ...], said: str, invoke: Any) -> None:
    with pytest.raises(InputError, match=said):
        invoke("transform", saved, new, *options)


def test_what_is_no_model(new: Path, tmp_path: Path, invoke: Any) -> None:
    with pytest.raises(InputError, match="must hold saved topics"):
        invoke("transform", tmp_path, new)
