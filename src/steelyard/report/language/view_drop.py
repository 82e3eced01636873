"""A drop in parts, as a table whose bars are drawn without a script."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from steelyard.language.meaning.drop import Drop
from steelyard.report.digits import number, percent

_QUESTIONS = {
    "times in the training text": (
        "Frequent or rare ones?",
        "By how often the right one stands in the training text.",
    ),
    "known run before it": (
        "In contexts it had met, or new ones?",
        "By the length, in tokens, of the longest run just before it that stands in the training text too.",
    ),
    "known run with it": (
        "By heart, or beyond?",
        "By the length of the longest run ending with the right one itself that stands in the training text: after a short one, nothing could be recited.",
    ),
    "position in the document": (
        "With more to read before?",
        "By its position in the document: what a memory gains, it gains later in the text.",
    ),
}


def drop_texts(drop: Drop) -> Mapping[str, Any]:
    """Return a drop as the texts and bars of a table.

    Bars share one axis, from the smallest part (or 0) to the largest; a bar stands between 0 and its part.
    """
    title, explanation = _QUESTIONS.get(drop.by, (drop.by, ""))
    parts = [part.part_nats for part in drop.parts]
    low, high = min(0.0, *parts), max(0.0, *parts)
    width = (high - low) or 1.0
    return {
        "title": title,
        "explanation": explanation,
        "by": drop.by,
        "rows": tuple(
            {
                "name": part.name,
                "tokens": percent(part.tokens / drop.tokens),
                "before": number(part.before_nats, digits=3, zeros=True),
                "after": number(part.after_nats, digits=3, zeros=True),
                "part": _signed(part.part_nats),
                "share": _share(drop.share(part)),
                "x": f"{100 * (min(part.part_nats, 0.0) - low) / width:.2f}",
                "width": f"{100 * abs(part.part_nats) / width:.2f}",
                "worse": part.part_nats < 0,
            }
            for part in drop.parts
        ),
        "sum": _signed(math.fsum(parts)),
    }


def _signed(value: float) -> str:
    return f"{value:.3f}".replace("-", "\N{MINUS SIGN}")


def _share(share: float) -> str:
    return percent(share).replace("-", "\N{MINUS SIGN}")
