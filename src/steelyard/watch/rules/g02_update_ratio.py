"""G02: updates are too large or too small beside the weights."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Updates
from steelyard.watch.rule import Missing, Rule, Sign

LOW, HIGH = -4.0, -2.0
SHARE = 0.6
LEAST_STEPS = 8


def check(*, updates: Updates) -> Sign | Missing | None:
    """Look at the logarithm of update over weight, step by step."""
    if len(updates.steps) < LEAST_STEPS:
        return Missing(f"{LEAST_STEPS} sampled optimiser steps")
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(updates.ratios)
    usable = np.isfinite(updates.ratios).any(axis=1)
    if not usable.any():
        return Missing("weights that aren't all 0")
    middle = np.array([np.nanmedian(row) for row in logs[usable]])
    high, low = float((middle > HIGH).mean()), float((middle < LOW).mean())
    if max(high, low) < SHARE:
        return None
    typical = float(10 ** np.clip(np.median(middle), -30, 30))
    large = high >= SHARE
    return Sign(
        evidence={
            "update_over_weight": typical,
            "share_of_steps": max(high, low),
            "low": 10**LOW,
            "high": 10**HIGH,
            "threshold": SHARE,
        },
        meaning=f"On {max(high, low):.0%} of the sampled steps the update is {'more than 1%' if large else 'less than 0.01%'} of the weights (typically {typical:.1e}).",
        advice=f"{'Lower' if large else 'Raise'} the learning rate.",
    )


RULE = Rule(
    code="G02",
    name="update-ratio",
    title="Updates are too large or too small beside the weights.",
    severity="warning",
    what="Norm of the update over norm of the weights, the median over parameters, on each sampled step.",
    why="About 1 to 1,000 is a rule of thumb (Karpathy, CS231n notes, section `Ratio of weights:updates`): far more overshoots, far less goes nowhere.",
    threshold="Outside 1e-4 to 1e-2 on 60% of the sampled steps. Healthy runs are often outside too, so it is a warning only if nothing is learnt.",
    advice="Change the learning rate by a factor of 10.",
    wrong="Weights that begin at 0; schedules that end near 0; large batches with small steps.",
    check=check,
    dynamics=True,
)
