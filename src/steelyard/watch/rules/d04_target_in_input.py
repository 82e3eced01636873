"""D04: the target is among the inputs."""

from __future__ import annotations

from steelyard.watch.evidence import Leak
from steelyard.watch.rule import Missing, Rule, Sign

SAME = 0.99
CORRELATION = 0.9999
LEAST_ROWS = 20


def check(*, leak: Leak) -> Sign | Missing | None:
    """Look for the target among the inputs."""
    if leak.rows < LEAST_ROWS:
        return Missing(f"{LEAST_ROWS} rows of inputs and targets")
    if leak.same is not None:
        if not leak.same > SAME:
            return None
        return Sign(
            evidence={"same": leak.same, "threshold": SAME, "tokens": leak.rows},
            meaning=f"{leak.same:.1%} of the targets are the input at the same place: there is nothing to foresee.",
            advice="Shift the targets by one (the next token), or count only the masked places.",
        )
    if leak.column < 0:
        return None
    return Sign(
        evidence={
            "column": leak.column,
            "correlation": leak.correlation,
            "threshold": CORRELATION,
            "rows": leak.rows,
        },
        meaning=f"Column {leak.column} of the inputs is the target (correlation {leak.correlation:.4f}).",
    )


RULE = Rule(
    code="D04",
    name="target-in-input",
    title="The target is among the inputs.",
    severity="warning",
    what="Integer targets of the inputs' shape, place by place; one target a row, against every column of the inputs.",
    why="The model learns to copy, the loss falls to nothing, and none of it holds where the target isn't known.",
    threshold="More than 99% equal places; |correlation| above 0.9999 over at least 20 rows: no two different measurements agree so closely.",
    advice="Leave the column out, or shift the targets.",
    wrong="Copying is the task. Autoencoders, whose targets are all of the input, aren't meant and aren't looked at.",
    check=check,
    at_once=True,
)
