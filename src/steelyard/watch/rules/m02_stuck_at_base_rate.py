"""M02: the outputs hardly differ from each other."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

LEAST_SPREAD = 0.05


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the spread of the predictions where nothing is learnt."""
    if head.batches is None or head.skill is None:
        return Missing("outputs and targets: pass `targets=` to `step`")
    late = head.batches.steps >= 2 / 3 * head.batches.steps[-1]
    spread = float(np.median(head.batches.spreads[late]))
    if head.skill.learning != "no better" or not spread < LEAST_SPREAD:
        return None
    return Sign(
        evidence={
            "spread": spread,
            "threshold": LEAST_SPREAD,
            "loss": head.skill.loss,
            "trivial": head.skill.trivial,
        },
        meaning=f"The outputs hardly differ from row to row: the model does the same as {head.constant}.",
    )


RULE = Rule(
    code="M02",
    name="stuck-at-base-rate",
    title="The outputs hardly differ from row to row: the model has become a constant.",
    severity="warning",
    what=(
        "The standard deviation of the predictions over a batch, as a share of the targets' own (sqrt(p (1 - p)) for a base rate p), and M01. "
        "A binary cross-entropy of 0.5004 nats is exactly the entropy of a 20% base rate: that is what such a model looks like."
    ),
    why="It tells a model that ignores its input from one that says something wrong.",
    threshold="Less than 5% of the targets' standard deviation in the median of the last third, a proposal: fitted on no data yet.",
    advice="Check that the input reaches the output (dead units, a frozen body, inputs that are all alike), and raise the learning rate.",
    wrong="Nothing in the inputs tells of the target; then a constant is the right answer.",
    check=check,
)
