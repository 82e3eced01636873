"""P01: updates are lost to rounding."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Updates
from steelyard.watch.recording.objective import Floats
from steelyard.watch.rule import Missing, Rule, Sign

LOST = 0.5
LEAST_STEPS = 8


def check(*, updates: Updates) -> Sign | Missing | None:
    """Look at the share of weights that stayed although they had a gradient."""
    moving = (
        updates.rates > 1e-3 * np.nanmax(updates.rates)
        if np.isfinite(updates.rates).any()
        else updates.rates == updates.rates
    )
    if int(moving.sum()) < LEAST_STEPS:
        return Missing(f"{LEAST_STEPS} sampled optimiser steps with a learning rate")
    sixteen = np.array(updates.sixteen_bits)
    lost = np.array([_median(column[moving]) for column in updates.lost.T])
    if not np.isfinite(lost).any():
        return Missing("weights with a gradient")
    share = float(np.nanmedian(lost))
    if not share > LOST:
        return None
    narrow = bool(sixteen[np.isfinite(lost)].mean() > 0.5)
    return Sign(
        evidence={"share_lost": share, "threshold": LOST, "sixteen_bits": float(sixteen.mean())},
        meaning=f"{share:.0%} of the weights stay as they are although they have a gradient: the update is below {'the rounding of 16 bits' if narrow else 'rounding'}.",
        severity="warning" if narrow else "info",
    )


def _median(column: Floats) -> float:
    finite = column[np.isfinite(column)]
    return float(np.median(finite)) if len(finite) else float("nan")


RULE = Rule(
    code="P01",
    name="updates-lost",
    title="Updates are lost to rounding: weights with a gradient stay as they are.",
    severity="warning",
    what="On sampled steps, the share of weights whose gradient isn't 0 but that are the same number after the step; the median over parameters and steps.",
    why="A weight kept in bfloat16 has 8 significant bits: an update below 1/512 of it rounds to nothing, and small steps never add up.",
    threshold="More than half, a proposal. Steps at less than a thousandth of the highest learning rate are left out.",
    advice="Keep the weights in 32 bits (autocast only the computation), or round stochastically.",
    wrong="A learning rate that is meant to be next to nothing. For weights of 32 bits it is for information.",
    check=check,
)
