"""D06: outputs and targets of different shapes are spread over each other."""

from __future__ import annotations

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign


def check(*, head: Head) -> Sign | Missing | None:
    """Look at which formula gave the reported loss."""
    if head.objective is None or head.shapes is None:
        return Missing("a loss that is recognised, with its outputs and targets")
    if not head.objective.broadcast:
        return None
    outputs, targets = head.shapes
    return Sign(
        evidence={
            "output_axes": len(outputs),
            "target_axes": len(targets),
            "rows": outputs[0] if outputs else 1,
        },
        meaning=f"The loss compares every output with every target: outputs {outputs} were spread over targets {targets}.",
    )


RULE = Rule(
    code="D06",
    name="shapes-broadcast",
    title="The loss compares every output with every target.",
    severity="error",
    what="Whether the reported loss is the one of outputs and targets paired row by row, or the one of (B, 1) spread over (B,).",
    why="All rows are then pulled to the mean of all targets: the best the model can do is a constant. torch only warns, and own formulas don't even do that.",
    threshold="No number: the reported loss is that of the spread shapes to 0.1%.",
    advice="Give both the same shape: `outputs.squeeze(1)`, or `targets.unsqueeze(1)`.",
    wrong="Comparing all pairs is meant (contrastive losses).",
    check=check,
    at_once=True,
)
