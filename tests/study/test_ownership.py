from __future__ import annotations

import contextlib
import json
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from steelyard.study.ownership import Ownership


@pytest.mark.parametrize(
    ("name", "own"),
    [
        (None, True),
        ("__main__", True),
        ("nobody_can_find_this", True),
        ("builtins", False),
        ("json", False),
        ("sys", False),
        ("numpy.linalg", False),
        ("steelyard.weigh.scale", True),
        ("steelyard.study.runner", False),
    ],
)
def test_modules(name: str | None, own: bool) -> None:
    assert Ownership().of_module(name) is own


def test_the_trials_own_package_is_own_wherever_it_is_installed() -> None:
    assert Ownership(home="numpy").of_module("numpy.linalg")


def test_a_script_named_like_a_standard_module_is_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = types.ModuleType("profile")
    script.__file__ = str(tmp_path / "profile.py")
    monkeypatch.setitem(sys.modules, "profile", script)
    assert Ownership().of_module("profile")


def test_a_decorator_does_not_pass_for_what_it_decorates() -> None:
    @contextlib.contextmanager
    def mine():
        yield

    assert not Ownership().of_function(mine)
    assert Ownership().of_function(mine.__wrapped__)


def test_classes() -> None:
    made: dict[str, type] = {}
    exec("class Mine: pass", made)
    assert Ownership().of_class(made["Mine"])
    assert not any(Ownership().of_class(each) for each in (int, json.JSONEncoder, np.ndarray))
