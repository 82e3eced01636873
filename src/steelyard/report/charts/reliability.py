"""Reliability: how often an event happened, against the probability that was forecast."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import altair as alt

from steelyard.report.charts.figure import Figure, Row, data, finish
from steelyard.report.charts.trials import as_number, by_configuration
from steelyard.report.digits import number
from steelyard.study.result import StudyResult

_FORECAST = ("forecast", "p", "p_event", "predicted", "mean_forecast")
_OBSERVED = ("observed", "frequency", "observed_frequency", "rate")
_COUNT = ("count", "n", "days", "examples", "weight")
_PANEL_PX = 230


def figures(result: StudyResult) -> list[Figure]:
    """Return the reliability chart from the trials' tables "reliability", or nothing when none has one."""
    rows: list[Row] = []
    levels: dict[str, None] = {}
    for level, trials in by_configuration(result).items():
        for trial in trials:
            bins = _bins(trial.tables.get("reliability", {}))
            if bins:
                levels[level] = None
            rows += [
                {"level": level, "order": len(levels), "seed": str(trial.spec.seed), **row} for row in bins
            ]
    if not rows:
        return []
    top = max(as_number(row[column]) for row in rows for column in ("forecast", "observed"))
    shown = [0.0, 1.0 if top > 0.5 else min(1.0, 1.1 * top) or 1.0]
    unit = alt.Scale(domain=shown, nice=False)
    source = alt.Chart(data(rows))
    base = source.encode(
        x=alt.X("forecast:Q", title="forecast probability", scale=unit, axis=alt.Axis(tickCount=5)),
        y=alt.Y("observed:Q", title="observed frequency", scale=unit, axis=alt.Axis(tickCount=5)),
    )
    diagonal = source.transform_aggregate(groupby=["level"]).transform_calculate(start="0", end=str(shown[1]))
    panel = alt.layer(
        diagonal.mark_rule(color="currentColor", opacity=0.5, strokeDash=[4, 3], tooltip=False).encode(
            x=alt.X("start:Q", scale=unit), y=alt.Y("start:Q", scale=unit), x2="end:Q", y2="end:Q"
        ),
        base.mark_line(color="#1f83c4", strokeWidth=1, opacity=0.3, tooltip=False).encode(detail="seed:N"),
        base.mark_circle(color="#1f83c4", opacity=0.6).encode(
            size=alt.Size("count:Q", scale=alt.Scale(range=[14, 160]), legend=None),
            tooltip=[
                alt.Tooltip("level:N"),
                alt.Tooltip("seed:N"),
                alt.Tooltip("forecast:Q", format=".3f"),
                alt.Tooltip("observed:Q", format=".3f"),
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
        columns=min(len(levels), 3),
    )
    return [
        Figure(
            name="reliability",
            title="Reliability of the forecast probabilities",
            caption=(
                "On the dashed diagonal, events happen as often as forecast; below it they are forecast too often. A line "
                "is one seed; a larger dot rests on more examples."
            ),
            chart=finish(
                chart, description=f"Observed frequency by forecast probability for {', '.join(levels)}."
            ),
            columns=("configuration", "seed", "forecast", "observed", "count"),
            rows=tuple(
                (
                    str(row["level"]),
                    str(row["seed"]),
                    *(
                        number(as_number(row[column]), digits=3)
                        for column in ("forecast", "observed", "count")
                    ),
                )
                for row in rows
            ),
        )
    ]


def _bins(table: Mapping[str, Sequence[float | str]]) -> list[dict[str, float]]:
    """Return the bins of a reliability table, empty ones left out; counts of 1 where it has none."""
    forecast, observed = _column(table, _FORECAST), _column(table, _OBSERVED)
    if forecast is None or observed is None:
        return []
    count = _column(table, _COUNT) or [1.0] * len(forecast)
    bins = [
        {"forecast": p, "observed": o, "count": n if math.isfinite(n) else 1.0}
        for p, o, n in zip(forecast, observed, count, strict=False)
    ]
    return [row for row in bins if math.isfinite(row["forecast"] + row["observed"]) and row["count"] > 0]


def _column(table: Mapping[str, Sequence[float | str]], names: tuple[str, ...]) -> list[float] | None:
    found = next((name for name in names if name in table), None)
    return None if found is None else [as_number(value) for value in table[found]]
