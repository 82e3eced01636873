"""Run the examples of the README and of the documentation: Python blocks, and console blocks with their output."""

from __future__ import annotations

import gc
import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings
from sybil import Example, Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from steelyard.cli.main import main

collect_ignore = (
    [] if find_spec("textworld") else ["src/steelyard/agents/bags/textworld.py"]
)  # its example needs it
os.environ.setdefault(
    "OMP_WAIT_POLICY", "PASSIVE"
)  # threads that wait for others don't spin: tests share the processor
if (
    "PYTEST_XDIST_WORKER" in os.environ
):  # as many processes as cores: threads of one would take another's core
    for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(_variable, "1")
settings.register_profile("untimed", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("untimed")
_MOST_PROCESSES = 4
_ENVIRONMENT = {"NO_COLOR": "1", "COLUMNS": "100"}


def run_console(example: Example) -> str | None:
    """Run each `$ command` of a console block and compare what it prints; a line `...` stands for any lines.

    The README's start the installed command, as a reader would. The others call what it calls in this process, which has loaded already
    what a new one would load for seconds.
    """
    problems = []
    for block in ("\n" + example.parsed).split("\n$ ")[1:]:
        command, _, expected = block.partition("\n")
        words = shlex.split(command)
        run = _run_installed if Path(example.path).name == "README.md" else _run_here
        got = run(words, example.namespace["folder"])
        if not _matches(got.rstrip().splitlines(), expected.rstrip().splitlines()):
            problems.append(f"$ {command}\nexpected:\n{expected}\ngot:\n{got}")
    return "\n".join(problems) or None


def _run_here(words: list[str], folder: Path) -> str:
    assert words[0] == "steelyard", words
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        patch.setattr(sys, "argv", words)
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit):  # Typer ends every command so
            main()
    return out.getvalue() + err.getvalue()


def _run_installed(words: list[str], folder: Path) -> str:
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        env={
            **os.environ,
            **_ENVIRONMENT,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
    )
    return done.stdout + done.stderr


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


_filtered = SybilItem._traceback_filter  # noqa: SLF001 - there is no other way in


def _traceback_filter(self: SybilItem, excinfo: pytest.ExceptionInfo[BaseException]) -> object:
    """Show an exception whose cause was raised outside of the example, where Sybil 10 would stop pytest with an IndexError."""
    try:
        return _filtered(self, excinfo)
    except IndexError:
        return excinfo.traceback


SybilItem._traceback_filter = _traceback_filter  # noqa: SLF001

pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=ELLIPSIS | NORMALIZE_WHITESPACE),
        CodeBlockParser(language="console", evaluator=run_console),
    ],
    patterns=["README.md", "docs/*.md"],
    fixtures=["folder"],
).pytest()


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return in how many processes tests run: as many as cores, at most 4; in this one for named files, and for `-s`, which wants output."""
    named = all(Path(each.partition("::")[0]).is_file() for each in config.args)
    if named or config.getoption("capture") == "no":
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_PROCESSES) if cores > 1 else 0


def pytest_collection() -> None:
    """Look for no garbage while tests are collected: a hundred thousand objects, all of which stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage again, but not among what has been collected."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run a document's examples in its order, whatever order the tests are shuffled into."""
    examples = [item for item in items if isinstance(item, SybilItem)]
    order = {id(item): position for position, item in enumerate(items)}
    first = {item.path: order[id(item)] for item in reversed(examples)}
    examples.sort(key=lambda item: (first[item.path], item.example.start))
    items[:] = [item for item in items if not isinstance(item, SybilItem)] + examples
