"""The two priors: where shares lie before the words are seen, and where they lie after."""

from __future__ import annotations

import altair as alt
import numpy as np

from steelyard.report.charts.colours import level_colour, level_dash
from steelyard.report.charts.figure import WIDTH, Figure, data, finish
from steelyard.report.digits import number, percent
from steelyard.topics.portrait import Portrait
from steelyard.topics.prior_curves import PriorCurve

_LEVELS = ("prior", "given the words")


def figures(shown: Portrait) -> list[Figure]:
    """Return a chart for alpha and one for beta."""
    return [
        _figure(
            shown.document_curve,
            name="alpha",
            title="What alpha expects of documents, and what they are",
            axis="a topic's share of a document",
            what="a document's share of a topic",
        ),
        _figure(
            shown.word_curve,
            name="beta",
            title="What beta expects of topics, and what they are",
            axis="a word's share of a topic",
            what="a topic's share of a word",
        ),
    ]


def _figure(curve: PriorCurve, *, name: str, title: str, axis: str, what: str) -> Figure:
    centres = np.sqrt(curve.edges[1:] * curve.edges[:-1])
    decades = np.diff(np.log10(curve.edges))
    series = dict(zip(_LEVELS, (curve.prior, curve.posterior), strict=True))
    rows = [
        {"level": level, "share": float(share), "density": float(mass / width)}
        for level, masses in series.items()
        for share, mass, width in zip(centres, masses, decades, strict=True)
    ]
    chart = (
        alt.Chart(data(rows))
        .mark_line(interpolate="monotone", strokeWidth=2.5)
        .encode(
            x=alt.X(
                "share:Q",
                title=axis,
                scale=alt.Scale(type="log", domain=[float(curve.edges[0]), 1.0], nice=False),
                axis=alt.Axis(
                    labelExpr="datum.value < 0.001 ? format(datum.value, '.0e') : format(datum.value, '~g')",
                    grid=True,
                    values=[10.0**power for power in range(-12, 1) if 10.0**power >= curve.edges[0] * 0.999],
                ),
            ),
            y=alt.Y("density:Q", title="probability per decade"),
            color=level_colour(_LEVELS),
            strokeDash=level_dash(_LEVELS),
            tooltip=[
                alt.Tooltip("level:N"),
                alt.Tooltip("share:Q", format=".2g"),
                alt.Tooltip("density:Q", format=".3g"),
            ],
        )
        .properties(width=WIDTH, height=260)
    )
    low = number(float(curve.edges[0]), digits=1)
    return Figure(
        name=name,
        title=title,
        caption=(
            f"Grey: the density of {what} under the Dirichlet prior alone; blue: one draw for each of {curve.drawn:,} shares, given the words. "
            "Where the two agree the prior describes the corpus; where they differ it pulls. Below "
            f"{low} lie {percent(curve.prior_below)} under the prior and {percent(curve.posterior_below)} given the words."
        ),
        chart=finish(chart, description=f"{axis}: prior and posterior."),
        columns=("from", "to", "prior", "given the words"),
        rows=tuple(
            (
                number(float(low), digits=2),
                number(float(high), digits=2),
                percent(float(before)),
                percent(float(after)),
            )
            for low, high, before, after in zip(
                curve.edges[:-1], curve.edges[1:], curve.prior, curve.posterior, strict=True
            )
        ),
    )
