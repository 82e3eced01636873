"""Forecasts against what happened: P(event) of all forecasters, and the range of counts of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from steelyard.rare_events.backtest.result import Backtest
from steelyard.rare_events.backtest.running import REFERENCES
from steelyard.rare_events.backtest.scored import Evaluation
from steelyard.report.backtest.words import show_date
from steelyard.report.charts.colours import level_colour, level_dash
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.digits import plural

_MOST_STEPS = 180
"""Steps drawn: the last ones of one series."""
_MOST_BANDS = 3
_EVENT = "#84888f"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Window:
    """The forecasts that are drawn: of one series, one distance ahead, in the order of time."""

    series: str
    ahead: int
    rows: NDArray[np.int64]
    days: tuple[str, ...]
    kind: str
    y: NDArray[np.int64]


def figures(backtest: Backtest, evaluation: Evaluation) -> list[Figure]:
    """Return P(event) one step ahead, and ranges of counts one step ahead and at the horizon.

    Args:
        backtest: what was run.
        evaluation: its scores; the best forecasters are drawn.
    """
    near = _window(backtest, ahead=1)
    ranked = sorted(evaluation.overall.values(), key=lambda each: each.values["log_score"].value)
    own = [each.forecaster for each in ranked if each.forecaster not in REFERENCES] or [ranked[0].forecaster]
    shown = own[:_MOST_BANDS]
    found = [
        _probabilities(backtest, near, ["climatology", *(each for each in shown if each != "climatology")])
    ]
    found += [_range(backtest, near, name) for name in shown]
    if backtest.horizon > 1:
        found.append(_range(backtest, _window(backtest, ahead=backtest.horizon), shown[0]))
    return found


def _window(backtest: Backtest, *, ahead: int) -> _Window:
    """Return the last steps of the series with the most events among the forecast ones."""
    names, y, at = backtest.unique_id, backtest.y, backtest.ahead == ahead
    events = {name: int((y[at & (names == name)] > 0).sum()) for name in np.unique(names[at]).tolist()}
    series = max(events, key=lambda name: events[name])
    rows = np.flatnonzero(at & (names == series))[-_MOST_STEPS:]
    dates = backtest.ds[rows]
    return _Window(
        series=series,
        ahead=ahead,
        rows=rows,
        days=tuple(show_date(date) for date in dates),
        kind="T" if dates.dtype.kind == "M" else "Q",
        y=y[rows],
    )


def _probabilities(backtest: Backtest, window: _Window, names: list[str]) -> Figure:
    p = {name: backtest.each(name, lambda forecast, _: forecast.p_event)[window.rows] for name in names}
    lines: list[Row] = [
        {"day": day, "level": name, "value": value}
        for name in names
        for day, value in zip(window.days, p[name].tolist(), strict=True)
    ]
    strokes: list[Row] = [
        {"day": day, "y": 1.0, "shown": count}
        for day, count in zip(window.days, window.y.tolist(), strict=True)
        if count > 0
    ]
    x = alt.X(f"day:{window.kind}", title=None)
    y = alt.Y("value:Q", title="P(event)", scale=alt.Scale(domain=[0, 1]))
    chart = alt.layer(
        alt.Chart(data(strokes))
        .mark_rule(color=_EVENT, opacity=0.3, strokeWidth=2)
        .encode(
            x=x,
            y=alt.Y("y:Q", scale=alt.Scale(domain=[0, 1])),
            y2=alt.datum(0),
            tooltip=[alt.Tooltip(f"day:{window.kind}"), alt.Tooltip("shown:Q", title="happened")],
        ),
        alt.Chart(data(lines))
        .mark_line(strokeWidth=1.5)
        .encode(
            x=x,
            y=y,
            color=level_colour(names),
            strokeDash=level_dash(names),
            tooltip=[
                alt.Tooltip(f"day:{window.kind}"),
                alt.Tooltip("level:N", title="forecaster"),
                alt.Tooltip("value:Q", title="P(event)", format=".3f"),
            ],
        ),
    ).properties(width=WIDTH, height=240)
    return Figure(
        name="p-event",
        title="Will it happen? P(event) against what happened",
        caption=f"Lines: forecasts {_distance(window)}; grey strokes: steps with an event. {_where(window, backtest)}",
        chart=finish(chart, description=f"P(event) by date for {', '.join(names)}."),
        columns=("date", "happened", *names),
        rows=tuple(
            (day, str(count), *(f"{p[name][at]:.3f}" for name in names))
            for at, (day, count) in enumerate(zip(window.days, window.y.tolist(), strict=True))
        ),
    )


def _range(backtest: Backtest, window: _Window, name: str) -> Figure:
    def quantile(level: float) -> list[int]:
        found: list[int] = backtest.each(name, lambda forecast, _: forecast.quantile(level))[
            window.rows
        ].tolist()
        return found

    mean = backtest.each(name, lambda forecast, _: forecast.mean)[window.rows].tolist()
    p = backtest.each(name, lambda forecast, _: forecast.p_event)[window.rows].tolist()
    columns: dict[str, list[Any]] = {
        "low": quantile(0.05),
        "high": quantile(0.95),
        "half_low": quantile(0.25),
        "half_high": quantile(0.75),
    }
    rows: list[Row] = [
        {"day": day, "y": count, "mean": middle, "p": chance}
        | {key: values[at] for key, values in columns.items()}
        for at, (day, count, middle, chance) in enumerate(
            zip(window.days, window.y.tolist(), mean, p, strict=True)
        )
    ]
    base = alt.Chart(data(rows)).encode(
        x=alt.X(f"day:{window.kind}", title=None),
        tooltip=[
            alt.Tooltip(f"day:{window.kind}"),
            alt.Tooltip("y:Q", title="happened"),
            alt.Tooltip("p:Q", title="P(event)", format=".3f"),
            alt.Tooltip("mean:Q", format=".2f"),
            alt.Tooltip("low:Q", title="5%"),
            alt.Tooltip("high:Q", title="95%"),
        ],
    )
    count = alt.Y("high:Q", title="count", scale=alt.Scale(zero=True, nice=True))
    layers = [
        base.mark_area(color="#1f83c4", opacity=0.22, interpolate="step").encode(y=count, y2="low:Q"),
        base.mark_area(color="#1f83c4", opacity=0.3, interpolate="step").encode(
            y=alt.Y("half_high:Q"), y2="half_low:Q"
        ),
        base.mark_line(color="#1f83c4", strokeWidth=1.5).encode(y=alt.Y("mean:Q")),
        base.transform_filter("datum.y > 0")
        .mark_circle(color="#d9600a", size=34, opacity=1)
        .encode(y=alt.Y("y:Q")),
    ]
    inside = sum(
        low <= happened <= high
        for low, high, happened in zip(columns["low"], columns["high"], window.y.tolist(), strict=True)
    )
    far = "" if window.ahead == 1 else f"-{window.ahead}"
    return Figure(
        name=f"range-{_slug(name)}{far}",
        title=f"How strong? {name}, {_distance(window)}",
        caption=(
            f"Orange dots: what happened, where it isn't 0. Line: the mean; bands: the quantiles from 25% to 75% and from 5% to 95%, "
            f"which hold {inside} of these {len(window.days)} counts. {_where(window, backtest)}"
        ),
        chart=finish(
            alt.layer(*layers).properties(width=WIDTH, height=220),
            description=f"Counts by date, with the mean and quantiles of {name}.",
        ),
        columns=("date", "happened", "P(event)", "mean", "5%", "25%", "75%", "95%"),
        rows=tuple(
            (
                day,
                str(window.y[at]),
                f"{p[at]:.3f}",
                f"{mean[at]:.3f}",
                *(str(columns[key][at]) for key in ("low", "half_low", "half_high", "high")),
            )
            for at, day in enumerate(window.days)
        ),
    )


def _distance(window: _Window) -> str:
    return f"{plural(window.ahead, 'step')} ahead"


def _where(window: _Window, backtest: Backtest) -> str:
    of = "" if len(backtest.series) == 1 else f" of series “{window.series}”"
    return f"The last {plural(len(window.days), 'step')}{of}."


def _slug(name: str) -> str:
    return "".join(each if each.isalnum() and each.isascii() else "-" for each in name.lower())
