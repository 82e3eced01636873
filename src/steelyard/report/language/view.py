"""What the page of a language model shows, in its order and in words: everything is text before it meets the template."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.language.meaning.story import Story, Yardstick
from steelyard.report.charts.figure import Figure
from steelyard.report.digits import number, percent, plural
from steelyard.report.document import figure_texts
from steelyard.report.language.showing import chance, clean, visible
from steelyard.report.language.view_drop import drop_texts
from steelyard.report.language.view_passage import legend, passage_texts

Texts = Mapping[str, Any]

_COPIED = 0.05
"""Share of copied tokens from which the page warns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageView:
    """The page's contents; see `templates/language.html.j2` for where each goes."""

    name: str
    question: str
    answer: str
    facts: tuple[str, ...]
    unit: str
    count: str
    states: tuple[Texts, ...]
    passages: tuple[Texts, ...]
    legend: tuple[Texts, ...]
    drops: tuple[Texts, ...]
    drop_nats: str
    yardsticks: tuple[Texts, ...]
    yardstick_sentence: str
    gaps: tuple[Texts, ...]
    figures: Mapping[str, Texts]
    measured: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    command: str


def view_of(
    story: Story, figures: tuple[Figure, ...], *, command: str, notes: tuple[str, ...]
) -> LanguageView:
    """Return a training's story as the texts of a page.

    Args:
        story: what was measured.
        figures: its charts.
        command: how to do it again; empty when it was fitted from Python.
        notes: what else to say.
    """
    first, last = story.states[0].guesses, story.states[-1].guesses
    return LanguageView(
        name="language",
        question=(
            f"The loss fell from {number(first.nats, digits=3, zeros=True)} to {number(last.nats, digits=3, zeros=True)}: what became smaller?"
            if last.nats < first.nats
            else f"The loss went from {number(first.nats, digits=3, zeros=True)} to {number(last.nats, digits=3, zeros=True)}: what does that mean?"
        ),
        answer=_answer(story),
        facts=(
            clean(story.source) or "documents",
            f"{plural(story.training_tokens, story.unit)} trained on",
            f"{story.vocabulary:,} different ones",
            f"measured on {plural(story.measured_tokens, story.unit)} held out",
        ),
        unit=story.unit,
        count=f"{story.measured_tokens:,}",
        states=tuple(
            {
                "label": "Before training"
                if state.tokens == 0
                else f"After {_short(state.tokens)} {story.unit}s",
                "nats": number(state.guesses.nats, zeros=True),
                "right": chance(state.guesses.right_probability),
            }
            for state in story.states
        ),
        passages=tuple(passage_texts(each, story) for each in story.passages),
        legend=legend(),
        drops=tuple(drop_texts(each) for each in story.drops),
        drop_nats=number(first.nats - last.nats, digits=3, zeros=True),
        yardsticks=_yardsticks(story),
        yardstick_sentence=_against(story),
        gaps=_gaps(story),
        figures={figure.name: figure_texts(figure) for figure in figures},
        measured=tuple(_measured(story)),
        notes=tuple(map(clean, (*notes, *_warnings(story)))),
        command=clean(command),
    )


def _warnings(story: Story) -> list[str]:
    if story.copied < _COPIED:
        return []
    said = (
        f"{percent(story.copied)} of the held-out {story.unit}s end a run of 32 or more that stands in the training text as well: the held-out text is partly "
        "a copy, which flatters every figure, those of the counts and the compressor most."
    )
    return [said]


def _answer(story: Story) -> str:
    first, last = story.states[0].guesses, story.states[-1].guesses
    unit = story.unit
    times = last.right_probability / first.right_probability
    ratio = f"{number(times, digits=2)} times as much" if times >= 1 else "less than before"
    return (
        f"How surprised the model is by each {unit} that comes. {'Before training' if story.states[0].tokens == 0 else 'At the first state'} it gave the "
        f"right {unit} a probability of {chance(first.right_probability)}, at the end {chance(last.right_probability)}, {ratio} (geometric means over held-out "
        f"text). The loss is exactly −ln of that. The right {unit} was its first guess {percent(first.first)} of the time, then {percent(last.first)}."
    )


def _against(story: Story) -> str:
    last = story.states[-1]
    others = [each for each in story.yardsticks if each.nats is not None]
    best = min(others, key=lambda each: each.bits_per_byte)
    gap = best.bits_per_byte - last.bits_per_byte
    if gap > 0:
        return (
            f"The model needs {number(gap, digits=2)} bits a byte less than the best table of counts ({best.name}): what it has learnt is more than counts of "
            "short runs can hold."
        )
    return (
        f"The best table of counts ({best.name}) needs {number(-gap, digits=2)} bits a byte less: the network has not yet earned its keep; train it for longer, "
        "on more text, or use the counts."
    )


def _yardsticks(story: Story) -> tuple[Texts, ...]:
    last = story.states[-1]
    own = Yardstick(
        name="this model",
        nats=last.guesses.nats,
        bits_per_byte=last.bits_per_byte,
        meaning=f"after {last.tokens:,} {story.unit}s of training",
    )
    rows = sorted((*story.yardsticks, own), key=lambda each: -each.bits_per_byte)
    return tuple(
        {
            "name": each.name,
            "own": each is own,
            "nats": "" if each.nats is None else number(each.nats, zeros=True),
            "perplexity": "" if each.nats is None else number(_exp(each.nats), digits=3, zeros=True),
            "probability": "" if each.nats is None else chance(math.exp(-each.nats)),
            "bits": number(each.bits_per_byte, digits=3, zeros=True),
            "meaning": each.meaning,
        }
        for each in rows
    )


def _exp(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf


def _gaps(story: Story) -> tuple[Texts, ...]:
    if story.known is None:
        return ()
    return tuple(
        {
            "context": visible(gap.context),
            "share": percent(gap.share),
            "kl": number(gap.divergence_nats, digits=2),
            "part": number(gap.part_nats, digits=2),
            "likely": tuple((visible(token), chance(p), chance(q)) for token, p, q in gap.likely),
        }
        for gap in story.known.gaps[:5]
    )


def _short(count: int) -> str:
    """Return a count in three digits.

    >>> _short(950), _short(12_345), _short(3_210_000)
    ('950', '12.3k', '3.21M')
    """
    if count < 1000:
        return str(count)
    return f"{count / 1000:.3g}k" if count < 999_500 else f"{count / 1e6:.3g}M"


def _measured(story: Story) -> list[tuple[str, str]]:
    unknown = (
        f", {story.measured_unknown:,} of them unknown to the vocabulary" if story.measured_unknown else ""
    )
    shown = clean(
        ", ".join(f"{name} {value}" for name, value in story.parameters.items() if value is not None)
    )
    units = (
        f"nats (natural logarithms) a {story.unit}, without the spelling of unknown ones; bits a byte with it, so that models of words and of "
        "characters compare"
    )
    guesses = (
        "the most probable token is the first guess; equally probable ones share their places. (unknown) is a token as any other: right "
        "where an unknown one came"
    )
    return [
        ("Model", shown or "not recorded"),
        (
            "Training text",
            f"{plural(story.training_documents, 'document')}, {plural(story.training_tokens, story.unit)}",
        ),
        (
            "Held-out text",
            f"{plural(story.measured_documents, 'document')}, {plural(story.measured_tokens, story.unit)}{unknown}; never trained on",
        ),
        ("Units", units),
        ("Right guesses", guesses),
        ("Bootstrap seed", str(story.seed)),
        ("Text fingerprint", clean(story.fingerprint) or "not recorded"),
    ]
