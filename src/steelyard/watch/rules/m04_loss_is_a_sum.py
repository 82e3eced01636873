"""M04: the loss grows with the batch."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

RATIO = 1.5
CLOSE = 0.02


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the reported loss beside the mean over examples."""
    if not head.ratios:
        return Missing("a loss that is recognised, with its outputs and targets")
    ratios, counts = np.array(head.ratios), np.array(head.counts, dtype=np.float64)
    terms, examples = counts[:, 0], counts[:, 1]
    sums = np.abs(ratios / terms - 1) < CLOSE
    by_example = (np.abs(ratios / examples - 1) < CLOSE) & (terms != examples)
    grows = sums if sums.mean() >= by_example.mean() else by_example
    if grows.mean() < 0.8 or float(np.median(ratios)) <= RATIO:
        return None
    return Sign(
        evidence={
            "reported_over_mean": float(np.median(ratios)),
            "examples": float(np.median(examples)),
            "threshold": RATIO,
        },
    )


RULE = Rule(
    code="M04",
    name="loss-is-a-sum",
    title="The loss is a sum over the batch: it grows with the batch, and so do the gradients.",
    severity="warning",
    what="The reported loss over the mean over examples, recomputed from outputs and targets: a sum is as many times the mean as the batch has terms.",
    why="The step size then depends on the batch size: doubling the batch doubles every gradient, and the last, smaller batch of an epoch counts less.",
    threshold="The ratio is the number of terms to within 2% on four batches of five, and above 1.5 (what halving the batch would show).",
    advice='Take the mean (`reduction="mean"`), or divide by the number of examples; then set the learning rate anew.',
    wrong="Sums that are meant, where the learning rate was chosen for them (a variational bound); so it is a warning only if nothing is learnt.",
    check=check,
    dynamics=True,
)
