"""G05: the loss doesn't fall."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

FALL = 0.02
LEAST_POINTS = 40


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the last fifth of the curve beside the first."""
    if head.curve is None:
        return Missing("a loss curve")
    values = head.curve.values[np.isfinite(head.curve.values)]
    if len(values) < LEAST_POINTS:
        return Missing(f"{LEAST_POINTS} points of a loss curve")
    fifth = len(values) // 5
    first, last = float(values[:fifth].mean()), float(values[-fifth:].mean())
    error = float(np.hypot(values[:fifth].std(), values[-fifth:].std()) / np.sqrt(fifth))
    if first - last > max(FALL * abs(first), 2 * error):
        return None
    if abs(first) < 1e-6 or head.learning == "better":
        return None  # began solved, or pretrained
    return Sign(
        evidence={"first_fifth": first, "last_fifth": last, "standard_error": error, "threshold": FALL},
        meaning=f"The loss hasn't fallen: {first:.4g} over the first fifth, {last:.4g} over the last.",
    )


RULE = Rule(
    code="G05",
    name="no-progress",
    title="The loss doesn't fall.",
    severity="warning",
    what="The mean loss over the last fifth of the curve beside the first fifth's.",
    why="Nothing is learnt, or it was learnt before the curve began.",
    threshold="A fall of less than 2%, or of less than two standard errors: proposals. Not found where the model is known to do better than a trivial predictor.",
    advice="Overfit one batch first: a model that can't has a fault in its wiring; else change the learning rate by a factor of 10.",
    wrong="Objectives that aren't meant to fall (policy gradients, adversarial losses): so it is a warning only if nothing is learnt.",
    check=check,
    dynamics=True,
)
