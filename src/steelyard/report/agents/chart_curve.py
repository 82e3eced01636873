"""The learning curve between what needs no learning and the optimum."""

from __future__ import annotations

import math

import altair as alt

from steelyard.agents.portrait import AgentPortrait
from steelyard.report.charts.colours import level_colour, level_dashes
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import domain, labels_apart
from steelyard.report.digits import number

_MOST = 1500
"""Points of a line; longer ones are thinned."""
EXACT = "computed exactly"
PLAYED = "episodes it played"


def figures(shown: AgentPortrait) -> list[Figure]:
    """Return the learning curve with the references as lines across it; none without a return at any update."""
    lines = {
        PLAYED: [(each.step, each.mean_return) for each in shown.history],
        EXACT: [(each.step, each.exact_return) for each in shown.history],
    }
    rows: list[Row] = []
    for level, points in lines.items():
        known = [(step, value) for step, value in points if value is not None and math.isfinite(value)]
        stride = max(len(known) // _MOST, 1)
        kept = known[::stride] + (known[-1:] if known and (len(known) - 1) % stride else [])
        rows += [{"level": level, "step": step, "return": value} for step, value in kept]
    if not rows:
        return []
    levels = [level for level in lines if any(row["level"] == level for row in rows)]
    marks: list[Row] = [
        {"name": each.name, "return": each.value, "meaning": each.meaning} for each in shown.scale.points
    ]
    values = [float(str(row["return"])) for row in [*rows, *marks]]
    labels = labels_apart(
        [(each.name, each.value) for each in shown.scale.points], gap=0.05 * (max(values) - min(values))
    )
    y = alt.Y(
        "return:Q",
        title=f"return, {shown.scale.unit}",
        scale=alt.Scale(domain=list(domain(values)), zero=False, nice=False),
    )
    dashes = level_dashes(levels)[::-1]  # the exact return, the last, is solid
    learning = (
        alt.Chart(data(rows))
        .mark_line(strokeWidth=2, point=len(rows) <= 120)
        .encode(
            x=alt.X("step:Q", title="steps", scale=alt.Scale(nice=False), axis=alt.Axis(format="~s")),
            y=y,
            color=level_colour(levels),
            strokeDash=alt.StrokeDash("level:N", scale=alt.Scale(domain=levels, range=dashes)),
            tooltip=[
                alt.Tooltip("level:N"),
                alt.Tooltip("step:Q", format=","),
                alt.Tooltip("return:Q", format=".3f"),
            ],
        )
    )
    across = alt.Chart(data(marks)).encode(y=y, tooltip=[alt.Tooltip("name:N"), alt.Tooltip("meaning:N")])
    names = (
        alt.Chart(data([{"names": name, "return": value} for name, value in labels]))
        .mark_text(align="right", baseline="bottom", dy=-3, fontSize=11.5, opacity=0.85, tooltip=False)
        .encode(x=alt.value(alt.ExprRef("width")), y=y, text="names:N")
    )
    chart = alt.layer(
        across.mark_rule(color="currentColor", opacity=0.45, strokeDash=[2, 3]), names, learning
    ).properties(width=WIDTH, height=340)
    exact = [row for row in rows if row["level"] == EXACT]
    return [
        Figure(
            name="curve",
            title="Where did the return stand?",
            caption=(
                "The sum of rewards of an episode. The exact one is computed from the rules, after an update; the other is the mean of the episodes that "
                "were played to learn from, before it. The dotted lines are policies that need no learning, and the optimum, which no policy passes."
            ),
            chart=finish(
                chart,
                description=(
                    f"Return by steps, at the end {number(shown.score.mean_return)}, between "
                    f"{', '.join(f'{each.name} {number(each.value)}' for each in shown.scale.points)}."
                ),
            ),
            columns=("line", "step", "return"),
            rows=(
                *(
                    (EXACT, f"{int(str(row['step'])):,}", number(float(str(row["return"])), zeros=True))
                    for row in exact
                ),
                *((each.name, "", number(each.value, zeros=True)) for each in shown.scale.points),
            ),
        )
    ]
