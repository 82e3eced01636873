"""A passage as coloured tokens, with what every state guessed of the chosen ones, and one guess worked in full."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from steelyard.language.meaning.passage import Chosen, Passage, Seen
from steelyard.language.meaning.story import Story
from steelyard.language.meaning.terms import Term
from steelyard.report.digits import number
from steelyard.report.language.showing import LEVEL_PROBABILITIES, chance, clean, level, visible

Texts = Mapping[str, Any]

_BEFORE = 60
"""Characters shown before a chosen token."""
_WHY = {
    "learned": "Where the loss fell most",
    "worse": "Where it rose most",
    "hardest": "The hardest one at the end",
}


def passage_texts(passage: Passage, story: Story) -> Texts:
    """Return a passage as the texts of the page; its last state is what shows without a script."""
    last = passage.seen[-1]
    return {
        "name": clean(passage.name),
        "tokens": tuple(
            {
                "text": text,
                "sign": visible(text) if "\n" in text or "\r" in text else "",
                "shown": clean(text),
                "level": level(seen.nats),
                "right": seen.rank == 1,
                "known": known,
                "title": _title(text, seen),
            }
            for text, known, seen in zip(passage.tokens, passage.known, last, strict=True)
        ),
        "states": tuple(_state(seen) for seen in passage.seen),
        "chosen": tuple(_chosen(each, passage, story) for each in passage.chosen),
        "worked": _worked(passage),
        "sum": number(math.fsum(each.nats for each in last), digits=5),
        "count": f"{len(last):,}",
        "mean": number(math.fsum(each.nats for each in last) / len(last), zeros=True),
    }


def legend() -> tuple[Texts, ...]:
    """Return the colours with the nats and probabilities that they stand for."""
    edges = (1.0, *LEVEL_PROBABILITIES, 0.0)
    return tuple(
        {
            "level": nth,
            "probability": f"over {_percent(low)}" if low else f"up to {_percent(high)}",
            "nats": f"to {_nats(low)}" if low else f"over {_nats(high)}",
        }
        for nth, (high, low) in enumerate(pairwise(edges))
    )


def _percent(probability: float) -> str:
    return f"{100 * probability:.2g}%"


def _nats(probability: float) -> str:
    return f"{-math.log(probability):.1f}"


def _title(text: str, seen: Seen) -> str:
    guesses = ", ".join(
        f"{visible(guess)} {chance(p)}" for guess, p in zip(seen.guesses, seen.probabilities, strict=True)
    )
    return f"{visible(text)}: {seen.nats:.2f} nats, {chance(math.exp(-seen.nats))}, guess {seen.rank:,}. First guesses: {guesses}"


def _state(seen: tuple[Seen, ...]) -> Texts:
    mean = math.fsum(each.nats for each in seen) / len(seen)
    return {
        "mean": number(mean, zeros=True),
        "probability": chance(math.exp(-mean)),
        "right": f"{sum(each.rank == 1 for each in seen)} of {len(seen)}",
    }


def _chosen(chosen: Chosen, passage: Passage, story: Story) -> Texts:
    text = passage.tokens[chosen.at]
    before = "".join(passage.tokens[: chosen.at])
    cut = before[-_BEFORE:]
    return {
        "why": _WHY[chosen.why],
        "before": ("…" if len(cut) < len(before) else "") + "".join(map(visible, cut)).replace("␣", " "),
        "right": visible(text),
        "rows": tuple(
            {
                "tokens": "before training" if state.tokens == 0 else f"{state.tokens:,}",
                "nats": f"{seen[chosen.at].nats:.2f}",
                "probability": chance(math.exp(-seen[chosen.at].nats)),
                "rank": f"{seen[chosen.at].rank:,}",
                "guesses": tuple(
                    {"text": visible(guess), "probability": chance(p), "right": guess == text}
                    for guess, p in zip(seen[chosen.at].guesses, seen[chosen.at].probabilities, strict=True)
                ),
            }
            for state, seen in zip(story.states, passage.seen, strict=True)
        ),
    }


def _worked(passage: Passage) -> Texts:
    """Return one guess's terms in the first and in the last state."""
    before = "".join(passage.tokens[: passage.worked])
    cut = before[-_BEFORE:]
    right = next(each for each in passage.last if each.target)
    begun = next(each for each in passage.first if each.target)
    return {
        "before": ("…" if len(cut) < len(before) else "") + "".join(map(visible, cut)).replace("␣", " "),
        "right": visible(passage.tokens[passage.worked]),
        "first": tuple(_term(each, passage) for each in passage.first),
        "last": tuple(_term(each, passage) for each in passage.last),
        "first_nats": f"{begun.loss_nats:.3f}",
        "last_nats": f"{right.loss_nats:.3f}",
        "first_q": chance(begun.probability),
        "last_q": chance(right.probability),
    }


def _term(term: Term, passage: Passage) -> Texts:
    return {
        "token": "all others" if term.id < 0 else visible(passage.names[term.id]),
        "right": bool(term.target),
        "y": f"{term.target:.0f}",
        "q": chance(term.probability),
        "loss": f"{term.loss_nats:.3f}" if term.target else "0",
        "gradient": f"{term.gradient:+.3f}".replace("-", "\N{MINUS SIGN}"),
        "bar": f"{100 * term.probability:.2f}",
    }
