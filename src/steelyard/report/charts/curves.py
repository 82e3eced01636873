"""Learning curves: every seed faint, the median of each configuration strong."""

from __future__ import annotations

import math
import re

import altair as alt

from steelyard.report.charts.colours import level_colour, level_dash
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.trials import by_configuration, value_text
from steelyard.report.digits import number, plural
from steelyard.study.result import StudyResult
from steelyard.study.trial import Curve, TrialRecord

_MOST_POINTS = 8000
"""Points drawn in one chart; longer curves are thinned, first and last points kept."""


def figures(result: StudyResult) -> list[Figure]:
    """Return a chart for each curve name that any trial logged."""
    groups = by_configuration(result)
    names = dict.fromkeys(
        name for trial in result.trials for name, curve in trial.curves.items() if curve.steps
    )
    used: set[str] = set()
    return [figure for name in names if (figure := _figure(name, groups, used=used)) is not None]


def _figure(name: str, groups: dict[str, list[TrialRecord]], *, used: set[str]) -> Figure | None:
    logged = {level: [trial for trial in trials if _logged(trial, name)] for level, trials in groups.items()}
    levels = [level for level, trials in logged.items() if trials]
    curves = sum(len(trials) for trials in logged.values())
    points: list[Row] = []
    cells: list[tuple[str, ...]] = []
    for level in levels:
        for trial in logged[level]:
            kept = thin(trial.curves[name], most=max(_MOST_POINTS // curves, 12))
            finite = [(step, value) for step, value in kept if math.isfinite(step) and math.isfinite(value)]
            seed = str(trial.spec.seed)
            points += [{"level": level, "seed": seed, "step": step, "value": value} for step, value in finite]
            if finite:
                (first, begun), (last, ended) = finite[0], finite[-1]
                cells.append(
                    (
                        level,
                        seed,
                        number(first),
                        value_text(begun),
                        number(last),
                        value_text(ended),
                        trial.status,
                    )
                )
    if not points:
        return None
    base = alt.Chart(data(points)).encode(
        x=alt.X("step:Q", title="step", scale=alt.Scale(zero=False, nice=False)),
        color=level_colour(levels),
    )
    chart = alt.layer(
        base.mark_line(strokeWidth=1, opacity=0.25).encode(
            y=alt.Y("value:Q", title=name, scale=alt.Scale(zero=False)),
            detail="seed:N",
            tooltip=[alt.Tooltip("level:N"), alt.Tooltip("seed:N")],
        ),
        base.mark_line(strokeWidth=2.5).encode(
            y=alt.Y("median(value):Q", title=name),
            strokeDash=level_dash(levels),
            tooltip=[alt.Tooltip("level:N")],
        ),
    ).properties(width=WIDTH, height=300)
    return Figure(
        name=_slug(name, used=used),
        title=f"Learning curves: {name}",
        caption=(
            f"Strong: the median over the seeds that reached a step; faint: each of the {plural(curves, 'trial')}. "
            "A curve that ends early belongs to a trial that stopped or failed there."
        ),
        chart=finish(chart, description=f"{name} by step for {', '.join(levels)}."),
        columns=("configuration", "seed", "first step", "value", "last step", "value", "trial"),
        rows=tuple(cells),
    )


def thin(curve: Curve, *, most: int) -> list[tuple[float, float]]:
    """Return about `most` of a curve's points, evenly spread, its first and last among them.

    Curves of one length keep the same steps, so that their median at a step stays one of equals.

    >>> thin(Curve(steps=(0.0, 1.0, 2.0, 3.0, 4.0), values=(5.0, 4.0, 3.0, 2.0, 1.0)), most=3)
    [(0.0, 5.0), (2.0, 3.0), (4.0, 1.0)]
    """
    points = list(zip(curve.steps, curve.values, strict=False))
    stride = max(math.ceil((len(points) - 1) / max(most - 1, 1)), 1)
    kept = points[::stride]
    return kept if (len(points) - 1) % stride == 0 else [*kept, points[-1]]


def _logged(trial: TrialRecord, name: str) -> bool:
    return name in trial.curves and bool(trial.curves[name].steps)


def _slug(name: str, *, used: set[str]) -> str:
    stem = "curve-" + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "unnamed")
    slug, nth = stem, 2
    while slug in used:
        slug, nth = f"{stem}-{nth}", nth + 1
    used.add(slug)
    return slug
