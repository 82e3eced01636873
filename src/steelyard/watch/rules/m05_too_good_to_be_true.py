"""M05: the task was solved almost at once."""

from __future__ import annotations

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

SKILL = 0.98


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the skill over the first tenth."""
    if head.early is None:
        return Missing("enough targets in the first tenth of the run")
    if not head.early.low > SKILL:
        return None
    return Sign(
        evidence={
            "skill": head.early.estimate,
            "low": head.early.low,
            "threshold": SKILL,
            "examples": head.early.examples,
        }
    )


RULE = Rule(
    code="M05",
    name="too-good-to-be-true",
    title="The task was solved within the first tenth of the run.",
    severity="info",
    what="The skill over the first tenth of the steps (20 steps at least), lower end of its 95% interval.",
    why="Tasks that are solved at once are often solved by a leak: the target, or something made from it, is among the inputs.",
    threshold="98% of the way from the trivial predictor to the floor, a proposal.",
    advice="Check that no input is made from the target, and that train and validation share no rows.",
    wrong="Easy tasks, and fine-tuning from a model that knows the task already: so it is for information only.",
    check=check,
)
