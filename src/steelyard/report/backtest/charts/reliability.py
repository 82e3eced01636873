"""Reliability of the probabilities, with an interval at each block of the curve."""

from __future__ import annotations

import math

import altair as alt

from steelyard.rare_events.backtest.scored import Evaluation
from steelyard.report.charts.figure import Figure, Row, data, finish
from steelyard.report.digits import number

_PANEL_PX = 230


def figure(evaluation: Evaluation) -> Figure:
    """Return a panel for each forecaster: how often events happened, by the probability that was forecast."""
    rows: list[Row] = []
    names = list(evaluation.overall)
    for order, name in enumerate(names):
        curve = evaluation.overall[name].curve
        if curve is None:
            continue
        columns = (curve.forecast, curve.observed, curve.low, curve.high, curve.count)
        rows += [
            {"level": name, "order": order}
            | dict(zip(("forecast", "observed", "low", "high", "count"), row, strict=True))
            for row in zip(*(column.tolist() for column in columns), strict=True)
        ]
    ends = [float(str(row[key])) for row in rows for key in ("forecast", "observed", "high")]
    top = max(end for end in ends if math.isfinite(end))
    shown = [0.0, 1.0 if top > 0.6 else min(1.0, 1.1 * top) or 1.0]
    unit = alt.Scale(domain=shown, nice=False, clamp=True)
    source = alt.Chart(data(rows))
    base = source.encode(
        x=alt.X("forecast:Q", title="forecast probability", scale=unit, axis=alt.Axis(tickCount=5))
    )
    y = alt.Y("observed:Q", title="observed frequency", scale=unit, axis=alt.Axis(tickCount=5))
    diagonal = source.transform_aggregate(groupby=["level"]).transform_calculate(start="0", end=str(shown[1]))
    panel = alt.layer(
        diagonal.mark_rule(color="currentColor", opacity=0.5, strokeDash=[4, 3], tooltip=False).encode(
            x=alt.X("start:Q", scale=unit), y=alt.Y("start:Q", scale=unit), x2="end:Q", y2="end:Q"
        ),
        base.transform_filter("isValid(datum.low)")
        .mark_area(color="#1f83c4", opacity=0.2, tooltip=False)
        .encode(y=alt.Y("low:Q", scale=unit), y2="high:Q"),
        base.mark_line(color="#1f83c4", strokeWidth=1.5, tooltip=False).encode(y=y),
        base.mark_circle(color="#1f83c4", opacity=0.8).encode(
            y=y,
            size=alt.Size("count:Q", scale=alt.Scale(range=[10, 140]), legend=None),
            tooltip=[
                alt.Tooltip("level:N", title="forecaster"),
                alt.Tooltip("forecast:Q", format=".3f"),
                alt.Tooltip("observed:Q", format=".3f"),
                alt.Tooltip("low:Q", format=".3f"),
                alt.Tooltip("high:Q", format=".3f"),
                alt.Tooltip("count:Q"),
            ],
        ),
    ).properties(width=_PANEL_PX, height=_PANEL_PX)
    chart = panel.facet(
        facet=alt.Facet(
            "level:N",
            title=None,
            sort=alt.EncodingSortField(field="order", op="min"),
            header=alt.Header(labelLimit=_PANEL_PX),
        ),
        columns=min(len(names), 3),
    )
    return Figure(
        name="reliability",
        title="Can the probabilities be believed?",
        caption=(
            "On the dashed diagonal, events happen as often as forecast; below it they are forecast too often. A dot is a block of the "
            "isotonic (CORP) fit, larger where it rests on more forecasts; the band holds the fits of the resamples, point by point."
        ),
        chart=finish(
            chart, description=f"Observed frequency by forecast probability for {', '.join(names)}."
        ),
        columns=("forecaster", "forecast", "observed", "low", "high", "count"),
        rows=tuple(
            (
                str(row["level"]),
                *(
                    number(float(str(row[key])), digits=3)
                    for key in ("forecast", "observed", "low", "high", "count")
                ),
            )
            for row in rows
        ),
    )
