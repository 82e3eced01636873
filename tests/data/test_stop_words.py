from __future__ import annotations

from pathlib import Path

import pytest

from steelyard.data.stop_words import stop_words
from steelyard.errors import InputError


def test_a_file_with_remarks(tmp_path: Path) -> None:
    file = tmp_path / "stop.txt"
    file.write_text("\ufeffund\n# a remark\n der # the\n\n", encoding="utf-8")
    assert stop_words(file) == stop_words(str(file)) == {"und", "der"}


def test_the_english_list_is_scikit_learns() -> None:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    assert stop_words("english") == ENGLISH_STOP_WORDS
    assert not stop_words(None)


def test_what_is_no_list_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="german"):
        stop_words("german")
    (tmp_path / "latin.txt").write_bytes(b"f\xfcr\n")
    with pytest.raises(InputError, match="byte 1"):
        stop_words(tmp_path / "latin.txt")
