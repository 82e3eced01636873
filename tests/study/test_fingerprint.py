"""What changes the key of a trial function, and what doesn't; each case in a process of its own."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

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


def test_being_pickled_leaves_the_key_alone() -> None:
    """Pickle leaves a mark (`__slotnames__`) on the class of what it pickles, here after the class was described."""
    made: dict[str, Any] = {"__name__": "__main__"}
    exec("class A: pass\nB = {'x': 1}\nC = A()\ndef f(): return C\ndef trial(seed): return A, f", made)
    first = function_fingerprint(made["trial"])
    assert "__slotnames__" in vars(made["A"])
    assert function_fingerprint(made["trial"]) == first


def test_a_value_without_a_stable_description_is_named() -> None:
    lock = threading.Lock()

    def trial(seed: int) -> object:
        return lock

    with pytest.raises(InputError, match="`trial` is a lock"):
        function_fingerprint(trial)


BEFORE_AND_AFTER = {
    "star argument": ("def h(xs): return len(xs)\ndef trial(seed): return h((1,))", "h(xs)", "h(*xs)"),
    "order of a dict": (
        "D = {'a': 1, 'b': 2}\ndef trial(seed): return list(D)",
        "'a': 1, 'b': 2",
        "'b': 2, 'a': 1",
    ),
    "method of a named tuple": (
        (
            "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int = 1\n    def s(self): return 1\n"
            "C = P()\ndef trial(seed): return C.s()"
        ),
        "return 1",
        "return 2",
    ),
    "method of a dict's subclass": (
        "class P(dict):\n    def s(self): return 1\nC = P()\ndef trial(seed): return C.s()",
        "return 1",
        "return 2",
    ),
    "content of a deque's subclass": (
        "from collections import deque\nclass R(deque): pass\nC = R([1])\ndef trial(seed): return C[0]",
        "[1]",
        "[2]",
    ),
    "metaclass": (
        "class M(type):\n    def z(c): return 1\nclass A(metaclass=M): pass\ndef trial(seed): return A.z()",
        "return 1",
        "return 2",
    ),
    "enum's value": (
        "from enum import Enum\nclass E(Enum):\n    A = [1]\ndef trial(seed, e=E.A): return e.value",
        "[1]",
        "[2]",
    ),
    "function's attribute": ("def h(): return h.k\nh.k = 1\ndef trial(seed): return h()", "k = 1", "k = 2"),
    "decorator class": (
        (
            "import functools\nclass D:\n    def __init__(self, f): functools.update_wrapper(self, f)\n"
            "    def __call__(self): return 1\n@D\ndef h(): pass\ndef trial(seed): return h()"
        ),
        "return 1",
        "return 2",
    ),
    "bound builtin": ("L = [1]\nf = L.copy\ndef trial(seed): return f()", "[1]", "[2]"),
    "cached property": (
        (
            "from functools import cached_property\nclass A:\n    @cached_property\n    def s(self): return 1\n"
            "def trial(seed): return A().s"
        ),
        "return 1",
        "return 2",
    ),
    "registered function": (
        (
            "from functools import singledispatch\n@singledispatch\ndef s(x): return 0\n@s.register\n"
            "def _(x: int): return 1\ndef trial(seed): return s(1)"
        ),
        "return 1",
        "return 2",
    ),
    "function in a library's object": (
        (
            "from operator import methodcaller\nclass A:\n    def s(self): return 1\nf = methodcaller('s', A())\n"
            "def trial(seed): return f"
        ),
        "return 1",
        "return 2",
    ),
    "name defined later": ("def trial(seed): return h()\nX = 0", "X = 0", "def h(): return 1"),
    "deep chain": (
        "\n".join(f"def f{i}(): return f{i + 1}()" for i in range(400)) + "\ndef f400(): return 'x'\n"
        "def trial(seed): return f0()",
        "'x'",
        "'y'",
    ),
}


@pytest.mark.parametrize("module", ["__main__", "a_module_that_nobody_can_find", None])
@pytest.mark.parametrize("case", BEFORE_AND_AFTER)
def test_code_of_no_file_counts_too(case: str, module: str | None) -> None:
    def made(text: str) -> str:
        namespace: dict[str, Any] = {"__name__": module} if module else {}
        exec(text, namespace)
        return function_fingerprint(namespace["trial"])

    text, old, new = BEFORE_AND_AFTER[case]
    assert text.replace(old, new) != text
    assert made(text) == made(text)
    assert made(text) != made(text.replace(old, new))


@pytest.mark.parametrize(
    "use",
    [
        "import pack.deep as d\ndef trial(seed):\n    h = d\n    return h.f()",
        "import pack.deep\ndef trial(seed):\n    return getattr(pack.deep, 'f')()",
        "def trial(seed):\n    import pack.deep\n    return pack.deep.f()",
        "def trial(seed):\n    from pack import deep\n    return deep.f()",
        "from pack.deep import *\ndef trial(seed):\n    return f()",
        "import profile_of as p\ndef trial(seed):\n    return p.f()",
    ],
)
def test_a_module_used_in_any_way_is_followed(use: str, tmp_path: Path) -> None:
    """Through a namespace package, and into what the module itself imports."""
    keys = []
    for value in (1, 1, 2):
        (tmp_path / "pack").mkdir(exist_ok=True)
        (tmp_path / "deeper.py").write_text(f"def g():\n    return {value}\n")
        (tmp_path / "pack" / "deep.py").write_text("import deeper\ndef f():\n    return deeper.g()\n")
        (tmp_path / "profile_of.py").write_text("from pack.deep import f\n")
        keys.append(key(tmp_path, trial=use))
    assert keys[0] == keys[1] != keys[2]


COMPILED = """
from numba import njit, types
from numba.extending import intrinsic

