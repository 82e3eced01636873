"""Whether the probabilities can be believed: what was said against what happened."""

from __future__ import annotations

import altair as alt

from steelyard.language.meaning.reliability import Reliability
from steelyard.language.meaning.story import Story
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.digits import number, percent

_BLUE = "#1f83c4"


def figures(story: Story) -> list[Figure]:
    """Return the reliability of the first guesses, and of all guesses on logarithmic axes."""
    unit = story.unit
    first, every = story.first_guess, story.all_guesses
    return [
        _figure(
            first,
            name="reliability",
            title="Can its certainty be believed?",
            caption=(
                f"First guesses, by the probability that they were made with: on the dashed line, 30% means right 30 times in a hundred. "
                f"{_judged(first)} The bars are 95% intervals (blocks of {first.block_length})."
            ),
            logarithmic=False,
        ),
        _figure(
            every,
            name="reliability-all",
            title="And that of all its guesses?",
            caption=(
                f"Every probability given to any {unit} at any place, the tiny ones too, in bands; both axes are logarithmic. Cross-entropy is least for "
                "probabilities on the line, so training for it is training for this as well."
            ),
            logarithmic=True,
        ),
    ]


def _judged(found: Reliability) -> str:
    lean = "surer than it may be" if found.overconfidence > 0 else "less sure than it could be"
    error = (
        f"The expected calibration error is {percent(found.error)} ({percent(found.low)} to {percent(found.high)}); perfect probabilities would "
        f"show {percent(found.by_chance)} on as many by chance."
    )
    if found.low <= found.by_chance:
        return f"{error} No fault can be told from chance."
    return f"{error} On the whole it is {lean}, by {percent(abs(found.overconfidence))}."


def _figure(found: Reliability, *, name: str, title: str, caption: str, logarithmic: bool) -> Figure:
    bands = [band for band in found.bands if not logarithmic or (band.predicted > 0 and band.observed > 0)]
    least = min((min(band.predicted, band.observed) for band in bands), default=1e-4) / 1.5
    rows: list[Row] = [
        {
            "count": band.count,
            "predicted": band.predicted,
            "observed": band.observed,
            "low": max(band.low, least) if logarithmic else band.low,
            "high": band.high,
        }
        for band in bands
    ]
    scale = (
        alt.Scale(type="log", domain=[least, 1.0], nice=False, clamp=True)
        if logarithmic
        else alt.Scale(domain=[0, 1], nice=False)
    )
    axis = alt.Axis(format="~p" if logarithmic else "%", tickCount=5)
    x = alt.X("predicted:Q", title="probability it gave", scale=scale, axis=axis)
    y = alt.Y("observed:Q", title="share that was right", scale=scale, axis=axis)
    base = alt.Chart(data(rows)).encode(x=x)
    ends = [{"predicted": end, "observed": end} for end in ((least, 1.0) if logarithmic else (0.0, 1.0))]
    chart = alt.layer(
        alt.Chart(data(ends))
        .mark_line(color="currentColor", opacity=0.5, strokeDash=[4, 3], strokeWidth=1, tooltip=False)
        .encode(x=x, y=y),
        base.mark_rule(color=_BLUE, strokeWidth=2, opacity=0.7, tooltip=False).encode(
            y=alt.Y("low:Q", scale=scale), y2="high:Q"
        ),
        base.mark_line(color=_BLUE, strokeWidth=1, opacity=0.5, tooltip=False).encode(y=y),
        base.mark_circle(color=_BLUE, opacity=1, size=60).encode(
            y=y,
            tooltip=[
                alt.Tooltip("predicted:Q", title="gave", format=".3~g"),
                alt.Tooltip("observed:Q", title="right", format=".3~g"),
                alt.Tooltip("low:Q", format=".3~g"),
                alt.Tooltip("high:Q", format=".3~g"),
                alt.Tooltip("count:Q", title="guesses", format=","),
            ],
        ),
    ).properties(width=WIDTH, height=300)
    return Figure(
        name=name,
        title=title,
        caption=caption,
        chart=finish(chart, description="Share of right guesses by the probability that they were given."),
        columns=("guesses", "mean probability", "share right", "95% from", "to"),
        rows=tuple(
            (
                f"{band.count:,}",
                *(number(value, digits=3) for value in (band.predicted, band.observed, band.low, band.high)),
            )
            for band in found.bands
        ),
    )
