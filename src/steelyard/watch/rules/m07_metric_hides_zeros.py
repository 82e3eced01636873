"""M07: most targets are zero, and predicting a constant does as well."""

from __future__ import annotations

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

WITHIN = 0.02
ZEROS = 0.5


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the skill where most targets are zero."""
    if head.zero_share is None:
        return Missing("a squared or absolute error whose targets are seen")
    if head.zero_share < ZEROS:
        return None
    skill = head.held_out or head.skill
    if skill is None:
        return Missing("enough targets")
    if not abs(skill.estimate) < WITHIN or skill.learning == "better":
        return None
    return Sign(
        evidence={
            "zero_share": head.zero_share,
            "loss": skill.loss,
            "constant": skill.trivial,
            "skill": skill.estimate,
            "threshold": WITHIN,
        },
        meaning=f"{head.zero_share:.0%} of the targets are 0, and the loss is within 2% of that of {head.constant}.",
    )


RULE = Rule(
    code="M07",
    name="metric-hides-zeros",
    title="Most targets are 0, and the loss is that of a constant.",
    severity="warning",
    what="The share of targets that are exactly 0, and the squared or absolute error beside the best constant's.",
    why=(
        "Where most targets are 0, a small error says nothing: with more than half zeros the constant of the lowest absolute error is 0 itself, "
        "so the best MAE belongs to a model that never predicts an event."
    ),
    threshold="At least half zeros (then the median is 0), and a loss within 2% of the constant's, a proposal.",
    advice="Ask separately whether it happens and how much (a hurdle or zero-inflated loss), or score by a proper score of counts.",
    wrong="Zeros that stand for missing values.",
    check=check,
    dynamics=True,
)
