from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import Result

from steelyard.errors import InputError
from steelyard.language.model import LanguageModel


def test_all_is_the_sum_of_the_documents_not_a_mean_of_means(
    fitted: tuple[Path, Result], tmp_path: Path, invoke: Any, invoke_json: Any
) -> None:
    (tmp_path / "a.txt").write_text("the cat")
    (tmp_path / "b.txt").write_text("a mat and then the Ürcat ran home")
    said = invoke_json("score", fitted[0], tmp_path / "a.txt", tmp_path / "b.txt")
    model = LanguageModel.load(fitted[0])
    scores = [model.score((tmp_path / name).read_text()) for name in ("a.txt", "b.txt")]
    for record, score in zip(said["documents"], scores, strict=True):
        assert record["nats_per_token"] == pytest.approx(score.nats_per_token)
        assert record["bits_per_byte"] == pytest.approx(score.bits_per_byte)
        assert record["perplexity"] == pytest.approx(score.perplexity)
    nats = np.concatenate([score.nats for score in scores])
    assert said["all"]["nats_per_token"] == pytest.approx(nats.mean())
    assert said["all"]["unknown_tokens"] == 1
    whole = (nats.sum() + sum(score.spelling_nats.sum() for score in scores)) / math.log(2)
    assert said["all"]["bits_per_byte"] == pytest.approx(whole / said["all"]["bytes"])
    printed = invoke("score", fitted[0], tmp_path / "a.txt", tmp_path / "b.txt").stdout
    assert "a.txt" in printed
    assert "all" in printed


def test_standard_input(fitted: tuple[Path, Result], invoke_json: Any) -> None:
    (one,) = invoke_json("score", fitted[0], given=b"the cat")["documents"]
    (two,) = invoke_json("score", fitted[0], "-", given=b"the cat")["documents"]
    assert one == two
    assert one["document"] == "standard input"
    assert one["tokens"] == 7


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_every_token_in_a_file(
    suffix: str, fitted: tuple[Path, Result], text: Path, tmp_path: Path, invoke: Any
) -> None:
    path = tmp_path / f"tokens.{suffix}"
    assert invoke("score", fitted[0], text, "--out", path).exit_code == 0
    match suffix:
        case "csv":
            frame = pl.read_csv(path)
        case "parquet":
            frame = pl.read_parquet(path)
        case _:
            frame = pl.read_ndjson(path)
    score = LanguageModel.load(fitted[0]).score(text.read_text())
    np.testing.assert_allclose(frame["nats"].to_numpy(), score.nats, rtol=1e-6)
    assert "".join(frame["token"].to_list()) == text.read_text()


def test_bad_input(fitted: tuple[Path, Result], text: Path, tmp_path: Path, invoke: Any) -> None:
    with pytest.raises(InputError, match=r"--out must end in \.csv"):
        invoke("score", fitted[0], text, "--out", tmp_path / "x.txt")
    with pytest.raises(InputError, match="byte 1 \\(0xff\\) is not"):
        invoke("score", fitted[0], given=b"a\xff")
    with pytest.raises(InputError, match="holds none"):
        invoke("score", fitted[0], given=b"")
    with pytest.raises(InputError):
        invoke("score", tmp_path, text)


def test_a_broken_model_is_an_error(
    fitted: tuple[Path, Result], text: Path, tmp_path: Path, invoke: Any
) -> None:
    for name in ("language.json", "weights.safetensors"):
        (tmp_path / name).write_bytes((fitted[0] / name).read_bytes())
    description = tmp_path / "language.json"
    description.write_text(description.read_text()[:-40])
    with pytest.raises(InputError):
        invoke("score", tmp_path, text)
