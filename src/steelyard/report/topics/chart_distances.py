"""How far apart every two topics are, similar ones beside each other."""

from __future__ import annotations

import altair as alt
import numpy as np

from steelyard.report.charts.figure import WIDTH, Figure, data, finish
from steelyard.report.topics.naming import called, first_words
from steelyard.topics.portrait import Portrait

_MOST = 60
"""Topics that are drawn; of more, the largest."""


def figures(shown: Portrait) -> list[Figure]:
    """Return the matrix of distances; none for a single topic."""
    if len(shown.topics) < 2:
        return []
    topics = {topic.number: topic for topic in shown.topics[:_MOST]}
    order = [number for number in shown.map.order.tolist() if number in topics]
    names = [str(number) for number in order]
    distances = shown.map.distances
    cells = [
        {
            "one": str(one),
            "other": str(other),
            "distance": round(float(distances[one, other]), 4),
            "words": f"{first_words(topics[one])} / {first_words(topics[other])}",
        }
        for one in order
        for other in order
    ]
    chosen = distances[np.ix_(order, order)]
    closest = float(chosen[~np.eye(len(order), dtype=bool)].min())
    nearest = min(max(closest - 0.05, 0.0), 0.9)  # colours are spent on the range there is
    side = max(min(640, 26 * len(order)), 160)
    chart = (
        alt.Chart(data(cells))
        .mark_rect()
        .encode(
            x=alt.X(
                "one:O",
                title="topic",
                scale=alt.Scale(domain=names),
                axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False),
            ),
            y=alt.Y(
                "other:O",
                title="topic",
                scale=alt.Scale(domain=names),
                axis=alt.Axis(labelOverlap=True, ticks=False),
            ),
            color=alt.Color(
                "distance:Q",
                title="distance",
                scale=alt.Scale(
                    domain=[nearest, 1],
                    clamp=True,
                    range=["#1f83c4ff", "#1f83c40d"],
                ),
                legend=alt.Legend(orient="top", gradientLength=180),
            ),
            tooltip=[alt.Tooltip(f"{name}:N") for name in ("one", "other", "words", "distance")],
        )
        .properties(width=WIDTH, height=side)
    )
    some = "" if len(topics) == len(shown.topics) else f" The {len(topics)} largest topics are drawn."
    return [
        Figure(
            name="distances",
            title="How far apart every two topics are",
            caption=(
                f"Hellinger distance of their word distributions: 0 is the same words, 1 no word in common; similar topics stand beside each other. "
                f"Two topics far bluer than the rest may be one topic split in two.{some}"
            ),
            chart=finish(chart, description=f"Distances between {len(order)} topics."),
            columns=("topic", "nearest topic", "distance"),
            rows=tuple(_nearest(shown)),
        )
    ]


def _nearest(shown: Portrait) -> list[tuple[str, ...]]:
    topics = {topic.number: topic for topic in shown.topics}
    apart = shown.map.distances + np.diag(np.full(len(topics), 2.0))
    nearest = apart.argmin(axis=1)
    return [
        (called(topic), called(topics[int(nearest[topic.number])]), f"{apart[topic.number].min():.3f}")
        for topic in shown.topics
    ]
