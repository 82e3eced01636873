"""Run the examples of the README and of the documentation: Python blocks, and console blocks with their output."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from importlib.util import find_spec
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

collect_ignore = (
    [] if find_spec("textworld") else ["src/steelyard/agents/bags/textworld.py"]
)  # its example needs it
os.environ.setdefault(
    "OMP_WAIT_POLICY", "PASSIVE"
)  # threads that wait for others don't spin: tests share the processor


def run_console(example: Example) -> str | None:
    """Run each `$ command` of a console block and compare what it prints; a line `...` stands for any lines."""
    problems = []
    for block in ("\n" + example.parsed).split("\n$ ")[1:]:
        command, _, expected = block.partition("\n")
        done = subprocess.run(
            shlex.split(command),
            capture_output=True,
            text=True,
            cwd=example.namespace["folder"],
            timeout=120,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "NO_COLOR": "1",
                "COLUMNS": "100",
            },
        )
        got = done.stdout + done.stderr
        if not _matches(got.rstrip().splitlines(), expected.rstrip().splitlines()):
            problems.append(f"$ {command}\nexpected:\n{expected}\ngot:\n{got}")
    return "\n".join(problems) or None


def _matches(got: list[str], expected: list[str]) -> bool:
    if not expected:
        return not got
    if expected[0].strip() == "...":
        return any(_matches(got[skip:], expected[1:]) for skip in range(len(got) + 1))
    return bool(got) and _like(got[0], expected[0]) and _matches(got[1:], expected[1:])


def _like(got: str, expected: str) -> bool:
    """Compare two lines, whatever their spaces; `...` stands for any text."""
    parts = (re.escape(" ".join(part.split())) for part in expected.split("..."))
    return re.fullmatch(r"\s*.*\s*".join(parts), " ".join(got.split())) is not None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch_module: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, one a document."""
    path = tmp_path_factory.mktemp("docs")
    monkeypatch_module.chdir(path)
    return path


@pytest.fixture(scope="module")
def monkeypatch_module() -> object:
    """Undo changes of the working folder after a document."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=ELLIPSIS | NORMALIZE_WHITESPACE),
        CodeBlockParser(language="console", evaluator=run_console),
    ],
    patterns=["README.md", "docs/*.md"],
    fixtures=["folder"],
).pytest()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run a document's examples in its order, whatever order the tests are shuffled into."""
    examples = [item for item in items if isinstance(item, SybilItem)]
    order = {id(item): position for position, item in enumerate(items)}
    first = {item.path: order[id(item)] for item in reversed(examples)}
    examples.sort(key=lambda item: (first[item.path], item.example.start))
    items[:] = [item for item in items if not isinstance(item, SybilItem)] + examples
