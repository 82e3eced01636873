"""What a chart of a report is: the drawing, and the same values as a table for those who can't see it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt

from steelyard.report.as_json import plain

INK = "currentColor"
"""Text and rules take the colour of the page, so that one chart serves light, dark and print."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

WIDTH = 640
"""Width in pixels where nothing (a page, a phone) says otherwise."""

Row = Mapping[str, object]
"""What one mark is drawn from: field name -> JSON value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One chart of a report.

    Args:
        name: short name, for files and anchors (`verdicts`, `curve-loss`).
        title: what it shows, in a few words.
        caption: how to read it, in a sentence or two.
        chart: the drawing, without its title.
        columns: headings of the table.
        rows: the values drawn, ready to read.
    """

    name: str
    title: str
    caption: str
    chart: alt.TopLevelMixin
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def titled(self) -> alt.TopLevelMixin:
        """Return the chart with its title and caption drawn, to stand alone."""
        chart: Any = self.chart
        copy: alt.TopLevelMixin = chart.copy(deep=False).properties(
            title=alt.TitleParams(
                self.title,
                subtitle=textwrap.wrap(self.caption, 96),
                anchor="start",
                frame="group",
                offset=14,
            )
        )
        return copy


def data(rows: Iterable[Row]) -> alt.InlineData:
    """Return rows as the inline data of a chart.

    They travel as one JSON text: Altair copies and checks every value of a list each time a chart is touched, which
    takes seconds for the learning curves of a real study.
    """
    text = json.dumps(plain(list(rows)), allow_nan=False, separators=(",", ":"))
    return alt.InlineData(values=text, format=alt.JsonDataFormat(type="json"))


def finish(chart: Any, *, description: str) -> alt.TopLevelMixin:
    """Return a chart in the report's looks.

    Args:
        chart: an Altair chart of any kind.
        description: what it shows, for screen readers.
    """
    finished = chart.copy(deep=False)  # Altair's own `configure` methods copy the whole chart, once each
    finished.description = description
    finished.config = _looks()
    result: alt.TopLevelMixin = finished
    return result


@cache
def _looks() -> alt.Config:
    """Return what all charts share: quiet axes, the page's colour and font."""
    return alt.Config(
        background="transparent",
        font=FONT,
        padding=4,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            domainColor=INK,
            domainOpacity=0.35,
            tickColor=INK,
            tickOpacity=0.35,
            gridColor=INK,
            gridOpacity=0.08,
            labelColor=INK,
            labelOpacity=0.8,
            labelFontSize=11,
            titleColor=INK,
            titleOpacity=0.9,
            titleFontWeight="normal",
            titleFontSize=12,
            titlePadding=8,
        ),
        axisX=alt.AxisConfig(titleLimit=alt.ExprRef("width")),
        axisXQuantitative=alt.AxisConfig(tickCount=alt.ExprRef("ceil(width / 80)")),
        legend=alt.LegendConfig(
            labelColor=INK,
            titleColor=INK,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=320,
            symbolStrokeWidth=2,
        ),
        header=alt.HeaderConfig(
            labelColor=INK, titleColor=INK, labelFontSize=12, labelFontWeight="bold", labelAnchor="start"
        ),
        title=alt.TitleConfig(
            color=INK, subtitleColor=INK, fontSize=15, subtitleFontSize=12, subtitlePadding=6
        ),
        text=alt.MarkConfig(color=INK),
    )
