from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from steelyard.errors import InputError

SKY = ("sun", "moon", "star", "sky")


def test_the_factors_multiply_to_the_probabilities(saved: Path, invoke_json: Any) -> None:
    said = invoke_json("explain", saved, "--document", "n3", "--token", "0")
    assert said["name"] == "n3"
    assert said["word"] in SKY
    products = [
        (row["n_dk"] + row["alpha_k"])
        * (row["n_kw"] + said["beta"])
        / (row["n_k"] + said["words"] * said["beta"])
        for row in said["topics"]
    ]
    assert [row["probability"] for row in said["topics"]] == pytest.approx(
        [each / sum(products) for each in products]
    )


def test_by_word_or_place_name_or_number(saved: Path, invoke_json: Any) -> None:
    by_place = invoke_json("explain", saved, "--document", "3", "--token", "0")
    by_word = invoke_json("explain", saved, "--document", "n3", "--token", by_place["word"])
    assert by_word == by_place


def test_text_and_a_corpus_that_was_not_fitted(table: Path, invoke: Any) -> None:
    done = invoke("explain", table, "--column", "text", "--k", "3", "--alpha", "0", "--sweeps", "10")
    assert done.exit_code == 0, done.output
    assert "(n_dk + alpha_k) (n_kw + beta) / (n_k + V beta)" in done.stdout
    assert "T01 topics-never-return" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--document", "45"), "from 0 to 44"),
        (("--document", "n99"), "or a name such as n"),
        (("--token", "12"), "from 0 to 11"),
        (("--token", "tax"), "its words are"),
    ],
)
def test_what_is_not_there(saved: Path, options: tuple[str, ...], said: str, invoke: Any) -> None:
    with pytest.raises(InputError, match=said):
        invoke("explain", saved, *options)
