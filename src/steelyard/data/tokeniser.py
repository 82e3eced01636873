"""Cutting a text into words: one rule, stated, the same on every machine."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from steelyard.errors import InputError

_ASCII = re.compile(r"[A-Za-z]+")
_PLANES = (*range(0x80, 0x20000), *range(0xE0000, 0xE0200))
"""Code points that may be marks, or numbers that aren't digits: nothing else holds any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokeniser:
    """The rule by which texts are cut into words: runs of letters.

    A word is a run of letters of any script, with the marks that belong to them (accents, vowel signs, joiners); digits,
    underscores, hyphens and apostrophes end it. The text is brought into Unicode's composed form (NFC) first, so that an
    `é` is one letter however it was typed. Numbers are left out.

    Args:
        lowercase: make every letter lower-case.
        shortest: fewest letters of a word; shorter ones are left out ("a", and the "s" of "it's").

    Raises:
        InputError: `shortest` below 1.

    When it is wrong: languages that don't put spaces between words (Chinese, Japanese, Thai) come out as whole phrases, and
    a compound with a hyphen as its parts. Cut such texts with a tokeniser of theirs and give the words to
    `Corpus.from_documents`.

    Example:
        >>> Tokeniser().words("It's 3 o'clock: naïve re-tries of snake_case")
        ['it', 'clock', 'naïve', 're', 'tries', 'of', 'snake', 'case']
        >>> Tokeniser(lowercase=False, shortest=1).words("A b")
        ['A', 'b']
    """

    lowercase: bool = True
    shortest: int = 2

    def __post_init__(self) -> None:
        if self.shortest < 1:
            raise InputError(f"`shortest` must be at least 1 letter, but got {self.shortest}")

    def words(self, text: str) -> list[str]:
        """Return the words of a text in their order."""
        if text.isascii():
            found = _ASCII.findall(text.lower() if self.lowercase else text)
        else:
            # Lower-casing can decompose (İ becomes i and a dot), so composing comes last.
            whole = unicodedata.normalize("NFC", text.lower() if self.lowercase else text)
            found = _letters().findall(whole)
        return [word for word in found if len(word) >= self.shortest] if self.shortest > 1 else found


@cache
def _letters() -> re.Pattern[str]:
    """Return the pattern of a letter that letters and marks follow; Python's `re` has no classes for them."""
    numbers = _ranges([code for code in _PLANES if unicodedata.category(chr(code)) in {"Nl", "No"}])
    return re.compile(rf"[^\W\d_{numbers}](?:[^\W\d_{numbers}]|[{marks()}])*")


@cache
def marks() -> str:
    """Return the marks that belong to a letter (accents, vowel signs, joiners) as the ranges of a pattern's class."""
    return _ranges(
        [
            code
            for code in _PLANES
            if unicodedata.category(chr(code)).startswith("M") or code in {0x200C, 0x200D}
        ]
    )


def _ranges(codes: list[int]) -> str:
    """Return code points, in their order, as the ranges of a pattern's class."""
    ranges: list[tuple[int, int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
