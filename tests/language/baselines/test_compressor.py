from __future__ import annotations

import bz2
import lzma
import random
import zlib

import pytest

from steelyard.errors import InputError
from steelyard.language.baselines.compressor import compressors


def by_name(text: str, training: str):
    return {each.name: each for each in compressors(text, training=training)}


def noise(characters: int, *, seed: int) -> str:
    return "".join(random.Random(seed).choices("abcdefgh", k=characters))


def test_three_bits_of_noise_cost_at_least_three_of_the_eight_and_not_four() -> None:
    found = by_name(noise(20_000, seed=0), noise(20_000, seed=1))
    for each in found.values():
        for bits in (each.alone_bits_per_byte, each.given_bits_per_byte):
            assert bits is None or 3 <= bits < 4


def test_what_stood_in_the_training_text_is_almost_free_as_far_back_as_the_format_looks() -> None:
    text = noise(4000, seed=0)
    near = by_name(text, noise(200_000, seed=1) + text)
    far = by_name(text, text + noise(200_000, seed=1))
    assert near["lzma"].given_bits_per_byte < 0.1
    assert far["lzma"].given_bits_per_byte < 0.1
    assert near["zlib"].given_bits_per_byte < 0.2
    assert far["zlib"].given_bits_per_byte > 3  # 200 kB back: zlib looks back at 32 KiB
    assert near["bz2"].given_bits_per_byte is None


def test_alone_is_the_standard_library_s_size_without_headers() -> None:
    text = "Schön ist's, " * 400 + noise(3000, seed=2)
    content = text.encode()
    found = by_name(text, "anything")
    size = {name: each.alone_bits_per_byte * len(content) / 8 for name, each in found.items()}
    assert size["bz2"] == pytest.approx(len(bz2.compress(content)))
    assert size["zlib"] == pytest.approx(
        len(zlib.compress(content, 9)) - 6, abs=8
    )  # 2 bytes of header, 4 of checksum
    container = len(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    assert container - 80 < size["lzma"] < container


def test_no_training_text_changes_nothing_and_an_empty_text_is_refused() -> None:
    lone = by_name(noise(5000, seed=3), "")["lzma"]
    assert lone.given_bits_per_byte == pytest.approx(lone.alone_bits_per_byte, abs=0.01)
    with pytest.raises(InputError, match="is empty"):
        compressors("", training="abc")