@intrinsic
def same(typingctx, value):
    def codegen(context, builder, signature, arguments):
        return arguments[0]
    return value(value), codegen

@njit(nogil=True)
def double(x):
    return same(x) * 2

def trial(seed):
    return double(seed)
"""


def test_what_numba_compiles_counts_as_its_text_does(tmp_path: Path) -> None:
    first, again = (key(tmp_path, trial=COMPILED) for _ in range(2))
    assert first == again
    for old, new in (("* 2", "* 3"), ("nogil=True", "nogil=False"), ("arguments[0]", "arguments[-1]")):
        assert key(tmp_path, trial=COMPILED.replace(old, new)) != first


def test_compiling_and_running_changes_no_key() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(COMPILED, namespace)
    before = function_fingerprint(namespace["trial"])
    assert namespace["trial"](4) == 8
    assert function_fingerprint(namespace["trial"]) == before


def test_calls_by_type_leave_the_key_alone_and_its_functions_do_not() -> None:
    def made(offset: int) -> Any:
        @functools.singledispatch
        def measure(value: object) -> int:
            return 0

        @measure.register
        def _(value: int) -> int:
            return value + offset

        def trial(seed: int) -> dict[str, int]:
            return {"m": measure(seed)}

        return trial

    trial = made(1)
    before = function_fingerprint(trial)
    assert trial(2) == {"m": 3}
    trial("never seen before")  # type: ignore[arg-type]
    assert function_fingerprint(trial) == before
    assert function_fingerprint(made(1)) == before
    assert function_fingerprint(made(2)) != before


def test_calls_by_type_in_a_library_leave_the_key_alone() -> None:
    spaces = pytest.importorskip("gymnasium.spaces")
    from gymnasium.vector.utils import batch_space

    def trial(seed: int) -> dict[str, float]:
        return {"m": float(batch_space(spaces.Discrete(2), seed).shape[0])}

    before = function_fingerprint(trial)
    assert trial(3) == {"m": 3.0}
    assert function_fingerprint(trial) == before
