from __future__ import annotations

from pathlib import Path

import pytest

from steelyard.data.text_folder import folder_texts
from steelyard.errors import InputError


def test_files_below_in_order_hidden_ones_and_circles_out(tmp_path: Path) -> None:
    for name in ("b/two.txt", "a.txt", ".hidden/secret.txt", "b/.dot", "c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    assert [name for name, _ in folder_texts(tmp_path)] == ["a.txt", "b/two.txt", "c.md"]
    assert list(folder_texts(tmp_path, pattern="*.md")) == [("c.md", "c.md")]


def test_encodings_are_said_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "bom.txt").write_bytes(b"\xef\xbb\xbfhello")
    (tmp_path / "latin.txt").write_bytes(b"gr\xfc\xdfe")
    with pytest.raises(InputError, match=r"latin.txt must be utf-8 text, but byte 2 \(0xfc\)"):
        list(folder_texts(tmp_path))
    assert dict(folder_texts(tmp_path, encoding="latin-1", pattern="latin*")) == {"latin.txt": "grüße"}
    assert dict(folder_texts(tmp_path, pattern="bom*")) == {"bom.txt": "hello"}


def test_what_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has none"):
        list(folder_texts(tmp_path))
    (tmp_path / "image.png").write_bytes(b"PNG\0\0")
    with pytest.raises(InputError, match="byte 3 is NUL"):
        list(folder_texts(tmp_path))
    with pytest.raises(InputError, match=r"files that match \*.txt"):
        list(folder_texts(tmp_path, pattern="*.txt"))
    with pytest.raises(InputError, match="klingon"):
        list(folder_texts(tmp_path, encoding="klingon"))
