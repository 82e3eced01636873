"""Scores by how many steps ahead."""

from __future__ import annotations

import math

import altair as alt

from steelyard.rare_events.backtest.running import REFERENCES
from steelyard.rare_events.backtest.scored import Estimate, Evaluation
from steelyard.report.backtest.words import ranked, share
from steelyard.report.charts.colours import level_colour
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish

_SHAPES = ("diamond", "circle", "square", "triangle-up", "triangle-down", "cross")


def figures(evaluation: Evaluation) -> list[Figure]:
    """Return skill against climatology by horizon, or nothing when there is one horizon."""
    if len(evaluation.by_horizon) < 2:
        return []
    own = [each.forecaster for each in ranked(evaluation.overall) if each.forecaster not in REFERENCES]
    names = ["markov", *own]
    skills: dict[tuple[int, str], Estimate] = {
        (ahead, name): scores[name].skill["climatology"]["log_score"]
        for ahead, scores in evaluation.by_horizon.items()
        for name in names
    }
    rows: list[Row] = [
        {
            "ahead": ahead + (names.index(name) - (len(names) - 1) / 2) * 0.12,
            "steps": ahead,
            "level": name,
            "value": skill.value,
            "low": skill.low,
            "high": skill.high,
            "text": share(skill),
        }
        for (ahead, name), skill in skills.items()
        if math.isfinite(skill.value)
    ]
    longest = max(evaluation.by_horizon)
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "ahead:Q",
            title="steps ahead",
            scale=alt.Scale(domain=[0.5, longest + 0.5], nice=False, zero=False),
            axis=alt.Axis(values=list(range(1, longest + 1)), format="d"),
        ),
        color=level_colour(names),
        tooltip=[
            alt.Tooltip("steps:Q", title="steps ahead"),
            alt.Tooltip("level:N", title="forecaster"),
            alt.Tooltip("text:N", title="skill"),
        ],
    )
    value = alt.Y("value:Q", title="skill against climatology", axis=alt.Axis(format="%"))
    shape = alt.Shape(
        "level:N",
        scale=alt.Scale(domain=names, range=[_SHAPES[nth % len(_SHAPES)] for nth in range(len(names))]),
    )
    chart = alt.layer(
        base.mark_line(strokeWidth=1.5).encode(y=value),
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=1.5, opacity=0.7)
        .encode(y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_point(size=60, filled=True, opacity=1).encode(y=value, shape=shape),
    ).properties(width=WIDTH, height=260)
    return [
        Figure(
            name="horizons",
            title="How far ahead does it know anything?",
            caption="Skill of the log score against climatology by how many steps ahead, with intervals. At 0% climatology says as much.",
            chart=finish(chart, description=f"Skill by steps ahead for {', '.join(names)}."),
            columns=("steps ahead", *names),
            rows=tuple(
                (str(ahead), *(share(skills[ahead, name]) for name in names))
                for ahead in evaluation.by_horizon
            ),
        )
    ]
