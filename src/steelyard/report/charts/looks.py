"""How each contrast's interval narrowed, look by look."""

from __future__ import annotations

import math

import altair as alt

from steelyard.report.charts.colours import decision_colour, decision_shape
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import Band, clip, margin_layers
from steelyard.report.charts.trials import contrast_name, difference_title
from steelyard.report.charts.verdicts import shown_differences
from steelyard.report.digits import decimals_for, interval, plural, signed
from steelyard.study.result import StudyResult

_LOOK_PX = 17.0


def figures(result: StudyResult) -> list[Figure]:
    """Return the chart of the looks, or nothing when there were fewer than two."""
    if len(result.looks) < 2 or not result.verdicts:
        return []
    named = len(result.factors) > 1
    contrasts = [verdict.contrast for verdict in result.verdicts]
    names = [contrast_name(contrast, named_factor=named) for contrast in contrasts]
    band = Band(row_px=34 + _LOOK_PX * len(result.looks), rows=len(contrasts))
    shown = shown_differences(result)
    rows: list[Row] = []
    labels: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for index, contrast in enumerate(contrasts):
        for nth, look in enumerate(result.looks):
            y = band.at(index, share=(nth + 0.5) / len(result.looks))
            for verdict in look.verdicts:
                if verdict.contrast != contrast:
                    continue
                labels.append({"y": y, "text": str(verdict.pairs)})
                decimals = decimals_for(*verdict.interval)
                text = interval(verdict.interval, decimals=decimals)
                estimate = signed(verdict.estimate, decimals=decimals)
                cells.append((names[index], str(verdict.pairs), estimate, text, verdict.decision))
                low, high = verdict.interval
                if math.isnan(low) or math.isnan(high) or math.isnan(verdict.estimate):
                    continue
                rows.append(
                    {"y": y, "contrast": names[index], "pairs": verdict.pairs, "decision": verdict.decision}
                    | {
                        "low": clip(low, shown),
                        "high": clip(high, shown),
                        "estimate": clip(verdict.estimate, shown),
                    }
                    | {"shown": text, "difference": estimate}
                )
    cells.sort(key=lambda cell: names.index(cell[0]))
    base = alt.Chart(data(rows)).encode(
        y=band.y(),
        color=decision_colour(),
        tooltip=[
            alt.Tooltip("contrast:N"),
            alt.Tooltip("pairs:Q"),
            alt.Tooltip("decision:N"),
            alt.Tooltip("difference:N"),
            alt.Tooltip("shown:N", title="interval"),
        ],
    )
    x = alt.X("low:Q", title=difference_title(result), scale=alt.Scale(domain=list(shown), nice=False))
    chart = alt.layer(
        *margin_layers(result.margin, shown=shown, height=band.height),
        base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q"),
        base.mark_point(filled=True, size=48, opacity=1).encode(x="estimate:Q", shape=decision_shape()),
        alt.Chart(data(labels))
        .mark_text(align="right", baseline="middle", fontSize=11, opacity=0.8, tooltip=False)
        .encode(x=alt.value(-8), y=band.y(), text="text:N"),
        band.names(names),
    ).properties(width=WIDTH, height=band.height)
    return [
        Figure(
            name="looks",
            title="How the interval narrowed",
            caption=(
                "From top to bottom, the interval at each planned look, with the number of pairs it rests on at its left "
                "and the margin shaded. Colour and shape show the decision at that look, as in the first chart."
            ),
            chart=finish(
                chart,
                description=f"Intervals of {plural(len(names), 'contrast')} at {plural(len(result.looks), 'look')}.",
            ),
            columns=("contrast", "pairs", "estimate", "interval", "decision"),
            rows=tuple(cells),
        )
    ]
