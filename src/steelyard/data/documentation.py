"""The embedded corpus: the documentation that comes with every Python, read and never run."""

from __future__ import annotations

import ast
import itertools
import platform
import re
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from steelyard.data.corpus import Corpus
from steelyard.data.corpus_builder import CorpusBuilder
from steelyard.data.stop_words import stop_words
from steelyard.data.tokeniser import Tokeniser
from steelyard.data.vocabulary import Pruning
from steelyard.errors import InputError

FEWEST_WORDS = 20
"""Words that a section or docstring must have to be a document."""
LONGEST = 600
"""Words after which a section is cut at its next paragraph."""

_OPTIONAL = frozenset(
    {
        "tkinter",
        "turtle",
        "turtledemo",
        "idlelib",
        "distutils",
        "lib2to3",
        "ensurepip",
        "pydoc_data",
        "test",
        "this",
    }
)
"""Parts of the library that some distributions leave out or that a later Python dropped."""
_PASSED_OVER = frozenset({"test", "tests", "__pycache__", "site-packages", "dist-packages"})
_UNDERLINE = re.compile(r"(?m)^(?P<title>\S.*)\n(?P<mark>[*=\-~^\"'#])(?P=mark){3,}[ \t]*$")


def documentation_source() -> str:
    """Return one line that names the embedded corpus and where it comes from.

    Example:
        >>> documentation_source().startswith("documentation of Python 3.")
        True
    """
    return (
        f"documentation of Python {platform.python_version()} as installed here: sections of the language reference and "
        "docstrings of the standard library (PSF License Agreement)"
    )


def documentation() -> Corpus:
    """Return the embedded corpus: about three thousand documents on Python, each named by where it comes from.

    A document is a section of the language reference (`pydoc_data.topics`) or the docstring of a module, class or function of
    the standard library; sections longer than 600 words are cut between paragraphs, documents of fewer than 20 words are left out.
    Docstrings are read from the source with `ast`: nothing is imported or run. Words are cut by `Tokeniser`, without English
    stop words, without words in fewer than 3 documents or in more than a fifth of them. Parts of the library that some
    distributions leave out (tkinter, idlelib, turtle, distutils, lib2to3) are not in it.

    The corpus is the same on every run of one installation of Python and differs a little between versions:
    `Corpus.fingerprint` tells them apart.

    Raises:
        InputError: a Python whose standard library has no source files.

    Example:
        >>> corpus = documentation()
        >>> 1500 < len(corpus) < 6000, corpus.tokens > 60_000, "generator" in corpus.vocabulary
        (True, True, True)
    """
    return _read()


@cache
def _read() -> Corpus:
    tokeniser = Tokeniser()
    documents = 0
    with CorpusBuilder() as builder:
        for name, text in documentation_texts():
            builder.add(tokeniser.words(text), name=name)
            documents += 1
        if documents < 500:
            raise InputError(
                f"the embedded corpus must be made from Python's own documentation, but {_library()} holds only {documents} "
                "documents (source files left out?); use a Python with its standard library, or give a corpus of your own"
            )
        rule = Pruning(min_df=3, max_df=0.2, leave_out=stop_words("english"))
        corpus, _ = builder.finish(rule)
    for values in (corpus.words, corpus.starts):
        values.flags.writeable = False  # one corpus serves all callers
    return corpus


def documentation_texts() -> Iterator[tuple[str, str]]:
    """Give the embedded corpus' documents as (name, text), in a fixed order.

    Example:
        >>> names = [name for name, _ in documentation_texts()]
        >>> any(name.startswith("reference/") for name in names), "json.dumps" in names, len(names) == len(set(names))
        (True, True, True)
    """
    yield from _texts(_library())


@cache
def _texts(library: Path) -> tuple[tuple[str, str], ...]:
    given: dict[str, int] = {}
    found = []
    for name, text in (*_sections(library), *_docstrings(library)):
        if len(text.split()) >= FEWEST_WORDS:
            given[name] = nth = given.get(name, 0) + 1
            found.append(((name if nth == 1 else f"{name} ({nth})"), text))
    return tuple(found)


def _sections(library: Path) -> Iterator[tuple[str, str]]:
    """Give the sections of the language reference; the data is read from its source, as all else."""
    source = library / "pydoc_data" / "topics.py"
    if not source.is_file():
        return
    # A module that has them twice (aliases of one topic) would count a text twice.
    seen: set[str] = set()
    for topic, text in sorted(_literal(source).items()):
        if text in seen:
            continue
        seen.add(text)
        starts = [0, *(match.start() for match in _UNDERLINE.finditer(text)), len(text)]
        for first, after in itertools.pairwise(starts):
            for part in _cut(text[first:after]):
                yield f"reference/{topic}", part


def _literal(source: Path) -> dict[str, str]:
    """Return the dictionary that a module assigns to `topics`."""
    for node in ast.parse(source.read_bytes()).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            found: Any = ast.literal_eval(node.value)
            return {str(key): str(value) for key, value in found.items()}
    return {}


def _cut(text: str) -> Iterator[str]:
    """Give a section in parts of about `LONGEST` words that end where a paragraph ends."""
    part: list[str] = []
    words = 0
    for paragraph in text.split("\n\n"):
        size = len(paragraph.split())
        if part and words + size > LONGEST:
            yield "\n\n".join(part)
            part, words = [], 0
        part.append(paragraph)
        words += size
    if part:
        yield "\n\n".join(part)


def _docstrings(library: Path) -> Iterator[tuple[str, str]]:
    for source in _sources(library, library):
        inside = source.relative_to(library).with_suffix("")
        module = ".".join(part for part in inside.parts if part != "__init__")
        try:
            tree = ast.parse(source.read_bytes())
        except (SyntaxError, ValueError):  # a file that is wrong on purpose
            continue
        yield from _of(tree, module)


def _of(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, name: str
) -> Iterator[tuple[str, str]]:
    text = ast.get_docstring(node)
    if text is not None:
        yield name, text
    if isinstance(node, ast.Module | ast.ClassDef):
        for each in node.body:
            if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _of(each, f"{name}.{each.name}")


def _sources(folder: Path, root: Path) -> Iterator[Path]:
    """Give the library's source files in a fixed order; what others put beside them is passed over."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        top = path.relative_to(root).parts[0].removesuffix(".py")
        if top not in sys.stdlib_module_names or top in _OPTIONAL or path.name in _PASSED_OVER:
            continue
        if path.is_dir():
            yield from _sources(path, root)
        elif path.suffix == ".py" and not path.name.startswith("_sysconfigdata"):
            yield path


def _library() -> Path:
    return Path(sysconfig.get_path("stdlib"))
