from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from steelyard.errors import InputError


def test_json_for_pyldavis(saved: Path, tmp_path: Path, invoke: Any) -> None:
    done = invoke("export", saved, tmp_path / "data.json")
    assert "2 topics, 45 documents, 8 words" in done.stdout
    data = json.loads((tmp_path / "data.json").read_text())
    assert set(data) == {"topic_term_dists", "doc_topic_dists", "doc_lengths", "vocab", "term_frequency"}
    assert sum(data["term_frequency"]) == sum(data["doc_lengths"]) == 540


def test_nothing_to_export(tmp_path: Path, invoke: Any) -> None:
    with pytest.raises(InputError, match="must hold saved topics"):
        invoke("export", tmp_path, tmp_path / "data.json")
