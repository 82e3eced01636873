"""Colours that people with any colour vision tell apart, on white and on black, always doubled by shape or words.

The hues are those of Okabe and Ito (2008), "Color Universal Design", darkened or lightened to at least 3:1 against both
grounds (WCAG 2.2, 1.4.11).
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from steelyard.stats.verdict import Decision

DECISION_COLOURS: dict[Decision, str] = {
    "better": "#1f83c4",
    "worse": "#d9600a",
    "equivalent": "#0a9a74",
    "undecided": "#84888f",
}
DECISION_SHAPES: dict[Decision, str] = {
    "better": "triangle-up",
    "worse": "triangle-down",
    "equivalent": "square",
    "undecided": "circle",
}
DECISION_SIGNS: dict[Decision, str] = {"better": "▲", "worse": "▼", "equivalent": "■", "undecided": "○"}

FAILED = "#d9600a"
"""Colour of a failed trial, always drawn as a cross."""

_LEVELS = ("#84888f", "#1f83c4", "#d9600a", "#0a9a74", "#c0679b", "#a9861b", "#7a8b2a", "#9a6bd0")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])


def level_colours(levels: Sequence[str]) -> list[str]:
    """Return a colour for each level; the reference, which comes first, is grey.

    >>> level_colours(["mse", "hurdle"])
    ['#84888f', '#1f83c4']
    """
    return [_LEVELS[index % len(_LEVELS)] for index in range(len(levels))]


def level_dashes(levels: Sequence[str]) -> list[list[int]]:
    """Return a dash pattern for each level, so that lines differ by more than colour."""
    return [_DASHES[(index + index // len(_LEVELS)) % len(_DASHES)] for index in range(len(levels))]


def decision_colour() -> alt.Color:
    """Return the encoding that colours by the field `decision`."""
    scale = alt.Scale(domain=list(DECISION_COLOURS), range=list(DECISION_COLOURS.values()))
    return alt.Color("decision:N", scale=scale, legend=None)


def decision_shape() -> alt.Shape:
    """Return the encoding that shapes by the field `decision`."""
    scale = alt.Scale(domain=list(DECISION_SHAPES), range=list(DECISION_SHAPES.values()))
    return alt.Shape("decision:N", scale=scale, legend=None)


def level_colour(levels: Sequence[str]) -> alt.Color:
    """Return the encoding that colours by the field `level`, with a legend above the chart.

    The order comes from the domain: Vega-Lite would write the names of a `sort` into an expression, whose parser
    refuses some characters that names may have (U+2028).
    """
    columns = 1 if max((len(level) for level in levels), default=0) > 24 else min(len(levels), 3)
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=columns,
        direction="horizontal",
        symbolOpacity=1,
        symbolStrokeWidth=2.5,
    )
    return alt.Color(
        "level:N",
        scale=alt.Scale(domain=list(levels), range=level_colours(levels)),
        legend=legend,
    )


def level_dash(levels: Sequence[str]) -> alt.StrokeDash:
    """Return the encoding that dashes lines by the field `level`, in the legend of its colours."""
    return alt.StrokeDash("level:N", scale=alt.Scale(domain=list(levels), range=level_dashes(levels)))
