"""What changes the key of a trial function, and what doesn't; each case in a process of its own."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.study.fingerprint import function_fingerprint

TRIAL = '''
import math
import helpers
from dataclasses import dataclass, field

SCALE = 2
NAMES = {"b", "a", "c"}

def double(x):
    """Say it."""
    return x * SCALE

@dataclass(frozen=True)
class Model:
    depth: int = 3
    tags: list = field(default_factory=list)

    def size(self):
        return double(self.depth)

def trial(seed, width):
    from lazy import late
    # a comment
    return {"m": Model().size() + late() + helpers.offset(width) + math.pi + len(NAMES)}
'''
HELPERS = "def offset(x):\n    return inner(x)\ndef inner(x):\n    return x\ndef unused():\n    return 1\n"
LAZY = "def late():\n    return 1\n"


def key(
    folder: Path, *, trial: str = TRIAL, helpers: str = HELPERS, lazy: str = LAZY, hash_seed: str = "1"
) -> str:
    for name, text in (("mine", trial), ("helpers", helpers), ("lazy", lazy)):
        (folder / f"{name}.py").write_text(text)
    program = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); import mine\n"
        "from steelyard.study.fingerprint import function_fingerprint\n"
        "print(function_fingerprint(mine.trial))"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    return done.stdout


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> str:
    return key(tmp_path_factory.mktemp("before"))


@pytest.mark.parametrize(
    "change",
    [
        {"hash_seed": "77"},
        {"trial": TRIAL.replace("# a comment", "# another\n\n")},
        {"trial": TRIAL.replace("Say it.", "Say it better.")},
        {"helpers": HELPERS.replace("return 1", "return 2")},
    ],
    ids=["hash seed", "comment", "docstring", "function that isn't used"],
)
def test_what_does_not_matter_keeps_the_key(change: dict[str, str], before: str, tmp_path: Path) -> None:
    assert key(tmp_path, **change) == before


@pytest.mark.parametrize(
    "change",
    [
        {"trial": TRIAL.replace("x * SCALE", "x + SCALE")},
        {"trial": TRIAL.replace("SCALE = 2", "SCALE = 3")},
        {"trial": TRIAL.replace("depth: int = 3", "depth: int = 4")},
        {"trial": TRIAL.replace("double(self.depth)", "double(self.depth) + 1")},
        {"trial": TRIAL.replace("math.pi", "math.e")},
        {"trial": TRIAL.replace('"c"', '"d"')},
        {"helpers": HELPERS.replace("return x", "return -x")},
        {"lazy": LAZY.replace("return 1", "return 2")},
    ],
    ids=[
        "helper",
        "constant",
        "default",
        "method",
        "library name",
        "set",
        "two modules away",
        "import inside",
    ],
)
def test_an_edit_changes_the_key(change: dict[str, str], before: str, tmp_path: Path) -> None:
    assert key(tmp_path, **change) != before


def test_closures_partials_and_arrays_count() -> None:
    def make(factor: object):
        def trial(seed: int) -> object:
            return factor

        return trial

    keys = [
        function_fingerprint(each)
        for each in (
            make(1),
            make(2),
            make(np.arange(3)),
            make(np.arange(3) + 1),
            functools.partial(make(1), seed=1),
            functools.partial(make(1), seed=2),
        )
    ]
    assert len(set(keys)) == len(keys)
    assert function_fingerprint(make(np.arange(3))) == keys[2]


def test_a_value_without_a_stable_description_is_named() -> None:
    lock = threading.Lock()

    def trial(seed: int) -> object:
        return lock

    with pytest.raises(InputError, match="`trial` is a lock"):
        function_fingerprint(trial)
