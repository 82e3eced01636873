"""The metric itself: every configuration on every seed, and the lines that pair them."""

from __future__ import annotations

import math

import altair as alt

from steelyard.report.charts.colours import FAILED
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import Band, domain
from steelyard.report.charts.trials import by_configuration, metric_title, value_text
from steelyard.report.digits import plural
from steelyard.study.result import StudyResult


def figures(result: StudyResult) -> list[Figure]:
    """Return the chart of the metric by configuration and seed, or nothing when no trial ended."""
    groups = by_configuration(result)
    if not groups:
        return []
    band = Band(row_px=62, rows=len(groups))
    points: list[Row] = []
    means: list[Row] = []
    failures: list[Row] = []
    cells: list[tuple[str, ...]] = []
    headings: list[str] = []
    shown = domain(
        (trial.metrics.get(result.metric, math.nan) for trials in groups.values() for trial in trials),
        pad=0.05,
    )
    for index, (name, trials) in enumerate(groups.items()):
        failed = 0
        for trial in trials:
            seed = str(trial.spec.seed)
            value = trial.metrics.get(result.metric, math.nan)
            if trial.status == "failed" or not math.isfinite(value):
                failures.append(
                    {"y": band.at(index), "nth": failed, "level": name, "seed": seed, "error": trial.error}
                )
                cells.append((name, seed, f"failed: {trial.error}" if trial.error else "failed"))
                failed += 1
            else:
                points.append(
                    {"y": band.at(index), "level": name, "seed": seed, "value": value, "order": index}
                )
                cells.append((name, seed, value_text(value)))
        headings.append(
            f"{name}: {plural(len(trials) - failed, 'seed')}" + (f", {failed} failed" if failed else "")
        )
        mean = _mean(result, name)
        if mean is not None:
            means.append(
                {
                    "x": mean,
                    "y": band.at(index, share=0.1),
                    "y2": band.at(index, share=0.9),
                    "mean": value_text(mean),
                }
            )
    x = alt.X("value:Q", title=metric_title(result), scale=alt.Scale(domain=list(shown), nice=False))
    about = [alt.Tooltip("level:N"), alt.Tooltip("seed:N")]
    base = alt.Chart(data(points)).encode(x=x, y=band.y())
    chart = alt.layer(
        base.mark_line(color="#84888f", strokeWidth=1, opacity=0.45, tooltip=False).encode(
            detail="seed:N", order="order:Q"
        ),
        alt.Chart(data(means))
        .mark_rule(color="currentColor", strokeWidth=2)
        .encode(x="x:Q", y=band.y(), y2="y2:Q", tooltip=[alt.Tooltip("mean:N", title="mean")]),
        base.mark_circle(size=46, opacity=0.85, color="#1f83c4").encode(
            tooltip=[*about, alt.Tooltip("value:Q", title=result.metric, format=".5g")]
        ),
        *(
            alt.Chart(data([row]))
            .mark_point(shape="cross", angle=45, size=60, filled=True, color=FAILED, opacity=1)
            .encode(
                x=alt.value(6 + 9 * int(str(row["nth"]))),
                y=band.y(),
                tooltip=[*about, alt.Tooltip("error:N")],
            )
            for row in failures[:60]
        ),
        band.names(headings),
    ).properties(width=WIDTH, height=band.height)
    return [
        Figure(
            name="values",
            title=f"The metric on every seed: {result.metric}",
            caption=(
                "A dot is one trial; a grey line follows one seed from configuration to configuration; the upright stroke "
                "is the mean over the seeds that every level finished. Crosses at the left edge are failed trials."
            ),
            chart=finish(chart, description=f"{metric_title(result)}. " + "; ".join(headings)),
            columns=("configuration", "seed", result.metric),
            rows=tuple(cells),
        )
    ]


def _mean(result: StudyResult, name: str) -> float | None:
    """Return the mean of a configuration that is a level: with several factors, a level is no single configuration."""
    if len(result.factors) != 1:
        return None
    mean = result.level_means.get((next(iter(result.factors)), name), math.nan)
    return mean if math.isfinite(mean) else None
