"""P02: gradients reach the end of their number format."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Updates
from steelyard.watch.rule import Missing, Rule, Sign

SHARE = 0.01


def check(*, updates: Updates) -> Sign | Missing | None:
    """Look at the share of gradients near or beyond the largest number of their format."""
    if not np.isfinite(updates.saturated).any():
        return Missing("gradients")
    by_step = np.nanmax(np.where(np.isfinite(updates.saturated), updates.saturated, 0.0), axis=1)
    over = by_step > SHARE
    if not over.any():
        return None
    first = int(np.argmax(over))
    return Sign(
        evidence={"share": float(by_step[first]), "steps": int(over.sum()), "threshold": SHARE},
        step=int(updates.steps[first]),
    )


RULE = Rule(
    code="P02",
    name="overflow",
    title="Gradients reach the end of their number format.",
    severity="warning",
    what="On sampled steps, the share of each parameter's gradient that is infinite or within a factor of 2 of the largest number of its format (65,504 for float16).",
    why="What overflows becomes infinite, and then nan; a loss scale that is too high does that in float16.",
    threshold="More than 1% of a parameter's gradient, a proposal.",
    advice="Use a GradScaler, which lowers its scale by itself, or bfloat16; clip gradients.",
    wrong="Single steps that a scaler leaves out aren't seen, as is right.",
    check=check,
    at_once=True,
)
