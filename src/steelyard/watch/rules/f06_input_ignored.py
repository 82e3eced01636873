"""F06: the output doesn't depend on the input."""

from __future__ import annotations

import math

from steelyard.watch.evidence import Probe
from steelyard.watch.rule import Missing, Rule, Sign

LEAST = 1e-6


def check(*, probe: Probe) -> Sign | Missing | None:
    """Look at how outputs move when the rows are permuted."""
    if math.isnan(probe.response):
        return Missing("rows that differ, and finite outputs of one shape")
    if probe.response > LEAST:
        return None
    return Sign(evidence={"response": probe.response, "threshold": LEAST, "rows": probe.rows})


RULE = Rule(
    code="F06",
    name="input-ignored",
    title="The output doesn't depend on the input: other rows give the same outputs.",
    severity="warning",
    what="A copy of the model in evaluation mode, on up to 32 rows of a batch and on the same rows permuted: how far the outputs move, relative to their size.",
    why="Nothing can be learnt then but a constant. Dead units all through, a softmax over one unit, an axis that is averaged away, or an input that isn't used.",
    threshold="A relative change of 1e-6: rounding in 32 bits.",
    advice="Follow a row through the model and look where rows become alike.",
    wrong="A model that is a constant because nothing in the inputs tells of the target, under strong weight decay.",
    check=check,
)
