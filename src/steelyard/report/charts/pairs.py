"""Every pair of every contrast, seed by seed."""

from __future__ import annotations

import math

import altair as alt

from steelyard.report.charts.colours import FAILED, decision_colour
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import Band, clip, domain, margin_layers
from steelyard.report.charts.trials import contrast_name, difference_title
from steelyard.report.digits import decimals_for, plural, signed
from steelyard.stats.verdict import Verdict
from steelyard.study.result import StudyResult

_SEED_PX = 8.0
_MOST_PX = 180.0


def figures(result: StudyResult) -> list[Figure]:
    """Return the chart of the paired differences, or nothing when no seed was run."""
    if not any(_seeds(verdict) for verdict in result.verdicts):
        return []
    named = len(result.factors) > 1
    most = max(len(_seeds(verdict)) for verdict in result.verdicts)
    band = Band(header_px=30, row_px=40 + min(_SEED_PX * max(most, 3), _MOST_PX), rows=len(result.verdicts))
    values = [difference for verdict in result.verdicts for difference in verdict.differences]
    edge = [-result.margin, result.margin] if math.isfinite(result.margin) else []
    shown = domain([0.0, *edge, *values], pad=0.08)
    pairs: list[Row] = []
    failures: list[Row] = []
    means: list[Row] = []
    cells: list[tuple[str, ...]] = []
    headings: list[str] = []
    for index, verdict in enumerate(result.verdicts):
        name = contrast_name(verdict.contrast, named_factor=named)
        failed = failures_by_seed(verdict)
        seeds = _seeds(verdict)
        headings.append(
            f"{name}: {plural(verdict.pairs, 'pair')}" + (f", {len(failed)} failed" if failed else "")
        )
        decimals = decimals_for(*verdict.differences)
        differences = dict(zip(verdict.seeds, verdict.differences, strict=True))
        for place, seed in enumerate(seeds):
            y = band.at(index, share=(place + 0.5) / len(seeds))
            about = {"y": y, "contrast": name, "seed": str(seed), "decision": verdict.decision}
            if seed in failed:
                failures.append({**about, "failed": failed[seed]})
                cells.append((name, str(seed), f"failed: {failed[seed]}"))
            elif math.isfinite(differences.get(seed, math.nan)):
                text = signed(differences[seed], decimals=decimals)
                pairs.append({**about, "difference": differences[seed], "shown": text})
                cells.append((name, str(seed), text))
        if math.isfinite(verdict.estimate):
            means.append(
                {
                    "x": clip(verdict.estimate, shown),
                    "y": band.at(index, share=0),
                    "y2": band.at(index, share=1),
                }
                | {"mean": signed(verdict.estimate, decimals=decimals), "decision": verdict.decision}
            )
    x = alt.X("difference:Q", title=difference_title(result), scale=alt.Scale(domain=list(shown), nice=False))
    chart = alt.layer(
        *margin_layers(result.margin, shown=shown, height=band.height),
        alt.Chart(data(means))
        .mark_rule(strokeWidth=2)
        .encode(
            x="x:Q",
            y=band.y(),
            y2="y2:Q",
            color=decision_colour(),
            tooltip=[alt.Tooltip("mean:N", title="mean difference")],
        ),
        alt.Chart(data(pairs))
        .mark_circle(size=46, opacity=0.85)
        .encode(
            x=x,
            y=band.y(),
            color=decision_colour(),
            tooltip=[
                alt.Tooltip("contrast:N"),
                alt.Tooltip("seed:N"),
                alt.Tooltip("shown:N", title="difference"),
            ],
        ),
        alt.Chart(data(failures))
        .mark_point(shape="cross", angle=45, size=60, filled=True, color=FAILED, opacity=1)
        .encode(
            x=alt.value(6),
            y=band.y(),
            tooltip=[alt.Tooltip("contrast:N"), alt.Tooltip("seed:N"), alt.Tooltip("failed:N")],
        ),
        band.names(headings),
    ).properties(width=WIDTH, height=band.height)
    return [
        Figure(
            name="pairs",
            title="Every pair",
            caption=(
                "A dot is the difference on one seed, in the order in which the seeds were run from top to bottom; the "
                "upright stroke is their mean. A cross at the left edge is a seed on which a side failed."
            ),
            chart=finish(chart, description="Paired differences by seed. " + "; ".join(headings)),
            columns=("contrast", "seed", "difference"),
            rows=tuple(cells),
        )
    ]


def failures_by_seed(verdict: Verdict) -> dict[int | str, str]:
    """Return who failed on each failed seed: the reference, the level or both."""
    failed: dict[int | str, str] = dict.fromkeys(verdict.failed_reference, verdict.contrast.reference)
    for seed in verdict.failed_level:
        failed[seed] = "both sides" if seed in failed else verdict.contrast.level
    return failed


def _seeds(verdict: Verdict) -> list[int | str]:
    """Return every seed of a contrast; failed ones, whose place in the order is not kept, take their sorted place."""
    known = list(verdict.seeds)
    for seed in failures_by_seed(verdict):
        if seed not in known:
            later = (index for index, other in enumerate(known) if _after(other, seed))
            known.insert(next(later, len(known)), seed)
    return known


def _after(other: int | str, seed: int | str) -> bool:
    return other > seed if isinstance(other, int) and isinstance(seed, int) else str(other) > str(seed)
