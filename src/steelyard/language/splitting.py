"""Cutting a text into words: two rules, stated, the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from steelyard.data.tokeniser import marks

Words = Literal["written", "spaced"]
PIECE = 1 << 20
"""Characters of a text that are cut at once."""
END_OF_LINE = "<eos>"
"""How the rule `spaced` writes a newline."""

_SPACED = re.compile(r"\n|\S+")


def split(text: str, *, words: Words = "written") -> tuple[list[str], NDArray[np.int64]]:
    r"""Return a text's words, and where each one's stretch of the text starts, shape (words + 1,).

    Rules:

    - `written`: loses nothing: the words joined are the text. A word is a run of letters (with the accents and vowel signs that
      belong to them, and apostrophes between them), a number (digits, with points or commas between them) or any other mark, each
      *with the one space before it*; what white space is left is one word, except that each newline is one of its own.
    - `spaced`: what stands between white space is a word, a newline is `<eos>` (and so is one that is written out): the form of the
      Penn Treebank's files (Mikolov et al. 2010), whose spaces say where to cut.

    Args:
        text: the text.
        words: the rule.

    Returns:
        The words, and offsets in characters: the stretch of word i is `text[starts[i]:starts[i + 1]]`. The stretches cover
        the text: with `spaced` they take in the white space after the word (and before the first one).

    When it is wrong: neither rule knows a language. Those that put no spaces between words (Chinese, Japanese, Thai) come out as
    whole phrases; model characters there, or cut with a tokeniser of theirs and use `spaced`.

    Example:
        >>> split("It's 3.5 (or so)!\n    Yes")[0]
        ["It's", ' 3.5', ' (', 'or', ' so', ')', '!', '\n', '   ', ' Yes']
        >>> tokens, starts = split(" the cat \n sat", words="spaced")
        >>> tokens, starts.tolist()
        (['the', 'cat', '<eos>', 'sat'], [0, 5, 9, 11, 14])
    """
    if words == "written":
        tokens = (_ascii() if text.isascii() else _every_script()).findall(text)
        starts = np.zeros(len(tokens) + 1, dtype=np.int64)
        np.cumsum([len(token) for token in tokens], out=starts[1:])
        return tokens, starts
    if words == "spaced":
        found = list(_SPACED.finditer(text))
        tokens = [END_OF_LINE if match[0] == "\n" else match[0] for match in found]
        starts = np.array([*(match.start() for match in found), len(text)], dtype=np.int64)
        starts[0] = 0
        return tokens, starts
    assert_never(words)


def pieces(text: str, *, whole_lines: bool) -> Iterator[str]:
    r"""Give a text in parts whose tokens, one part after the other, are those of the whole, so that long texts need little memory.

    Args:
        text: the text.
        whole_lines: part it after newlines only, which neither rule of words ever makes a part of a longer one; False parts it
            anywhere, which suits characters.

    Example:
        >>> list(pieces("one line\n and another", whole_lines=True))
        ['one line\n and another']
    """
    start = 0
    while start < len(text):
        end = start + PIECE
        if whole_lines and end < len(text):
            end = text.find("\n", end) + 1 or len(text)
        yield text[start:end]
        start = end


def joined(tokens: list[str], *, words: Words = "written") -> str:
    r"""Return the text that words make; with `written` the very text they were cut from.

    Example:
        >>> joined(["It's", " so", "."]), joined(["the", "cat", "<eos>", "sat"], words="spaced")
        ("It's so.", 'the cat\nsat')
    """
    if words == "written":
        return "".join(tokens)
    lines = " ".join("\n" if token == END_OF_LINE else token for token in tokens)
    return lines.replace(" \n", "\n").replace("\n ", "\n")


@cache
def _ascii() -> re.Pattern[str]:
    return _pattern("[A-Za-z]+")


@cache
def _every_script() -> re.Pattern[str]:
    return _pattern(rf"[^\W\d_](?:[^\W\d_]|[{marks()}])*")


def _pattern(letters: str) -> re.Pattern[str]:
    return re.compile(
        rf" ?{letters}(?:['’]{letters})*"  # a word
        r"| ?\d+(?:[.,]\d+)*"  # a number
        r"| ?(?:[^\w\s]|_)"  # a mark
        r"|\n|[^\S\n]+(?= \S)|[^\S\n]+"  # white space, without the space that goes with the next word
    )
