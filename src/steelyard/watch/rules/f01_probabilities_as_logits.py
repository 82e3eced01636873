"""F01: probabilities are fed to a loss that expects logits."""

from __future__ import annotations

from steelyard.watch.evidence import Head
from steelyard.watch.rule import Missing, Rule, Sign

SQUASHING = {"Softmax", "Sigmoid"}
LEAST_LOOKS = 8


def check(*, head: Head) -> Sign | Missing | None:
    """Look at what made the outputs, and at their range."""
    if head.objective is None or head.probabilities_share is None:
        return Missing("a loss that is recognised, with its outputs")
    if head.objective.kind not in {"bce", "cross-entropy"}:
        return None
    squashed = head.last_operation in SQUASHING
    one_unit = head.objective.kind == "bce" and head.last_operation == "Softmax" and head.classes == 1
    expects_logits = head.objective.form in {"logits", "log-probabilities"}
    seen = 0 if head.batches is None else len(head.batches.steps)
    always = head.probabilities_share == 1.0 and seen >= LEAST_LOOKS
    evidence = {
        "squashed": float(squashed),
        "share_of_batches": head.probabilities_share,
        "looks": float(seen),
    }
    if one_unit:
        return Sign(
            evidence=evidence,
            meaning="A softmax over one unit makes every output 1, whatever the input.",
            advice="Take a sigmoid (or no activation and BCEWithLogitsLoss) for one unit; a softmax needs two or more.",
        )
    if not expects_logits or head.probabilities_share < 1.0 or not (squashed or always):
        return None
    if not squashed and head.objective.kind == "bce" and head.learning == "better":
        return None  # logits that happen to lie between 0 and 1
    made = f"come out of a {head.last_operation.lower()}" if squashed else "are probabilities"
    return Sign(
        evidence=evidence,
        meaning=f"The outputs {made}, and the loss takes them for {head.objective.form}: it squashes them once more.",
    )


RULE = Rule(
    code="F01",
    name="probabilities-as-logits",
    title="Probabilities are fed to a loss that takes them for logits.",
    severity="error",
    what=(
        "Which formula gives the reported loss (recomputed from outputs and targets), whether the outputs are probabilities on every sampled batch "
        "(rows that sum to 1; numbers in [0, 1]), and which operation made them (the end of the graph)."
    ),
    why=(
        "A second softmax or sigmoid can't get confident: with two classes the loss can't fall below 0.313 nats, gradients are small, and learning is slow or stops. A softmax over "
        "one unit is always 1. Nothing fails, so it goes unseen."
    ),
    threshold="No number: every sampled batch. Without the operation seen, at least 8 batches, and for one unit only if nothing is learnt.",
    advice="Remove the softmax or sigmoid from the model, or take the loss that expects probabilities.",
    wrong="A loss on probabilities that is meant (some distillation), where the number happens to be the cross-entropy's.",
    check=check,
    at_once=True,
)
