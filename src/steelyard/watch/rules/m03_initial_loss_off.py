"""M03: the first loss is higher than an untrained model's."""

from __future__ import annotations

import math

import numpy as np

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

RELATIVE = 0.15


def check(*, head: Head) -> Sign | Missing | None:
    """Look at the first loss beside ln C."""
    kinds = {"cross-entropy", "bce"}
    if head.objective is None or head.objective.kind not in kinds or head.classes is None:
        return Missing("a cross-entropy whose outputs and targets are seen")
    if head.objective.reduction == "sum" or head.objective.pos_weight is not None:
        return Missing("a plain mean without weights")
    if head.curve is None or not np.isfinite(head.curve.values[0]):
        return Missing("a first loss")
    untrained = math.log(head.classes if head.objective.kind == "cross-entropy" else 2)
    first = float(head.curve.values[0])
    excess = first / untrained - 1
    if not excess > RELATIVE:
        return None
    return Sign(
        evidence={"first_loss": first, "untrained": untrained, "excess": excess, "threshold": RELATIVE},
        meaning=f"The first loss is {excess:.0%} above what a model gets that holds all classes for equally likely.",
        step=int(head.curve.steps[0]),
    )


RULE = Rule(
    code="M03",
    name="initial-loss-off",
    title="The first loss is well above an untrained model's.",
    severity="info",
    what="The first loss against ln C (ln 2 for binary cross-entropy): what equal probabilities for all classes get.",
    why=(
        "A model that begins confidently wrong spends its first steps on unlearning that (Karpathy 2019, `A recipe for training neural networks`). It comes from "
        "outputs that are too large: unscaled inputs, or a last layer that begins too wide."
    ),
    threshold="15% above, a proposal. Below is never found: pretrained models and outputs that begin at the base rate start lower.",
    advice="Scale the inputs, or begin the last layer smaller.",
    wrong="A pretrained model whose classes are new; one bad first batch of few examples.",
    check=check,
)
