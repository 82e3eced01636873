"""Functions that reach another process, each loaded there and called."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from steelyard.errors import InputError
from steelyard.study.engine import available_cores
from steelyard.study.portable import portable

TEXT = """
import functools
OFFSET = 5
@functools.lru_cache(maxsize=3)
def inner(x):
    return x + OFFSET
def trial(x):
    return inner(x)
class Model:
    def __init__(self, x):
        self.x = x
    def __call__(self, x):
        return trial(x + self.x)
    def trial(self, x):
        return trial(x + self.x)
"""


@pytest.fixture
def module(tmp_path: Path) -> Iterator[ModuleType]:
    """Give a module that no other process can import by its name."""
    file = tmp_path / "elsewhere_only.py"
    file.write_text(TEXT)
    spec = importlib.util.spec_from_file_location("elsewhere_only", file)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["elsewhere_only"] = made
    spec.loader.exec_module(made)
    yield made
    del sys.modules["elsewhere_only"]


def call_elsewhere(pickled: bytes, folder: Path | None = None) -> str:
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer)(1))"
    environment = {**os.environ, **({"PYTHONPATH": str(folder)} if folder else {})}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=pickled,
        capture_output=True,
        check=True,
        cwd="/",
        env=environment,
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize("same_path", [True, False])
def test_what_cannot_be_imported_travels_by_value(module: ModuleType, same_path: bool) -> None:
    model = module.Model(2)
    for function, answer in (
        (module.trial, "6"),
        (functools.partial(module.trial), "6"),
        (module.inner, "6"),
        (model, "8"),
        (model.trial, "8"),
    ):
        sent = portable(function, modules=["elsewhere_only"], same_path=same_path)
        assert call_elsewhere(sent) == answer


def test_what_workers_can_import_travels_by_name(
    tmp_path: Path, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    by_name = portable(module.trial, modules=["elsewhere_only"], same_path=True)
    assert len(by_name) < 100 < len(portable(module.trial, modules=["elsewhere_only"], same_path=False))
    assert call_elsewhere(by_name, tmp_path) == "6"


def test_a_folder_that_another_package_of_its_name_hides_travels_by_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, installed = tmp_path / "own", tmp_path / "installed"
    for folder in (own / "hidden_name", installed / "hidden_name"):
        folder.mkdir(parents=True)
    (own / "hidden_name" / "inside.py").write_text(TEXT)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(own)
        inside = importlib.import_module("hidden_name.inside")
        assert len(portable(inside.trial, modules=[inside.__name__], same_path=True)) < 100
    (installed / "hidden_name" / "__init__.py").touch()
    monkeypatch.syspath_prepend(installed)
    sent = portable(inside.trial, modules=[inside.__name__], same_path=True)
    assert call_elsewhere(sent, installed) == "6"
    for name in ("hidden_name.inside", "hidden_name"):
        monkeypatch.delitem(sys.modules, name)


def test_an_installed_function_travels_by_name() -> None:
    sent = portable(available_cores, modules=["json"], same_path=False)
    assert len(sent) < 200
    assert pickle.loads(sent) is available_cores


def test_a_module_that_cannot_travel_is_left_to_be_imported(
    tmp_path: Path, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(module, "OFFSET", threading.Lock())
    assert len(portable(module.trial, modules=["elsewhere_only"], same_path=False)) < 100


def test_what_cannot_travel_is_said() -> None:
    lock = threading.Lock()
    with pytest.raises(InputError, match=r"must be able to travel.*lock.*workers=1"):
        portable(lambda seed: lock, modules=(), same_path=True)
