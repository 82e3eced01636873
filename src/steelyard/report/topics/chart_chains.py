"""Whether the chains settled, and on the same: log p(w, z) of each by sweep."""

from __future__ import annotations

import math

import altair as alt
import numpy as np

from steelyard.report.charts.colours import level_colour, level_dash
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.digits import number
from steelyard.topics.portrait import Portrait

_EARLY = 0.1
"""Part of the sweeps whose points don't decide the range of the axis: the climb from a random start would hide the rest."""
_MOST_POINTS = 6000


def figures(shown: Portrait) -> list[Figure]:
    """Return the traces; none where no point is finite (priors of 0)."""
    finite = np.isfinite(shown.trace)
    late = shown.trace_sweeps > _EARLY * shown.trace_sweeps[-1]
    ranged = shown.trace[finite & late]
    if len(ranged) == 0:
        return []
    levels = [_name(chain, shown) for chain in range(len(shown.trace))]
    stride = max(shown.trace.size // _MOST_POINTS, 1)
    rows: list[Row] = [
        {"level": level, "sweep": int(sweep), "value": float(value)}
        for level, values in zip(levels, shown.trace, strict=True)
        for sweep, value in list(zip(shown.trace_sweeps, values, strict=True))[::stride]
        if math.isfinite(value)
    ]
    kept = shown.trace_sweeps[shown.trace_kept]
    low, high = float(ranged.min()), float(ranged.max())
    room = 0.05 * (high - low) or 1.0
    lines = (
        alt.Chart(data(rows))
        .mark_line(strokeWidth=1.8, clip=True)
        .encode(
            x=alt.X("sweep:Q", title="sweep", scale=alt.Scale(nice=False)),
            y=alt.Y(
                "value:Q",
                title="log p(w, z), nats",
                scale=alt.Scale(domain=[low - room, high + room], zero=False),
                axis=alt.Axis(format=",.0f"),
            ),
            color=level_colour(levels),
            strokeDash=level_dash(levels),
            tooltip=[alt.Tooltip("level:N"), alt.Tooltip("sweep:Q"), alt.Tooltip("value:Q", format=",.1f")],
        )
    )
    begins = (
        alt.Chart(data([{"sweep": int(kept[0])}]))
        .mark_rule(strokeDash=[4, 3], opacity=0.6, color="currentColor")
        .encode(x="sweep:Q")
    )
    found = shown.convergence
    return [
        Figure(
            name="chains",
            title="Have the chains settled?",
            caption=(
                "The log probability of words and topics by sweep; states right of the dashed line are kept. The climb of the first sweeps lies below "
                f"the frame. Split R-hat {number(found.rhat, digits=3)} (1 for chains that can't be told apart), "
                f"{number(found.ess_bulk, digits=3)} effective draws of {found.chains * found.draws}."
            ),
            chart=finish(
                alt.layer(lines, begins).properties(width=WIDTH, height=280),
                description="log p(w, z) of each chain by sweep.",
            ),
            columns=("chain", "first", "at the start of what is kept", "mean of what is kept", "last"),
            rows=tuple(
                (
                    level,
                    number(float(values[0]), digits=7),
                    number(float(values[shown.trace_kept][0]), digits=7),
                    number(float(np.mean(values[shown.trace_kept])), digits=7),
                    number(float(values[-1]), digits=7),
                )
                for level, values in zip(levels, shown.trace, strict=True)
            ),
        )
    ]


def _name(chain: int, shown: Portrait) -> str:
    return f"chain {chain}{' (shown)' if chain == shown.best_chain and len(shown.trace) > 1 else ''}"
