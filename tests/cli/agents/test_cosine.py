from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from steelyard.errors import InputError


def test_without_runs_it_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invoke: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"run `steelyard run agents\.cosine` first"):
        invoke("cosine")
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match=r"at least 3 finished seeds of agents\.cosine, but there are 0"):
        invoke("cosine", "--store", tmp_path / "store.db")


def test_prints_the_correlations_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invoke: Any, invoke_json: Any
) -> None:
    from steelyard.agents import questions
    from steelyard.agents.levels import MEASURES

    training = {"steps": 570, "width": 8, "attention_heads": 2, "environments": 16, "epochs": 1}
    monkeypatch.setitem(questions._TRAINING, "quick", training)
    study = questions.prepare_cosine(questions.Ask(max_pairs=3)).study
    store = tmp_path / "store.db"
    study.run(store=store, workers=1)
    said = invoke_json("cosine", "--store", store)
    assert said["runs"] == 3
    assert [each["measure"] for each in said["correlations"]] == list(MEASURES)
    assert all(each["along"]["count"] <= 3 for each in said["correlations"])
    printed = invoke("cosine", "--store", store).stdout
    assert "along training" in printed
    assert all(measure in printed for measure in MEASURES)
