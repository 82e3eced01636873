"""The geometry of body, actor and critic along the training."""

from __future__ import annotations

import altair as alt

from steelyard.agents.looking import PARTS
from steelyard.agents.portrait import MEASURES, AgentPortrait
from steelyard.report.charts.colours import level_colour, level_dash
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.charts.layout import domain
from steelyard.report.digits import number

_TITLES = {
    "mean_cosine": ("mean cosine", "How large is the mean that all latents share?"),
    "centred_mean_cosine": ("mean cosine, centred", "And without that mean?"),
    "effective_rank": ("effective rank", "In how many directions do they vary?"),
}
_CAPTIONS = {
    "mean_cosine": "Mean cosine of all pairs of latents. It says how long their common mean is, not whether words can be told apart.",
    "centred_mean_cosine": (
        "The same with the mean taken off first. Centred vectors add up to 0, so that it is near 0 almost by construction; what the line above "
        "shows beyond this one was the mean."
    ),
    "effective_rank": (
        "Exp of the entropy of the centred singular values (Roy and Vetterli 2007). A critic may well vary along one line, its value."
    ),
}

_SHOWN = {"mean_cosine": (0.0, 1.0), "centred_mean_cosine": (0.0, 1.0), "effective_rank": (0.0,)}
"""What an axis shows in any case: both cosines have the same one, so that a small number looks small."""


def figures(shown: AgentPortrait) -> list[Figure]:
    """Return a chart for each measure; none where the training was looked at less than twice."""
    return [found for measure in MEASURES if (found := _figure(shown, measure)) is not None]


def _figure(shown: AgentPortrait, measure: str) -> Figure | None:
    drawn = [
        (part, moment.step, value)
        for part in PARTS
        for moment in shown.moments
        if (value := moment.values[part][measure]) is not None
    ]
    if len({step for _, step, _ in drawn}) < 2:
        return None
    name, title = _TITLES[measure]
    rows: list[Row] = [{"level": part, "step": step, "value": value} for part, step, value in drawn]
    levels = [part for part in PARTS if any(part == each for each, _, _ in drawn)]
    values = [value for _, _, value in drawn]
    chart = (
        alt.Chart(data(rows))
        .mark_line(strokeWidth=2, point=len(rows) <= 180)
        .encode(
            x=alt.X("step:Q", title="steps", scale=alt.Scale(nice=False), axis=alt.Axis(format="~s")),
            y=alt.Y(
                "value:Q",
                title=name,
                scale=alt.Scale(domain=list(domain([*values, *_SHOWN[measure]])), zero=False, nice=False),
            ),
            color=level_colour(levels),
            strokeDash=level_dash(levels),
            tooltip=[
                alt.Tooltip("level:N"),
                alt.Tooltip("step:Q", format=","),
                alt.Tooltip("value:Q", format=".3f"),
            ],
        )
        .properties(width=WIDTH, height=220)
    )
    return Figure(
        name=measure.replace("_", "-"),
        title=title,
        caption=_CAPTIONS[measure],
        chart=finish(
            chart, description=f"{name.capitalize()} of the latents of {', '.join(levels)} by steps."
        ),
        columns=("latents of", "step", name),
        rows=tuple((part, f"{step:,}", number(value, digits=3, zeros=True)) for part, step, value in drawn),
    )
