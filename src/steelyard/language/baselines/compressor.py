"""Compressors: an outside yardstick in bits a byte, from programs that know nothing of tokens."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from steelyard.errors import InputError

_ZLIB_WINDOW = 1 << 15
_LZMA_SMALLEST, _LZMA_LARGEST = 1 << 12, 1 << 26  # it needs eleven times its dictionary of memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Compressed:
    """What a compressor needs for a text.

    Args:
        name: of the compressor.
        alone_bits_per_byte: bits a byte of the text by itself.
        given_bits_per_byte: bits a byte after the training text; None where the format can't look back at it.
        meaning: what the two are, in a few words.
    """

    name: str
    alone_bits_per_byte: float
    given_bits_per_byte: float | None
    meaning: str


def compressors(text: str, *, training: str) -> tuple[Compressed, ...]:
    """Return what lzma, zlib and bz2 need for a held-out text, alone and, where the format lets, after the training text.

    - lzma: given is the difference C(training + text) - C(training), with a dictionary that holds both (up to 64 MiB): it may
      copy from anywhere in the training text, or from its last 64 MiB.
    - zlib: given starts from the last 32 KiB of the training text, all that the format can look back at.
    - bz2: alone only: it sorts blocks of 900 kB, each by itself.

    All at their best level, lzma and zlib as raw streams without headers or checksums.

    Args:
        text: the held-out text.
        training: what may be known before it.

    Raises:
        InputError: an empty text.

    When it is wrong: they adapt while they read the held-out text, which a fitted model doesn't; and they find repeated strings
    rather than likely ones, so that a good model of language needs much less. A short text alone is mostly start-up cost.

    Example:
        >>> found = compressors("the cat sat on the mat. " * 20, training="the cat sat on the mat. " * 100)
        >>> [each.name for each in found], found[0].given_bits_per_byte < found[0].alone_bits_per_byte < 1
        (['lzma', 'zlib', 'bz2'], True)
    """
    held_out, before = text.encode("utf-8"), training.encode("utf-8")
    if not held_out:
        raise InputError("`text` must hold characters, but is empty; give a text that was held out")

    def per_byte(size: int) -> float:
        return 8 * size / len(held_out)

    squeeze = _lzma(len(before) + len(held_out))
    return (
        Compressed(
            name="lzma",
            alone_bits_per_byte=per_byte(squeeze(held_out)),
            given_bits_per_byte=per_byte(squeeze(before + held_out) - squeeze(before)),
            meaning="what the text adds to the compressed training text (dictionary over both, up to 64 MiB)",
        ),
        Compressed(
            name="zlib",
            alone_bits_per_byte=per_byte(_zlib(held_out, b"")),
            given_bits_per_byte=per_byte(_zlib(held_out, before)),
            meaning="after the last 32 KiB of the training text",
        ),
        Compressed(
            name="bz2",
            alone_bits_per_byte=per_byte(len(bz2.compress(held_out, 9))),
            given_bits_per_byte=None,
            meaning="alone: the format can't look back at the training text",
        ),
    )


def _lzma(reach: int) -> Callable[[bytes], int]:
    dictionary = min(max(_LZMA_SMALLEST, reach), _LZMA_LARGEST)
    filters: list[Mapping[str, int]] = [
        {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": dictionary}
    ]

    def squeeze(content: bytes) -> int:
        return len(lzma.compress(content, format=lzma.FORMAT_RAW, filters=filters))

    return squeeze


def _zlib(content: bytes, before: bytes) -> int:
    # A raw stream (negative window bits) has no header and no checksum.
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zdict=before[-_ZLIB_WINDOW:])
    return len(squeezer.compress(content) + squeezer.flush())
