"""G06: the validation loss rises while the training loss falls."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

RISE = 0.1
LEAST_POINTS = 5


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the validation curve after its best point."""
    if head.validation is None or head.curve is None:
        return Missing("validation losses: tell them with `validated`")
    values, steps = head.validation.values, head.validation.steps
    if len(values) < LEAST_POINTS or not np.isfinite(values).all():
        return Missing(f"{LEAST_POINTS} finite validation losses")
    at = int(np.argmin(values))
    best, first, now = float(values[at]), float(values[0]), float(np.median(values[-2:]))
    if len(values) - 1 - at < 2:
        return None
    noise = float(1.4826 * np.median(np.abs(np.diff(values)))) if len(values) > 3 else 0.0
    gained = max(first - best, 0.0)
    finite = np.isfinite(head.curve.values)
    train_steps, train = head.curve.steps[finite], head.curve.values[finite]
    around = train[
        (train_steps >= steps[max(at - 1, 0)]) & (train_steps <= steps[min(at + 1, len(steps) - 1)])
    ]
    late = train[train_steps > steps[-3]]
    if not len(around) or not len(late) or not late.mean() < around.mean():
        return None
    threshold = max(RISE * gained, RISE * abs(best) / 2)
    rising = bool((np.diff(values[at:]) > 0).mean() > 0.5)
    if not (now - best > threshold and rising and now - best > noise / 2):
        return None
    return Sign(
        evidence={
            "best": best,
            "best_step": float(steps[at]),
            "now": now,
            "training_then": float(around.mean()),
            "training_now": float(late.mean()),
            "threshold": threshold,
        },
        meaning=f"The validation loss has risen from {best:.4g} at step {steps[at]:.0f} to {now:.4g} while the training loss fell on: the model learns its training data by heart.",
    )


RULE = Rule(
    code="G06",
    name="overfitting",
    title="The validation loss rises while the training loss falls.",
    severity="warning",
    what="The validation losses that were told, after the best one, and the training loss since then.",
    why="What is learnt from there on holds for the training rows only. If the best validation loss is no better than trivial either (M01), there was nothing to learn, and more regularisation won't help.",
    threshold="A rise by more than a tenth of what was gained and 5% of the best, over at least two later points of which most rise: proposals.",
    advice="Keep the model of the best step, stop early, regularise, or get more data.",
    wrong="A few noisy validation points. A loss that rises while what counts (accuracy, ranking) still improves: then recalibrate. A warning only if the model ends no better than trivial.",
    check=check,
    dynamics=True,
)
