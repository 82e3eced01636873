"""G03: gradients vanish with depth."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Updates
from steelyard.watch.recording.objective import Floats
from steelyard.watch.rule import Missing, Rule, Sign

RATIO = 1e-3
LEAST_STEPS = 8
LEAST_PARAMETERS = 6


def check(*, updates: Updates) -> Sign | Missing | None:
    """Look at gradients of the first parameters beside those of the last."""
    if len(updates.steps) < LEAST_STEPS or len(updates.names) < LEAST_PARAMETERS:
        return Missing(f"{LEAST_STEPS} sampled optimiser steps of at least {LEAST_PARAMETERS} parameters")
    typical = np.array([_median(column) for column in updates.gradients.T])
    first, last = float(np.nanmax(typical[:2])), float(np.nanmax(typical[-2:]))
    if not (last > 0 and first / last < RATIO):
        return None
    return Sign(evidence={"first": first, "last": last, "ratio": first / last, "threshold": RATIO})


def _median(column: Floats) -> float:
    finite = column[np.isfinite(column)]
    return float(np.median(finite)) if len(finite) else float("nan")


RULE = Rule(
    code="G03",
    name="vanishing-gradients",
    title="Gradients vanish on the way to the first layers.",
    severity="warning",
    what="Root mean square of the gradients of the first two parameters over that of the last two, medians over sampled steps.",
    why="The first layers then hardly learn, and what is lost there can't be used later (Hochreiter 1991; Glorot and Bengio 2010).",
    threshold="Below 1e-3, a proposal. An optimiser that divides by the gradients' size (Adam) makes up for much of it, so it is a warning only if nothing is learnt.",
    advice="Use residual connections, normalisation, rectifiers instead of sigmoids, and an initialisation that keeps the variance.",
    wrong="Parameters that are listed in another order than they are used; embeddings, whose rows rarely get a gradient.",
    check=check,
    dynamics=True,
)
