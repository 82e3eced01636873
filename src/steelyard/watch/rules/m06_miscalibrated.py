"""M06: probabilities are not frequencies."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Head
from steelyard.watch.recording.objective import Floats
from steelyard.watch.rule import Missing, Rule, Sign

SHARE = 0.05
LEAST = 200
DRAWS = 99
MOST = 2000


def check(*, head: Head) -> Sign | Missing | None:
    """Hold the miscalibration against what chance makes of calibrated probabilities."""
    if head.outcomes is None:
        return Missing("predicted probabilities and what happened")
    if not head.outcomes.held_out:
        return Missing("validation data: give `validation=(inputs, targets)` to `watch`")
    step = max(1, len(head.outcomes.probabilities) // MOST)
    p, y = head.outcomes.probabilities[::step], head.outcomes.happened[::step]
    uncertainty = float(y.mean() * (1 - y.mean()))
    if len(p) < LEAST or uncertainty == 0:
        return Missing(f"at least {LEAST} validation outcomes of both kinds")
    found = miscalibration(p, y)
    rng = np.random.default_rng(0)
    by_chance = [miscalibration(p, (rng.random(len(p)) < p).astype(np.float64)) for _ in range(DRAWS)]
    low = found - float(np.quantile(by_chance, 0.975))
    if not low > SHARE * uncertainty:
        return None
    return Sign(
        evidence={
            "miscalibration": found,
            "by_chance": float(np.quantile(by_chance, 0.975)),
            "uncertainty": uncertainty,
            "share": low / uncertainty,
            "threshold": SHARE,
            "mean_probability": float(p.mean()),
            "frequency": float(y.mean()),
        }
    )


def miscalibration(p: Floats, y: Floats) -> float:
    """Return the Brier score less that of the recalibrated probabilities (isotonic regression).

    Example:
        >>> miscalibration(np.array([0.5, 0.5]), np.array([0.0, 1.0]))
        0.0
    """
    from sklearn.isotonic import isotonic_regression  # noqa: PLC0415 - heavy

    order = np.argsort(p, kind="stable")
    values, start = np.unique(p[order], return_index=True)
    weights = np.diff(np.append(start, len(p))).astype(np.float64)
    means = np.add.reduceat(y[order], start) / weights
    fitted = isotonic_regression(means, sample_weight=weights)
    recalibrated = np.empty(len(p))
    recalibrated[order] = np.repeat(fitted, weights.astype(int))
    assert len(values) == len(fitted)
    return float(((p - y) ** 2).mean() - ((recalibrated - y) ** 2).mean())


RULE = Rule(
    code="M06",
    name="miscalibrated",
    title="The predicted probabilities are not frequencies.",
    severity="info",
    what=(
        "On validation data, the miscalibration of the CORP decomposition of the Brier score (Dimitriadis, Gneiting and Jordan 2021, PNAS 118, e2016191118): "
        "how much the score gains when probabilities are replaced by the isotonic regression of what happened. For classes, of the most likely one."
    ),
    why="A probability of 0.9 that comes true 70% of the time misleads whoever acts on it, however good the ranking is.",
    threshold=(
        "More than 5% of the uncertainty, a proposal, after taking off what chance gives to calibrated probabilities (97.5% of 99 draws of outcomes from the "
        "predictions themselves, since isotonic regression fits noise)."
    ),
    advice="Recalibrate on held-out data (temperature, isotonic regression), and stop earlier or regularise.",
    wrong="Losses that are not meant to give probabilities (class weights, focal loss): for information only.",
    check=check,
)
