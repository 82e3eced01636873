from __future__ import annotations

import importlib
import importlib.resources
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from steelyard.study.late_import import on_import

NAME = "steelyard_test_of_late_import"


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"{NAME}.py").write_text("VALUE = 3\n")
    importlib.invalidate_caches()
    yield NAME
    sys.modules.pop(NAME, None)


def test_acts_once_and_after_the_module_has_run(name: str) -> None:
    seen = []
    finders = list(sys.meta_path)
    with on_import(name, lambda: seen.append(sys.modules[name].VALUE)):
        assert seen == []
        first = importlib.import_module(name)
        importlib.import_module(name)
        importlib.import_module("json")
    assert seen == [3]
    assert sys.meta_path == finders
    assert type(first.__loader__).__name__ == type(first.__spec__.loader).__name__ == "SourceFileLoader"


def test_a_loaded_module_needs_no_action(name: str) -> None:
    importlib.import_module(name)
    with on_import(name, lambda: pytest.fail("it was there before")):
        importlib.import_module(name)


def test_a_module_that_is_not_there_is_still_missing() -> None:
    with on_import("nobody_has_this", lambda: None), pytest.raises(ModuleNotFoundError):
        importlib.import_module("nobody_has_this")
