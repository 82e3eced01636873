"""Layout arithmetic: the part of an axis that is shown, and rows with their name above them.

Names stand above what they name, not beside it, so that a long one costs no width and a phone shows the whole chart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import altair as alt

from steelyard.report.charts.figure import Row, data


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The rows of a chart, one below the other.

    Args:
        row_px: height of a row.
        rows: how many.
        header_px: the part of a row, at its top, that holds its name.
    """

    row_px: float
    rows: int
    header_px: float = 26

    @property
    def height(self) -> float:
        """Return the height of the plot in pixels."""
        return max(self.row_px * self.rows, 40)

    def at(self, row: int, *, share: float = 0.5) -> float:
        """Return the y of a place in a row, `share` of the way (0-1) down the part below its name."""
        return row + (self.header_px + share * (self.row_px - self.header_px)) / self.row_px

    def name(self, row: int) -> float:
        """Return the y of a row's name."""
        return row + max(self.header_px - 9, 0) / self.row_px

    def y(self, field: str = "y") -> alt.Y:
        """Return the encoding that puts a field of y values in these rows."""
        return alt.Y(
            f"{field}:Q",
            axis=None,
            scale=alt.Scale(domain=[0, max(self.rows, 1)], reverse=True, nice=False, zero=False),
        )

    def names(self, texts: Iterable[str]) -> alt.Chart:
        """Return the layer with the rows' names."""
        rows = [{"y": self.name(index), "text": text} for index, text in enumerate(texts)]
        layer: alt.Chart = (
            alt.Chart(data(rows))
            .mark_text(
                align="left",
                baseline="middle",
                fontSize=12.5,
                fontWeight="bold",
                limit=alt.ExprRef("width"),
                tooltip=False,
            )
            .encode(x=alt.value(0), y=self.y(), text="text:N")
        )
        return layer


def domain(values: Iterable[float], *, pad: float = 0.06) -> tuple[float, float]:
    """Return an axis that shows every finite value with some room on both sides.

    >>> domain([0.0, 1.0, float("nan")], pad=0.5), domain([])
    ((-0.5, 1.5), (-1.0, 1.0))
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return -1.0, 1.0
    low, high = min(finite), max(finite)
    room = pad * (high - low) or abs(low) * 0.1 or 1.0
    return low - room, high + room


def clip(value: float, shown: tuple[float, float]) -> float:
    """Return the value, or the end of the axis that it lies beyond.

    >>> clip(float("inf"), (-1.0, 2.0)), clip(0.5, (-1.0, 2.0))
    (2.0, 0.5)
    """
    return min(max(value, shown[0]), shown[1])


def labels_apart(points: Iterable[tuple[str, float]], *, gap: float) -> list[tuple[str, float]]:
    """Return labels that don't overlap: those of lines closer than `gap` are joined, above the highest of them.

    >>> labels_apart([("unigram", 3.0), ("5-gram", 1.95), ("8-gram", 1.94)], gap=0.1)
    [('8-gram, 5-gram', 1.95), ('unigram', 3.0)]
    """
    found: list[tuple[str, float]] = []
    for name, value in sorted(points, key=lambda point: point[1]):
        if found and value - found[-1][1] < gap:
            found[-1] = (f"{found[-1][0]}, {name}", value)
        else:
            found.append((name, value))
    return found


def margin_layers(margin: float, *, shown: tuple[float, float], height: float) -> list[alt.Chart]:
    """Return the layers behind every chart of differences: the margin's band, and the line of no difference."""
    rows: list[Row] = [{"low": clip(-margin, shown), "high": clip(margin, shown), "zero": 0.0}]
    base = alt.Chart(data(rows))
    band = base.mark_rect(color="#84888f", opacity=0.16, tooltip=False).encode(
        x=alt.X("low:Q"), x2="high:Q", y=alt.value(0), y2=alt.value(height)
    )
    zero = base.mark_rule(color="currentColor", opacity=0.6, strokeWidth=1, tooltip=False).encode(x="zero:Q")
    return [band, zero] if math.isfinite(margin) else [zero]
