"""G07: the learning rate is at nothing long before the end."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Updates
from steelyard.watch.rule import Missing, Rule, Sign

DEAD = 1e-3
SHARE = 0.3
LEAST_STEPS = 16


def check(*, updates: Updates) -> Sign | Missing | None:
    """Look for how long the learning rate was next to nothing."""
    rates = updates.rates
    if len(rates) < LEAST_STEPS or not np.isfinite(rates).all():
        return Missing(f"{LEAST_STEPS} sampled optimiser steps with a learning rate")
    peak = float(rates.max())
    if peak == 0:
        return Sign(
            evidence={"rate": 0.0},
            meaning="The learning rate is 0 throughout.",
            advice="Check the schedule; step it once an epoch or once a step, as it was made for.",
        )
    alive = np.flatnonzero(rates > DEAD * peak)
    last = float(updates.steps[alive[-1]])
    share = 1 - (last - updates.steps[0]) / max(float(updates.steps[-1] - updates.steps[0]), 1.0)
    if not share > SHARE:
        return None
    return Sign(
        evidence={
            "share_dead": share,
            "last_alive_step": last,
            "peak": peak,
            "now": float(rates[-1]),
            "threshold": SHARE,
        },
        meaning=f"For the last {share:.0%} of the steps the learning rate is below a thousandth of its peak: the schedule ended at step {last:.0f}.",
    )


RULE = Rule(
    code="G07",
    name="rate-dead-early",
    title="The learning rate is next to nothing long before the end.",
    severity="warning",
    what="The learning rate on sampled optimiser steps.",
    why="The rest of the run changes nothing. Often a schedule that is stepped each batch but was made for epochs.",
    threshold="Below a thousandth of the peak for the last 30% of the steps: proposals. A cosine to 0 is below that for the last 2%.",
    advice="Give the schedule the number of steps of the run, and step it as often as that says.",
    wrong="Runs that are left on after their end. A warning only if nothing is learnt.",
    check=check,
    dynamics=True,
)
