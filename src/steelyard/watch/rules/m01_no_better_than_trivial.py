"""M01: the model does no better than the best trivial predictor."""

from __future__ import annotations

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign
from steelyard.watch.skill import MARGIN
from steelyard.weigh.digits import number


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the interval of the skill."""
    skill = head.held_out or head.skill
    if skill is None:
        return Missing(
            "enough targets (100 examples in 8 looks), or a baseline: pass `targets=` to `step`, or give `baselines=` to `watch`"
        )
    if skill.learning != "no better":
        return None
    where = "On validation data the" if head.held_out is not None else "The"
    return Sign(
        evidence={
            "loss": skill.loss,
            "trivial": skill.trivial,
            "skill": skill.estimate,
            "low": skill.low,
            "high": skill.high,
            "margin": MARGIN,
            "examples": skill.examples,
        },
        meaning=f"{where} loss of {number(skill.loss)} is no better than {head.constant} ({number(skill.trivial)}).",
    )


RULE = Rule(
    code="M01",
    name="no-better-than-trivial",
    title="The model does no better than the best predictor that looks at no input.",
    severity="warning",
    what=(
        "The loss is held against what the best constant gets on the very same targets: the base rate, the class frequencies, the mean, the "
        "median; or against repeating the previous target, or a number, where that was asked for. On validation data if there are any, else on the "
        "last third of the training."
    ),
    why="Whatever the curve looks like, nothing was learnt from the inputs. A falling curve often only shows how the bias finds the base rate.",
    threshold=(
        "The 95% interval of the skill holds 0 or lies below it, and excludes more than 1% (`steelyard.watch.skill.MARGIN`). The interval is by batch "
        "means (Schmeiser 1982); the margin is a convention: less than 1% of the way is told from none only with many examples, and then is `better`."
    ),
    advice="Look at the other findings for a cause; then check that inputs and targets belong together, row by row.",
    wrong=(
        "The targets have nothing in them that could be foreseen: then it is true, and no fault of the model. Very strong regularisation "
        "that is lifted at evaluation: give `validation=`."
    ),
    check=check,
)
