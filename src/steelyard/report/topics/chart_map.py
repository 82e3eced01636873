"""Topics on a map: near ones share words, the area is the share of tokens."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import numpy as np

from steelyard.report.charts.figure import WIDTH, Figure, data, finish
from steelyard.report.digits import number, percent
from steelyard.report.topics.naming import first_words
from steelyard.topics.portrait import Portrait

_HEIGHT = 460
_LARGEST_PX = 5200
"""Area of the largest circle in square pixels, at most."""


def figures(shown: Portrait) -> list[Figure]:
    """Return the map; none for a single topic."""
    if len(shown.topics) < 2:
        return []
    places = shown.map.positions
    largest = max(topic.share for topic in shown.topics)
    area = min(_LARGEST_PX, 90_000 / len(shown.topics)) / max(largest, 1e-12)
    rows = [
        {
            "topic": str(topic.number),
            "words": first_words(topic, most=8),
            "tokens": percent(topic.share),
            "area": max(topic.share * area, 12),
            "x": places[topic.number, 0],
            "y": places[topic.number, 1],
        }
        for topic in shown.topics
    ]
    wide, high = (1.2 * float(np.abs(places[:, axis]).max()) or 1.0 for axis in range(2))
    # one unit is as long on both axes, and every circle is inside, whatever the width of the page
    up = f"max({high}, {wide} * {_HEIGHT} / width)"
    across = f"max({high} * width / {_HEIGHT}, {wide})"
    base = alt.Chart(data(rows)).encode(
        x=_axis("x:Q", across),
        y=_axis("y:Q", up),
        tooltip=[alt.Tooltip(f"{name}:N") for name in ("topic", "words", "tokens")],
    )
    chart = alt.layer(
        base.mark_circle(
            color="#1f83c4", opacity=0.35, stroke="#1f83c4", strokeOpacity=0.9, strokeWidth=1
        ).encode(size=alt.Size("area:Q", scale=None)),
        base.mark_text(fontSize=11, fontWeight="bold").encode(text="topic:N"),
    ).properties(width=WIDTH, height=_HEIGHT)
    part = (
        ""
        if math.isnan(shown.map.shown)
        else f" The map shows {percent(shown.map.shown)} of the squared distances."
    )
    return [
        Figure(
            name="map",
            title="Which topics are alike",
            caption=(
                "Each circle is a topic with its number; its area is the topic's share of the tokens. Circles that lie close together share "
                f"words: places are the first two principal components of the topics' word distributions (Hellinger distance).{part}"
            ),
            chart=finish(chart, description=f"A map of {len(shown.topics)} topics."),
            columns=("topic", "words", "share of tokens", "x", "y"),
            rows=tuple(
                (
                    str(row["topic"]),
                    str(row["words"]),
                    str(row["tokens"]),
                    number(float(row["x"]), digits=3),
                    number(float(row["y"]), digits=3),
                )
                for row in rows
            ),
        )
    ]


def _axis(field: str, reach: str) -> Any:
    """Return an axis from minus to plus an expression of the page's width."""
    scale = alt.Scale(
        domainMin=alt.ExprRef(f"-{reach}"), domainMax=alt.ExprRef(reach), nice=False, zero=False
    )
    return (alt.X if field.startswith("x") else alt.Y)(field, axis=None, scale=scale)
