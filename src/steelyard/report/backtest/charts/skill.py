"""Skill against climatology and Markov, with intervals of the paired difference."""

from __future__ import annotations

import math

import altair as alt

from steelyard.rare_events.backtest.running import REFERENCES
from steelyard.rare_events.backtest.scored import Evaluation
from steelyard.report.backtest.words import ranked, share
from steelyard.report.charts.colours import level_colour
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import Band, domain


def figure(evaluation: Evaluation) -> Figure:
    """Return a row for each forecaster, with its skill against each reference."""
    names = [each.forecaster for each in ranked(evaluation.overall)]
    entries = [
        (name, reference, evaluation.overall[name].skill[reference]["log_score"])
        for name in names
        for reference in REFERENCES
        if name != reference
    ]
    band = Band(row_px=58, rows=len(names))
    rows: list[Row] = [
        {
            "y": band.at(names.index(name), share=(1 + 2 * REFERENCES.index(reference)) / 4),
            "forecaster": name,
            "level": f"against {reference}",
            "value": skill.value,
            "low": skill.low,
            "high": skill.high,
            "text": share(skill),
        }
        for name, reference, skill in entries
        if math.isfinite(skill.value)
    ]
    ends = [0.0, *(end for _, _, skill in entries for end in (skill.value, skill.low, skill.high))]
    x = alt.X(
        "value:Q",
        title="skill of the log score",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=list(domain(ends)), nice=False, zero=False),
    )
    base = alt.Chart(data(rows)).encode(
        y=band.y(),
        color=level_colour([f"against {each}" for each in REFERENCES]),
        tooltip=[
            alt.Tooltip("forecaster:N"),
            alt.Tooltip("level:N", title="skill"),
            alt.Tooltip("text:N", title="value"),
        ],
    )
    zero: list[Row] = [{"zero": 0.0}]
    chart = alt.layer(
        alt.Chart(data(zero)).mark_rule(color="currentColor", opacity=0.6, tooltip=False).encode(x="zero:Q"),
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=2)
        .encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_circle(size=90, opacity=1).encode(x=x),
        band.names(names),
    ).properties(width=WIDTH, height=band.height)
    return Figure(
        name="skill",
        title="Does it beat what needs no model?",
        caption="1 - log score / the reference's, with its interval. Right of the line is better than the reference.",
        chart=finish(
            chart,
            description="; ".join(
                f"{name} against {reference} {share(skill)}" for name, reference, skill in entries
            ),
        ),
        columns=("forecaster", "against", "skill (interval)"),
        rows=tuple((name, reference, share(skill)) for name, reference, skill in entries),
    )
