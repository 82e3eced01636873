"""The charts of a report, one a file; each draws what a `StudyResult` holds and has a table of the same values."""

from __future__ import annotations

import altair as alt

from steelyard.report.charts import curves, forecasts, looks, pairs, reliability, scale, values, verdicts
from steelyard.report.charts.figure import Figure
from steelyard.study.result import StudyResult

_KINDS = (verdicts, pairs, values, looks, scale, curves, reliability, forecasts)
"""In the order in which a report shows them."""


def figures(result: StudyResult) -> tuple[Figure, ...]:
    """Return the figures that apply to a result, in the order in which a report shows them."""
    return tuple(figure for kind in _KINDS for figure in kind.figures(result))


def charts(result: StudyResult) -> dict[str, alt.TopLevelMixin]:
    """Return the charts that apply to a result, by name, each with its title; for notebooks and export."""
    return {figure.name: figure.titled() for figure in figures(result)}
