"""Cross-entropy = H + KL on a source of known entropy: the loss comes down to H, and what is above it is KL."""

from __future__ import annotations

import altair as alt

from steelyard.language.meaning.known_source import KnownSource
from steelyard.language.meaning.story import Story
from steelyard.report.charts.figure import WIDTH, Figure, Row, data, finish
from steelyard.report.digits import number

_KINDS = ("entropy H: can't be learned", "KL(p||q): still to learn")


def figures(story: Story) -> list[Figure]:
    """Return the drawing, or nothing where no training on a known source was run."""
    return [] if story.known is None else [_figure(story.known)]


def _figure(known: KnownSource) -> Figure:
    states = [state for state in known.states if state.tokens > 0]
    rows: list[Row] = []
    for state in states:
        for place, (kind, nats) in enumerate(
            zip(_KINDS, (state.entropy_nats, state.divergence_nats), strict=True)
        ):
            rows.append({"tokens": state.tokens, "kind": kind, "stack": place, "nats": nats})
    dots: list[Row] = [
        {
            "tokens": state.tokens,
            "loss": state.loss_nats,
            "low": state.loss_nats - 2 * state.luck_nats,
            "high": state.loss_nats + 2 * state.luck_nats,
            "kl": state.divergence_nats,
        }
        for state in states
    ]
    x = alt.X(
        "tokens:Q",
        title="characters trained on (logarithmic)",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format="~s"),
    )
    top = max(state.loss_nats for state in states) * 1.05
    scale = alt.Scale(domain=[0, top], nice=False)
    areas = (
        alt.Chart(data(rows))
        .mark_area(opacity=0.75, tooltip=False)
        .encode(
            x=x,
            y=alt.Y("nats:Q", stack="zero", title="nats a character", scale=scale),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=list(_KINDS), range=["#84888f", "#d9600a"]),
                legend=alt.Legend(title=None, orient="top", columns=2),
            ),
            order=alt.Order("stack:Q"),
        )
    )
    floor = (
        alt.Chart(data([{"nats": known.entropy_nats}]))
        .mark_rule(color="currentColor", strokeWidth=1.5, strokeDash=[5, 3])
        .encode(y=alt.Y("nats:Q", scale=scale))
    )
    loss = alt.Chart(data(dots)).encode(x=x)
    tip = [
        alt.Tooltip("tokens:Q", title="trained on", format=","),
        alt.Tooltip("loss:Q", title="loss", format=".4f"),
        alt.Tooltip("kl:Q", title="KL", format=".4f"),
    ]
    chart = alt.layer(
        areas,
        floor,
        loss.mark_rule(color="currentColor", strokeWidth=1.5).encode(
            y=alt.Y("low:Q", scale=scale), y2="high:Q"
        ),
        loss.mark_circle(color="currentColor", size=55, opacity=1).encode(
            y=alt.Y("loss:Q", scale=scale), tooltip=tip
        ),
    ).properties(width=WIDTH, height=320)
    last = known.states[-1]
    return Figure(
        name="known",
        title="Why does the loss never reach 0?",
        caption=(
            f"A small model of the same kind, trained on {known.drawn:,} characters drawn from a source with known probabilities (order {known.order}, fitted on your "
            f"text). H = {number(known.entropy_nats)} nats is exact (dashed): the source itself gets no less. The dots are the loss that training would "
            f"report; it comes down to H from above, and stays {number(last.divergence_nats, digits=3)} nats over it at the end. A dot may lie a little "
            "beside the area by the luck of the characters drawn (its bar: two standard errors)."
        ),
        chart=finish(
            chart, description="Cross-entropy as entropy plus divergence, by characters trained on."
        ),
        columns=("characters trained on", "loss", "cross-entropy", "H (of the contexts drawn)", "KL(p||q)"),
        rows=tuple(
            (
                f"{state.tokens:,}",
                *(
                    number(value, zeros=True)
                    for value in (
                        state.loss_nats,
                        state.cross_entropy_nats,
                        state.entropy_nats,
                        state.divergence_nats,
                    )
                ),
            )
            for state in known.states
        ),
    )
