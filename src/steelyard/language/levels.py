"""The levels of the questions about language, as arguments of the model; loads nothing heavy."""

from __future__ import annotations

from typing import Any

UNIT: dict[str, dict[str, Any]] = {
    "character": {"unit": "character"},
    "word": {"unit": "word"},
    "word, 500 known": {"unit": "word", "vocabulary": 500},
}
"""Levels of `language.unit`; the first is the reference."""

CONTEXT: dict[str, int | None] = {
    "memory": None,
    "last 16 tokens": 16,
    "last 4 tokens": 4,
    "last token": 1,
    "5-gram": 4,
}
"""Levels of `language.context`: how many tokens are known, None for all of the document; the first is the reference."""

INIT_LOSS: dict[str, dict[str, Any]] = {
    "uniform": {"output_start": "uniform"},
    "unigram": {"output_start": "unigram"},
    "large": {"output_start": "large"},
}
"""Levels of `language.init-loss`; the first is the reference."""

TYING: dict[str, dict[str, Any]] = {"untied": {"tied": False}, "tied": {"tied": True}}
"""Levels of `language.tying`; the first is the reference."""

DROPOUT: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6)
"""Levels of `language.dropout`; the first is the reference."""
