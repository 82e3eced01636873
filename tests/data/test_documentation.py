from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from steelyard.data.documentation import documentation, documentation_texts
from steelyard.errors import InputError

documentation_module = import_module("steelyard.data.documentation")


def test_it_is_of_a_sensible_size_and_named() -> None:
    corpus = documentation()
    assert 1500 < len(corpus) < 6000
    assert 1000 < len(corpus.vocabulary) < 10_000
    assert int(corpus.lengths.max()) < 1000
    assert len(set(corpus.names)) == len(corpus)
    assert (corpus.lengths > 0).mean() > 0.99
    assert "the" not in corpus.vocabulary
    assert documentation() is corpus
    with pytest.raises(ValueError, match="read-only"):
        corpus.words[0] = 0


def test_another_process_reads_the_same_and_runs_nothing_of_it() -> None:
    code = (
        "import sys; from steelyard.data.documentation import documentation; corpus = documentation();"
        "print(corpus.fingerprint, any(name in sys.modules for name in ('antigravity', 'nntplib', 'xmlrpc.server')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", **_environment()},
    )
    assert done.stdout.split() == [documentation().fingerprint, "False"]


def test_the_texts_are_pythons_own() -> None:
    texts = dict(documentation_texts())
    import json

    assert texts["json.dumps"].split() == str(json.dumps.__doc__).split()
    assert min(len(text.split()) for text in texts.values()) >= documentation_module.FEWEST_WORDS
    assert not any(name.startswith(("tkinter", "idlelib", "test.")) for name in texts)


def test_a_python_without_sources(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documentation_module, "_library", lambda: tmp_path)
    documentation_module._read.cache_clear()
    with pytest.raises(InputError, match="standard library"):
        documentation()
    documentation_module._read.cache_clear()


def _environment() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
