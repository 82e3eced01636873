from __future__ import annotations

from pathlib import Path

import pytest

from steelyard.cli.topics.source import read
from steelyard.data.documentation import documentation
from steelyard.errors import InputError


def test_without_a_corpus_it_is_pythons_documentation(capsys: pytest.CaptureFixture[str]) -> None:
    reading = read(None)
    assert reading.corpus is documentation()
    assert "the documentation of Python 3." in capsys.readouterr().err
    with pytest.raises(InputError, match="none was named"):
        read(None, min_df="3")


def test_stop_words_are_left_out_of_texts_but_not_of_counts(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("the sun\nthe moon\n")
    assert read(tmp_path / "t.txt").corpus.vocabulary == ("moon", "sun")
    assert read(tmp_path / "t.txt", stop_words="none", max_df="1", min_df="0.5").corpus.vocabulary == (
        "moon",
        "sun",
    )
    (tmp_path / "docword.t.txt").write_text("1\n2\n2\n1 1 1\n1 2 1\n")
    (tmp_path / "vocab.t.txt").write_text("the\nsun\n")
    assert read(tmp_path / "docword.t.txt").corpus.vocabulary == ("the", "sun")
    kept = read(tmp_path / "docword.t.txt", stop_words="english", keep=tmp_path / "kept").corpus
    assert kept.vocabulary == ("sun",)
    assert read(tmp_path / "kept").corpus.fingerprint == kept.fingerprint
