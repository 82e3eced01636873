"""D01: inputs that are nan, infinite or all the same."""

from __future__ import annotations

from steelyard.watch.evidence import Inputs
from steelyard.watch.finding import Severity
from steelyard.watch.rule import Missing, Rule, Sign

LEAST_ROWS = 100


def check(*, inputs: Inputs) -> Sign | Missing | None:
    """Look for numbers that aren't finite and features that don't vary."""
    if inputs.not_finite:
        return Sign(
            evidence={"not_finite": inputs.not_finite, "rows": inputs.rows},
            meaning=f"{inputs.not_finite:,} numbers of the inputs are nan or infinite.",
            severity="error",
            advice="Find the rows, and fill in or leave out what is missing; a logarithm or a division by zero makes such numbers too.",
        )
    if inputs.rows < LEAST_ROWS:
        return Missing(f"{LEAST_ROWS} rows of inputs")
    constant = int((inputs.sds == 0).sum())
    if not constant:
        return None
    every = constant == len(inputs.sds)
    severity: Severity = "warning" if every else "info"
    return Sign(
        evidence={"constant": constant, "features": len(inputs.sds), "rows": inputs.rows},
        meaning=f"{'All' if every else constant} of {len(inputs.sds)} {inputs.kind} of the inputs are the same in every row.",
        severity=severity,
    )


RULE = Rule(
    code="D01",
    name="constant-or-not-finite-inputs",
    title="Inputs are nan, infinite or all the same.",
    severity="error",
    what="Sampled training inputs: numbers that aren't finite, and columns (channels of images and sequences) that don't vary.",
    why="One nan makes every weight nan. A feature that doesn't vary holds nothing; if none varies, nothing can be learnt.",
    threshold="No number: one that isn't finite; no variation at all over at least 100 rows. Some constant columns are for information, all of them a warning.",
    advice="Look at how these features are read; leave out those that can't vary.",
    wrong="Features that vary rarely (one-hot columns of rare categories).",
    check=check,
    at_once=True,
)
