"""What the metric's numbers mean: each level's mean among the scale's reference points."""

from __future__ import annotations

import math

import altair as alt

from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import Band, domain
from steelyard.report.charts.trials import value_text
from steelyard.report.digits import percent
from steelyard.study.result import StudyResult


def figures(result: StudyResult) -> list[Figure]:
    """Return the chart of the scale, or nothing when the study has none."""
    scale = result.scale
    if scale is None:
        return []
    points = {point.name: point for point in (scale.baseline, scale.floor, *scale.references)}
    entries = [
        (
            _role(point.name, baseline=scale.baseline.name, floor=scale.floor.name),
            point.name,
            point.value,
            point.meaning,
        )
        for point in points.values()
        if math.isfinite(point.value)
    ]
    several = len(result.factors) > 1
    for (factor, level), mean in result.level_means.items():
        if math.isfinite(mean):
            place = scale.place(mean)
            skill = "" if place.skill is None else f" (skill {percent(place.skill)})"
            entries.append(("level", f"{factor} {level}" if several else level, mean, place.sentence + skill))
    if not entries:
        return []
    entries.sort(key=lambda entry: entry[2], reverse=scale.direction == "lower")
    shown = domain((value for _, _, value, _ in entries), pad=0.05)
    middle = sum(shown) / 2
    band = Band(row_px=26, rows=len(entries), header_px=0)
    rows: list[Row] = [
        {"y": band.at(index), "kind": kind, "name": f"{name}  {value_text(value)}", "value": value}
        | {"meaning": meaning, "left": value > middle}
        for index, (kind, name, value, meaning) in enumerate(entries)
    ]
    unit = f" ({scale.unit})" if scale.unit else ""
    base = alt.Chart(data(rows)).encode(
        x=alt.X("value:Q", title=f"{result.metric}{unit}, {scale.direction} is better", scale=_axis(shown)),
        y=band.y(),
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("meaning:N")],
    )
    mine, theirs = (
        base.transform_filter("datum.kind === 'level'"),
        base.transform_filter("datum.kind !== 'level'"),
    )
    layers = [
        base.transform_filter("datum.kind === 'baseline' || datum.kind === 'floor'")
        .mark_rule(color="currentColor", opacity=0.4, strokeDash=[4, 3], tooltip=False)
        .encode(y=alt.value(0), y2=alt.value(band.height)),
        theirs.mark_point(
            shape="diamond", filled=False, size=70, color="currentColor", opacity=0.8, strokeWidth=1.5
        ),
        mine.mark_circle(size=110, color="#1f83c4", opacity=1),
    ]
    layers += [
        _labels(base, kind=kind, left=left)
        for kind in ("datum.kind === 'level'", "datum.kind !== 'level'")
        for left in (True, False)
    ]
    chart = alt.layer(*layers).properties(width=WIDTH, height=band.height)
    return [
        Figure(
            name="scale",
            title="What the numbers mean",
            caption=(
                "Each level's mean (dot) among predictors whose merit is known (diamonds). Dashed: the baseline "
                "(skill 0%) and the floor (skill 100%)."
            ),
            chart=finish(
                chart, description="; ".join(f"{name} {value_text(value)}" for _, name, value, _ in entries)
            ),
            columns=("point", "value", "what it is"),
            rows=tuple((name, value_text(value), meaning) for _, name, value, meaning in entries),
        )
    ]


def _labels(base: alt.Chart, *, kind: str, left: bool) -> alt.Chart:
    """Return the labels of one kind of point, on the side of it where there is room."""
    mine = kind.endswith("=== 'level'")
    layer: alt.Chart = (
        base.transform_filter(kind)
        .transform_filter("datum.left" if left else "!datum.left")
        .mark_text(
            align="right" if left else "left",
            baseline="middle",
            dx=-11 if left else 11,
            fontSize=12,
            fontWeight="bold" if mine else "normal",
            opacity=1.0 if mine else 0.8,
            tooltip=False,
        )
        .encode(text="name:N")
    )
    return layer


def _role(name: str, *, baseline: str, floor: str) -> str:
    return "baseline" if name == baseline else "floor" if name == floor else "reference"


def _axis(shown: tuple[float, float]) -> alt.Scale:
    return alt.Scale(domain=list(shown), nice=False, zero=False)
