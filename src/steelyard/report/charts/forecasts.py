"""Forecasts against what happened, on the last days of the test period."""

from __future__ import annotations

import math

import altair as alt

from steelyard.report.charts.colours import level_colour, level_dash
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.trials import as_number, by_configuration, value_text
from steelyard.report.digits import plural
from steelyard.study.result import StudyResult
from steelyard.study.trial import TrialRecord

_MOST_ROWS = 365
"""Rows drawn, the last ones of the table."""


def figures(result: StudyResult) -> list[Figure]:
    """Return charts of P(event) and of the mean forecast, from the trials' tables "forecasts", where there are any."""
    chosen = _one_seed(result)
    if not chosen:
        return []
    figures = []
    for column, title, name in (
        ("p_event", "Probability of an event", "p"),
        ("mean", "Mean forecast", "mean"),
    ):
        figure = _figure(chosen, column=column, title=title, name=f"forecasts-{name}")
        figures += [figure] if figure is not None else []
    return figures


def _one_seed(result: StudyResult) -> dict[str, TrialRecord]:
    """Return a trial with forecasts for each configuration, on one seed where one has them all."""
    groups = {
        level: {trial.spec.seed: trial for trial in trials if trial.tables.get("forecasts", {}).get("ds")}
        for level, trials in by_configuration(result).items()
    }
    groups = {level: trials for level, trials in groups.items() if trials}
    if not groups:
        return {}
    shared = set.intersection(*(set(trials) for trials in groups.values()))
    return {level: trials[min(shared or trials)] for level, trials in groups.items()}


def _figure(chosen: dict[str, TrialRecord], *, column: str, title: str, name: str) -> Figure | None:
    lines: list[Row] = []
    happened: dict[str, float] = {}
    levels: list[str] = []
    for level, trial in chosen.items():
        table = trial.tables["forecasts"]
        if column not in table:
            continue
        levels.append(level)
        days = [str(day) for day in table["ds"]][-_MOST_ROWS:]
        values = [as_number(value) for value in table[column]][-_MOST_ROWS:]
        lines += [
            {"day": day, "level": level, "value": value}
            for day, value in zip(days, values, strict=False)
            if math.isfinite(value)
        ]
        outcomes = [as_number(value) for value in table.get("y", ())][-_MOST_ROWS:]
        happened |= {day: value for day, value in zip(days, outcomes, strict=False) if math.isfinite(value)}
    if not lines:
        return None
    days = sorted({str(row["day"]) for row in lines} | set(happened), key=_in_time)
    dated = all(_is_date(day) for day in days)
    kind = "T" if dated else "Q" if all(math.isfinite(as_number(day)) for day in days) else "O"
    x = alt.X(f"day:{kind}", title=None, scale=alt.Scale(domain=days) if kind == "O" else alt.Undefined)
    event = column == "p_event"
    strokes: list[Row] = [
        {"day": day, "y": (1.0 if value > 0 else 0.0) if event else value, "shown": value}
        for day, value in happened.items()
        if value != 0
    ]
    chart = alt.layer(
        alt.Chart(data(strokes))
        .mark_rule(color="#84888f", opacity=0.3 if event else 0.6, strokeWidth=2)
        .encode(
            x=x,
            y=alt.Y(
                "y:Q", title=title.lower(), scale=alt.Scale(domain=[0, 1]) if event else alt.Scale(zero=True)
            ),
            y2=alt.datum(0),
            tooltip=[alt.Tooltip(f"day:{kind}"), alt.Tooltip("shown:Q", title="happened")],
        ),
        alt.Chart(data(lines))
        .mark_line(strokeWidth=1.5)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=title.lower()),
            color=level_colour(levels),
            strokeDash=level_dash(levels),
            tooltip=[
                alt.Tooltip(f"day:{kind}"),
                alt.Tooltip("level:N"),
                alt.Tooltip("value:Q", format=".3f"),
            ],
        ),
    ).properties(width=WIDTH, height=240)
    seeds = sorted({trial.spec.seed for trial in chosen.values()})
    by_day: dict[str, dict[str, float]] = {}
    for row in lines:
        by_day.setdefault(str(row["day"]), {})[str(row["level"])] = as_number(row["value"])
    return Figure(
        name=name,
        title=f"{title} against what happened",
        caption=(
            f"Lines: forecasts of seed {', '.join(map(str, seeds))}; grey strokes: "
            f"{'days with an event' if event else 'what happened'}. The last {plural(len(days), 'row')} of the table."
        ),
        chart=finish(chart, description=f"{title} by date for {', '.join(levels)}."),
        columns=("date", "happened", *levels),
        rows=tuple(
            (
                day,
                value_text(happened.get(day, math.nan)),
                *(value_text(by_day.get(day, {}).get(level, math.nan)) for level in levels),
            )
            for day in days
        ),
    )


def _is_date(day: str) -> bool:
    return len(day) >= 10 and day[4] == day[7] == "-" and day[:4].isdigit()


def _in_time(day: str) -> tuple[float, str]:
    value = as_number(day)
    return (value if math.isfinite(value) else 0.0, day)
