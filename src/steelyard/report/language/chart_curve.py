"""The learning curve between what needs no network: where the loss stood, and what it had passed."""

from __future__ import annotations

import math

import altair as alt

from steelyard.language.meaning.story import Story
from steelyard.report.charts.colours import level_colour, level_dash
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import domain, labels_apart
from steelyard.report.digits import number

_MOST = 1500
"""Points of a line; longer ones are thinned."""


def figures(story: Story) -> list[Figure]:
    """Return the learning curve with the yardsticks as lines across it."""
    unit = story.unit
    measured = "held-out text"
    lines = {
        "training": [(point.tokens, point.train_nats) for point in story.curve],
        "validation": [(point.tokens, point.validation_nats) for point in story.curve],
        measured: [(state.tokens, state.guesses.nats) for state in story.states],
    }
    rows: list[Row] = []
    for level, points in lines.items():
        finite = [(at, nats) for at, nats in points if at > 0 and math.isfinite(nats)]
        stride = max(len(finite) // _MOST, 1)
        kept = finite[::stride] + ([finite[-1]] if finite and (len(finite) - 1) % stride else [])
        rows += [{"level": level, "tokens": at, "nats": nats} for at, nats in kept]
    levels = [level for level in lines if any(row["level"] == level for row in rows)]
    yardsticks = [(each.name, each.nats, each.meaning) for each in story.yardsticks if each.nats is not None]
    marks: list[Row] = [
        {"name": name, "nats": nats, "meaning": meaning} for name, nats, meaning in yardsticks
    ]
    values = [float(str(row["nats"])) for row in [*rows, *marks]]
    labels = labels_apart(
        [(name, nats) for name, nats, _ in yardsticks], gap=0.045 * (max(values) - min(values))
    )
    y = alt.Y(
        "nats:Q",
        title=f"loss, nats a {unit}",
        scale=alt.Scale(domain=list(domain(values, pad=0.05)), zero=False, nice=False),
    )
    reported = [row for row in rows if row["level"] != measured]
    x = alt.X(
        "tokens:Q",
        title=f"{unit}s trained on (logarithmic)",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format="~s"),
    )

    def drawn(points: list[Row]) -> alt.Chart:
        chart: alt.Chart = alt.Chart(data(points)).encode(
            x=x,
            y=y,
            color=level_colour(levels),
            tooltip=[
                alt.Tooltip("level:N"),
                alt.Tooltip("tokens:Q", format=","),
                alt.Tooltip("nats:Q", format=".4f"),
            ],
        )
        return chart

    across = alt.Chart(data(marks)).encode(y=y, tooltip=[alt.Tooltip("name:N"), alt.Tooltip("meaning:N")])
    layers = [
        across.mark_rule(color="currentColor", opacity=0.45, strokeDash=[2, 3]),
        alt.Chart(data([{"names": names, "nats": nats} for names, nats in labels]))
        .mark_text(align="right", baseline="bottom", dy=-3, fontSize=11.5, opacity=0.85, tooltip=False)
        .encode(x=alt.value(alt.ExprRef("width")), y=y, text="names:N"),
        drawn([row for row in rows if row["level"] == measured]).mark_line(
            strokeWidth=2.2, point=alt.OverlayMarkDef(size=50, filled=True)
        ),
    ]
    if reported:
        lines = drawn(reported).mark_line(strokeWidth=1.8, clip=True)
        layers.insert(2, lines.encode(strokeDash=level_dash(levels)))
    chart = alt.layer(*layers).properties(width=WIDTH, height=340)
    first, last = story.states[0], story.states[-1]
    passed = [each.name for each in story.yardsticks if each.nats and each.nats > last.guesses.nats]
    said = f"At the end it lies below {', '.join(passed)}." if passed else "It lies above all of them."
    return [
        Figure(
            name="curve",
            title="What did the loss pass on its way down?",
            caption=(
                f"The mean of −ln p of the right {unit}. The dotted lines are what predictors get that need no network, on the "
                f"same held-out text. {said} The dots are the states that the rest of this page compares."
            ),
            chart=finish(
                chart,
                description=(
                    f"Loss by {unit}s trained on, from {number(first.guesses.nats)} to {number(last.guesses.nats)} nats, between "
                    f"{', '.join(str(row['name']) for row in marks)}."
                ),
            ),
            columns=("line", f"{unit}s trained on", f"nats a {unit}"),
            rows=tuple(
                (
                    str(row["level"]),
                    f"{int(str(row['tokens'])):,}",
                    number(float(str(row["nats"])), zeros=True),
                )
                for row in rows
                if row["level"] == measured
            )
            + tuple((str(row["name"]), "", number(float(str(row["nats"])), zeros=True)) for row in marks),
        )
    ]
