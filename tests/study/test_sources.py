from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from steelyard.errors import InputError
from steelyard.study import sources
from steelyard.study.sources import StaleCodeError, check_loaded, digests

NAME = "steelyard_test_of_sources"
TEXT = '''
import functools
from dataclasses import dataclass
RATE: float = 0.5
NAMES = {"a", "b"}
COUNT = 0
TWICE = 1
TWICE = 2
SEEN = []

def bump():
    global COUNT
    COUNT += 1

@functools.cache
def decorated(x):
    return x in {"a", "b", "c"}

@dataclass
class Model:
    depth: int = 3
    @property
    def size(self):
        """Say it."""
        return self.depth
    @staticmethod
    def make():
        return Model()
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sources, "_first_seen", {})
    (tmp_path / f"{NAME}.py").write_text(TEXT)
    importlib.invalidate_caches()
    yield importlib.import_module(NAME)
    del sys.modules[NAME]


def edit(module: ModuleType, old: str, new: str) -> None:
    assert old in TEXT
    Path(str(module.__file__)).write_text(TEXT.replace(old, new))


def test_a_module_as_it_was_loaded_passes(module: ModuleType) -> None:
    module.bump()
    module.SEEN.append(1)
    module.decorated("a")
    assert digests([NAME, "not.loaded", "sys"]).keys() == {NAME}


def test_comments_and_places_do_not_matter(module: ModuleType) -> None:
    before = digests([NAME])
    edit(module, "RATE: float", "# faster\n\nRATE: float")
    assert digests([NAME]) != before


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("RATE: float = 0.5", "RATE: float = 0.6", "RATE"),
        ("COUNT += 1", "COUNT += 2", "bump"),
        ("return self.depth", "return -self.depth", "Model.size"),
        ("return Model()", "return Model(4)", "Model.make"),
        ("@dataclass", "@dataclass(", "the whole file"),
    ],
)
def test_a_file_edited_after_it_was_loaded_is_refused(
    old: str, new: str, named: str, module: ModuleType
) -> None:
    edit(module, old, new)
    with pytest.raises(InputError, match=rf"{NAME}.\(?{named}"):
        digests([NAME])


def test_what_was_set_from_outside_is_refused(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RATE", 7.0)
    with pytest.raises(InputError, match=r"RATE.*through `parameters`"):
        digests([NAME])


def test_a_function_put_in_from_a_notebook_is_refused(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook: dict[str, object] = {"__name__": "__main__"}
    exec("def bump(): return 1", notebook)
    monkeypatch.setattr(module, "bump", notebook["bump"])
    with pytest.raises(InputError, match="bump"):
        digests([NAME])


def test_a_worker_that_loaded_another_text_is_refused_for_good(module: ModuleType) -> None:
    expected = digests([NAME])
    check_loaded({**expected, "not.loaded": "x"})
    edit(module, "0.5", "0.6")
    check_loaded(expected)  # it still has what it loaded
    importlib.reload(module)
    edited = digests([NAME])
    with pytest.raises(StaleCodeError, match=NAME):
        check_loaded(edited)
