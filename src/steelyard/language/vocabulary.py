"""The tokens that a model of language knows, numbered, and how a text becomes their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.hostile import whole_numbers
from steelyard.language.spelling import Spelling
from steelyard.language.splitting import Words, joined, pieces, split

Unit = Literal["word", "character"]

UNKNOWN = 0
"""The number of every token that the vocabulary doesn't have."""
DOCUMENT = 1
"""The number of the mark before every document."""
SPECIAL = ("<unk>", "<doc>")
"""How the two are written."""

_FORMAT = 1
_CODE_POINTS = 0x110000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoded:
    """A text as tokens of a vocabulary.

    Args:
        ids: number of each token, int32, shape (n,).
        starts: where each token's stretch of the text starts, in characters, int64, shape (n + 1,).
        bytes: UTF-8 bytes of each stretch, int64, shape (n,).
        spelling_nats: what spelling each unknown token costs, float64, shape (n,); 0 where it is known.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    bytes: NDArray[np.int64]
    spelling_nats: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    r"""Tokens and their numbers: 0 is the unknown token, 1 the mark before a document, the real ones follow, the most frequent first.

    An unknown token costs what the model gives `<unk>`, plus what `spelling` needs to write it: without the second part a model with a
    small vocabulary would look good by not saying which words it means, and words and characters could not be compared. The
    spelling model is fitted on the training tokens that fell out of the vocabulary; where none did, on those that occur once
    (what a text hasn't shown yet looks most like what it has shown once); where there are none either, it is uniform.

    With `words="spaced"` a `<unk>` in the text is the unknown token itself, and costs no spelling: the Penn Treebank's files
    come with theirs.

    When it is wrong: with `min_count=1` and no `limit` no training token is unknown, so that models learn next to nothing about when
    one comes and pay dearly for each; words should be kept from 2 occurrences on.

    Args:
        unit: `word`, or `character` (a Unicode code point).
        words: the rule by which words are cut (see `splitting.split`); of no meaning for characters.
        tokens: all tokens, `<unk>` and `<doc>` first.
        counts: how often each occurred in the training documents, int64, shape (size,): of `<unk>` the tokens that fell out, of
            `<doc>` the documents.
        spelling: the model that writes unknown tokens.

    Raises:
        InputError: tokens that aren't distinct, empty ones, counts that don't match, a rule or unit that there isn't.

    Example:
        >>> vocabulary = Vocabulary.build(["to be or not to be"], unit="word", min_count=2)
        >>> vocabulary.tokens
        ('<unk>', '<doc>', ' be')
        >>> encoded = vocabulary.encode("let it be")
        >>> encoded.ids.tolist(), encoded.bytes.tolist(), encoded.spelling_nats.round(1).tolist()
        ([0, 0, 2], [3, 3, 3], [20.3, 12.5, 0.0])
    """

    unit: Unit
    words: Words = "written"
    tokens: tuple[str, ...]
    counts: NDArray[np.int64]
    spelling: Spelling
    _numbers: dict[str, int] = field(init=False, repr=False)
    _by_code: NDArray[np.int32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_rule(self.unit, self.words)
        if self.tokens[:2] != SPECIAL:
            raise InputError(f"`tokens` must begin with <unk> and <doc>, but begin with {self.tokens[:2]}")
        if len(self.tokens) == 2:
            raise InputError("a vocabulary must have a token, but has none; lower `min_count`")
        if self.counts.shape != (len(self.tokens),):
            raise InputError(
                f"`counts` must have one entry for each of {len(self.tokens)} tokens, but have the shape {self.counts.shape}"
            )
        numbers = {token: number for number, token in enumerate(self.tokens[2:], start=2)}
        if len(numbers) != len(self.tokens) - 2 or "" in numbers or not numbers.keys().isdisjoint(SPECIAL):
            raise InputError("tokens must be distinct, not empty and none of <unk> and <doc>, but aren't")
        by_code = np.zeros(_CODE_POINTS if self.unit == "character" else 0, dtype=np.int32)
        if self.unit == "character":
            for token, number in numbers.items():
                if len(token) != 1:
                    raise InputError(
                        f"a character must be one code point, but {token[:40]!r} has {len(token)}"
                    )
                by_code[ord(token)] = number
        object.__setattr__(self, "_numbers", numbers)
        object.__setattr__(self, "_by_code", by_code)

    @property
    def size(self) -> int:
        """Return the number of tokens, the two special ones included."""
        return len(self.tokens)

    @classmethod
    def build(
        cls,
        documents: Sequence[str],
        *,
        unit: Unit,
        words: Words = "written",
        limit: int | None = None,
        min_count: int = 1,
    ) -> Self:
        """Return the vocabulary of training documents.

        Tokens are numbered by how often they occur, those that occur equally often by their code points.

        Args:
            documents: the texts.
            unit: `word` or `character`.
            words: the rule by which words are cut.
            limit: keep at most this many tokens, the two special ones not counted; None keeps all.
            min_count: keep tokens that occur at least this often.

        Raises:
            InputError: no token at all, or none that is kept; text with lone surrogates; `limit` or `min_count` no whole number or below 1.
        """
        check_rule(unit, words)
        if isinstance(documents, str):
            raise InputError("`documents` must be a sequence of texts, but got one text; put it in a list")
        sizes: dict[str, Any] = {"limit": limit, "min_count": min_count}
        for name, value in sizes.items():
            if value is not None and not (isinstance(value, int) and value >= 1):
                raise InputError(f"`{name}` must be at least 1 and a whole number, but got {value}")
        found: Counter[str] = Counter()
        for document in documents:
            for piece in pieces(document, whole_lines=unit == "word"):
                found.update(_counted(piece, unit=unit, words=words))
        if not found:
            raise InputError(f"the documents must hold {unit}s, but hold none; give a text that isn't empty")
        already_unknown = found.pop(SPECIAL[UNKNOWN], 0) if unit == "word" and words == "spaced" else 0
        ranked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        kept = [each for each in ranked if each[1] >= min_count and each[0] not in SPECIAL][:limit]
        if not kept:
            most = ranked[0][1] if ranked else 0
            raise InputError(
                f"`min_count` must leave a token, but got {min_count} and no token occurs more than {most} times"
            )
        chosen = {token for token, _ in kept}
        fallen = {token: count for token, count in ranked if token not in chosen}
        once = {token: count for token, count in ranked if count == 1}
        special = [already_unknown + sum(fallen.values()), len(documents)]
        return cls(
            unit=unit,
            words=words,
            tokens=(*SPECIAL, *(token for token, _ in kept)),
            counts=np.array([*special, *(count for _, count in kept)], dtype=np.int64),
            spelling=Spelling.fit(fallen or once),
        )

    def encode(self, text: str) -> Encoded:
        """Return a text's tokens, where they stand, and what its unknown ones cost.

        Raises:
            InputError: text with lone surrogates, which no file can hold.
        """
        if self.unit == "character":
            codes = _codes(text)
            ids = self._by_code[codes]
            unknown = np.flatnonzero(ids == UNKNOWN)
            spelt = [chr(code) for code in codes[unknown].tolist()]
            starts = np.arange(len(codes) + 1, dtype=np.int64)
            bytes_ = bytes_of(codes)
        else:
            tokens, starts = split(text, words=self.words)
            number = self._numbers.get
            ids = np.fromiter((number(token, UNKNOWN) for token in tokens), dtype=np.int32, count=len(tokens))
            unknown = np.flatnonzero(ids == UNKNOWN)
            if self.words == "spaced":
                unknown = unknown[[tokens[at] != SPECIAL[UNKNOWN] for at in unknown]]
            spelt = [tokens[at] for at in unknown]
            before = np.concatenate([[0], np.cumsum(bytes_of(_codes(text)))])
            bytes_ = np.diff(before[starts])
        nats = np.zeros(len(ids))
        if spelt:
            kinds = list(dict.fromkeys(spelt))
            costs = dict(zip(kinds, self.spelling.nats(kinds).tolist(), strict=True))
            nats[unknown] = [costs[token] for token in spelt]
        return Encoded(ids=ids, starts=starts, bytes=bytes_, spelling_nats=nats)

    def decode(self, ids: NDArray[np.integer[Any]] | Sequence[int]) -> str:
        """Return the text of token numbers: the very text, where all its tokens are known (and words are `written`).

        Raises:
            InputError: a number that no token has.
        """
        numbers = np.asarray(ids, dtype=np.int64).reshape(-1)
        if len(numbers) and (numbers.min() < 0 or numbers.max() >= self.size):
            raise InputError(
                f"`ids` must lie between 0 and {self.size - 1}, but go from {numbers.min()} to {numbers.max()}"
            )
        tokens = [self.tokens[number] for number in numbers.tolist()]
        return "".join(tokens) if self.unit == "character" else joined(tokens, words=self.words)

    def to_json(self) -> dict[str, Any]:
        """Return the vocabulary as plain JSON values."""
        return {
            "format": _FORMAT,
            "unit": self.unit,
            "words": self.words,
            "tokens": list(self.tokens),
            "counts": self.counts.tolist(),
            "spelling": self.spelling.to_json(),
        }

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Return the vocabulary that `to_json` gave.

        Raises:
            InputError: anything else; a file may have been written by anybody.
        """
        if not isinstance(value, dict) or value.get("format") != _FORMAT:
            raise InputError(
                f"a vocabulary must be of format {_FORMAT}, but isn't; use the version of steelyard that wrote it"
            )
        missing = {"unit", "words", "tokens", "counts", "spelling"} - set(value)
        if missing:
            raise InputError(
                f"a vocabulary must have {', '.join(sorted(missing))}, but hasn't; save it again"
            )
        tokens = value["tokens"]
        if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
            raise InputError("a vocabulary's `tokens` must be a list of texts, but aren't; save it again")
        for token in tokens:
            check_text(token)
        return cls(
            unit=value["unit"],
            words=value["words"],
            tokens=tuple(tokens),
            counts=whole_numbers(value["counts"], name="counts", most=2**53),
            spelling=Spelling.from_json(value["spelling"]),
        )


def check_rule(unit: Any, words: Any) -> None:
    """Raise InputError for a unit or a rule that there isn't."""
    for name, value, known in (("unit", unit, get_args(Unit)), ("words", words, get_args(Words))):
        if value not in known:
            raise InputError(f"`{name}` must be one of {', '.join(known)}, but got {value!r}")


def check_text(text: str) -> None:
    """Raise InputError for text that UTF-8 can't write, with the place of the first character that it can't."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"the text must be Unicode, but character {error.start} is half of a surrogate pair "
            f"(U+{ord(text[error.start]):04X}); decode the file it comes from as UTF-8 or UTF-16"
        ) from error


def bytes_of(codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return how many bytes UTF-8 needs for each code point.

    >>> bytes_of(np.array([ord(each) for each in "aé€😀"], dtype=np.uint32)).tolist()
    [1, 2, 3, 4]
    """
    return (
        np.ones(len(codes), dtype=np.int64)
        + (codes > 0x7F).astype(np.int64)
        + (codes > 0x7FF).astype(np.int64)
        + (codes > 0xFFFF).astype(np.int64)
    )


def _codes(text: str) -> NDArray[np.uint32]:
    check_text(text)
    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint32, copy=False)


def _counted(document: str, *, unit: Unit, words: Words) -> dict[str, int]:
    if unit == "word":
        check_text(document)
        return Counter(split(document, words=words)[0])
    codes, counts = np.unique(_codes(document), return_counts=True)
    return {chr(code): count for code, count in zip(codes.tolist(), counts.tolist(), strict=True)}
