"""Fewer mistakes: right first guesses, and how probable the right token was, state by state."""

from __future__ import annotations

import altair as alt

from steelyard.language.meaning.guesses import PROBABILITY_EDGES
from steelyard.language.meaning.story import Story
from steelyard.report.charts.colours import level_colour
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.digits import number, percent

_BAND_NAMES = ("below 0.1%", "0.1 to 1%", "1 to 10%", "10 to 50%", "50% and more")
_BAND_COLOURS = ("#a94503", "#d9813f", "#b9b2a3", "#6aa3cf", "#1f6fae")


def figures(story: Story) -> list[Figure]:
    """Return the shares of right guesses, and of tokens by the probability that they were given."""
    return [_right(story), _bands(story)]


def _right(story: Story) -> Figure:
    count = story.states[0].guesses.count
    levels = ["first guess", f"one of the first {count}"]
    rows: list[Row] = []
    for nth, state in enumerate(story.states):
        for level, share in zip(levels, (state.guesses.first, state.guesses.among), strict=True):
            rows.append(
                {
                    "level": level,
                    "order": nth,
                    "tokens": f"{state.tokens:,}",
                    "nats": state.guesses.nats,
                    "share": share,
                }
            )
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "nats:Q",
            title=f"loss, nats a {story.unit} (training goes to the right)",
            scale=alt.Scale(reverse=True, zero=False, nice=True),
        ),
        y=alt.Y(
            "share:Q", title="share that was right", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")
        ),
        color=level_colour(levels),
        order="order:Q",
        tooltip=[
            alt.Tooltip("level:N"),
            alt.Tooltip("tokens:N", title=f"{story.unit}s trained on"),
            alt.Tooltip("nats:Q", format=".3f"),
            alt.Tooltip("share:Q", format=".1%"),
        ],
    )
    chart = base.mark_line(strokeWidth=2.2, point=alt.OverlayMarkDef(size=55, filled=True)).properties(
        width=WIDTH, height=260
    )
    first, last = story.states[0].guesses, story.states[-1].guesses
    return Figure(
        name="right",
        title="Does it make fewer mistakes?",
        caption=(
            f"How often the right {story.unit} was the most probable one, against the loss; each dot is a state. From {percent(first.first)} to "
            f"{percent(last.first)}. The loss isn't the number of mistakes: it also pays for being less surprised by what was guessed wrong."
        ),
        chart=finish(chart, description="Share of right guesses by the loss, state by state."),
        columns=(
            f"{story.unit}s trained on",
            "loss, nats",
            "first guess right",
            f"among {count}",
            "median rank",
        ),
        rows=tuple(
            (
                f"{state.tokens:,}",
                number(state.guesses.nats, zeros=True),
                percent(state.guesses.first),
                percent(state.guesses.among),
                number(state.guesses.median_rank),
            )
            for state in story.states
        ),
    )


def _bands(story: Story) -> Figure:
    rows: list[Row] = [
        {
            "state": f"{state.tokens:,}",
            "order": nth,
            "band": name,
            "stack": place,
            "share": share,
        }
        for nth, state in enumerate(story.states)
        for place, (name, share) in enumerate(zip(_BAND_NAMES, state.guesses.shares, strict=True))
    ]
    chart = (
        alt.Chart(data(rows))
        .mark_bar(stroke=None)
        .encode(
            y=alt.Y(
                "state:N",
                title=f"{story.unit}s trained on",
                sort=alt.EncodingSortField(field="order", op="min"),
                scale=alt.Scale(paddingInner=0.18),
            ),
            x=alt.X(
                "share:Q",
                stack="zero",
                title=f"share of the held-out {story.unit}s",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%"),
            ),
            color=alt.Color(
                "band:N",
                scale=alt.Scale(domain=list(_BAND_NAMES), range=list(_BAND_COLOURS)),
                legend=alt.Legend(
                    title=f"probability that the right {story.unit} got",
                    orient="top",
                    direction="horizontal",
                    columns=3,
                    titleLimit=600,
                ),
            ),
            order=alt.Order("stack:Q"),
            tooltip=[
                alt.Tooltip("state:N", title="trained on"),
                alt.Tooltip("band:N", title="probability"),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
        .properties(width=WIDTH, height=30 * len(story.states) + 10)
    )
    assert len(_BAND_NAMES) == len(PROBABILITY_EDGES) + 1
    return Figure(
        name="bands",
        title=f"How probable was the right {story.unit}?",
        caption=(
            f"Every held-out {story.unit}, by the probability that it got before it came. The loss falls because they move from the left colours to "
            "the right ones: the costly surprises first, then from a fair guess to a sure one."
        ),
        chart=finish(
            chart, description="Shares of tokens by the probability that they were given, by state."
        ),
        columns=(f"{story.unit}s trained on", *_BAND_NAMES),
        rows=tuple(
            (f"{state.tokens:,}", *(percent(share) for share in state.guesses.shares))
            for state in story.states
        ),
    )
