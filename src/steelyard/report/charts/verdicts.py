"""Each contrast's intervals against the margin."""

from __future__ import annotations

import math

import altair as alt

from steelyard.report.charts.colours import DECISION_SIGNS, decision_colour, decision_shape
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import Band, clip, domain, margin_layers
from steelyard.report.charts.trials import contrast_name, difference_title
from steelyard.report.digits import decimals_for, interval, number, plural, signed
from steelyard.stats.verdict import Verdict
from steelyard.study.result import StudyResult

_FARTHEST = 5.0
"""An interval is cut at this many times the larger of margin and estimates, so that one wide one hides no other."""


def figures(result: StudyResult) -> list[Figure]:
    """Return the chart of the verdicts, or nothing when no contrast was measured."""
    if not result.verdicts:
        return []
    named = len(result.factors) > 1
    names = [contrast_name(verdict.contrast, named_factor=named) for verdict in result.verdicts]
    shown = shown_differences(result)
    band = Band(row_px=66, rows=len(names), header_px=28)
    rows = [_row(verdict, y=band.at(index), shown=shown) for index, verdict in enumerate(result.verdicts)]
    headings = [
        f"{name}: {DECISION_SIGNS[verdict.decision]} {_decision(verdict)}"
        for name, verdict in zip(names, result.verdicts, strict=True)
    ]
    measured = [row for row in rows if row["low"] is not None]
    base = alt.Chart(data(measured)).encode(
        y=band.y(),
        color=decision_colour(),
        tooltip=[
            alt.Tooltip("contrast:N"),
            alt.Tooltip("decision:N"),
            alt.Tooltip("difference:N"),
            alt.Tooltip("interval:N"),
            alt.Tooltip("narrow:N", title="equivalence interval"),
            alt.Tooltip("pairs:Q"),
        ],
    )
    x = alt.X("low:Q", title=difference_title(result), scale=alt.Scale(domain=list(shown), nice=False))
    layers = [
        *margin_layers(result.margin, shown=shown, height=band.height),
        base.mark_rule(strokeWidth=1.75).encode(x=x, x2="high:Q"),
        base.mark_rule(strokeWidth=6, strokeCap="butt", opacity=0.55).encode(
            x="narrow_low:Q", x2="narrow_high:Q"
        ),
        base.transform_filter("datum.open_low")
        .mark_point(shape="triangle-left", filled=True, size=60)
        .encode(x="low:Q"),
        base.transform_filter("datum.open_high")
        .mark_point(shape="triangle-right", filled=True, size=60)
        .encode(x="high:Q"),
        base.mark_point(filled=True, size=110, opacity=1).encode(
            x="estimate:Q",
            shape=decision_shape(),
        ),
        band.names(headings),
    ]
    chart = alt.layer(*layers).properties(width=WIDTH, height=band.height)
    return [
        Figure(
            name="verdicts",
            title="Every contrast against the margin",
            caption=(
                f"Shaded: differences smaller than the margin of {number(result.margin)}; upright line: no difference. "
                "A contrast is better or worse when its thin interval leaves that line, and equivalent when its thick "
                "one lies inside the shade. An arrowhead marks an interval that runs off the axis."
            ),
            chart=finish(
                chart,
                description=f"Intervals of {plural(len(names), 'contrast')} against the margin. "
                + "; ".join(headings),
            ),
            columns=("contrast", "decision", "estimate", "interval", "equivalence interval", "pairs"),
            rows=tuple(
                (
                    name,
                    _decision(verdict),
                    str(row["difference"]),
                    str(row["interval"]),
                    str(row["narrow"]),
                    str(verdict.pairs),
                )
                for name, verdict, row in zip(names, result.verdicts, rows, strict=True)
            ),
        )
    ]


def shown_differences(result: StudyResult) -> tuple[float, float]:
    """Return the part of the axis of differences that the charts of verdicts show."""
    near = [0.0, *(verdict.estimate for verdict in result.verdicts)]
    if math.isfinite(result.margin):
        near += [-result.margin, result.margin]
    reach = _FARTHEST * max((abs(value) for value in near if math.isfinite(value)), default=0.0)
    ends = [
        clip(end, (-reach, reach))
        for verdict in result.verdicts
        for end in verdict.interval
        if not math.isnan(end)
    ]
    return domain([*near, *ends])


def _decision(verdict: Verdict) -> str:
    inside = verdict.decision in {"better", "worse"} and verdict.within_margin
    return f"{verdict.decision}, within the margin" if inside else verdict.decision


def _row(verdict: Verdict, *, y: float, shown: tuple[float, float]) -> Row:
    low, high = verdict.interval
    narrow_low, narrow_high = verdict.equivalence_interval
    known = not any(math.isnan(value) for value in (low, high, verdict.estimate))
    narrow_known = not (math.isnan(narrow_low) or math.isnan(narrow_high))
    decimals = decimals_for(low, high)
    return {
        "y": y,
        "contrast": str(verdict.contrast),
        "decision": verdict.decision,
        "estimate": clip(verdict.estimate, shown) if known else None,
        "low": clip(low, shown) if known else None,
        "high": clip(high, shown) if known else None,
        "open_low": known and low < shown[0],
        "open_high": known and high > shown[1],
        "narrow_low": clip(narrow_low, shown) if narrow_known else None,
        "narrow_high": clip(narrow_high, shown) if narrow_known else None,
        "difference": signed(verdict.estimate, decimals=decimals),
        "interval": interval(verdict.interval, decimals=decimals),
        "narrow": interval(verdict.equivalence_interval, decimals=decimals),
        "pairs": verdict.pairs,
    }
