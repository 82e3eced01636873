"""G01: the loss or a gradient is nan or infinite."""

from __future__ import annotations

import numpy as np

from steelyard.watch.evidence import Evidence, Head, Probe, Wiring
from steelyard.watch.rule import Missing, Rule, Sign


def check(*, heads: tuple[Head, ...], everything: Evidence) -> Sign | Missing | None:
    """Look for the first number that isn't finite."""
    wiring: Wiring | None = everything.wiring
    probe: Probe | None = everything.probe
    curves = [head for head in heads if head.curve is not None]
    if not curves and wiring is None:
        return Missing("a loss, or the optimiser")
    for head in curves:
        assert head.curve is not None
        wrong = ~np.isfinite(head.curve.values)
        if wrong.any():
            where = ""
            if wiring is not None and wiring.first_not_finite:
                where = f" A gradient of {wiring.first_not_finite} wasn't finite at step {wiring.first_not_finite_step}."
            if probe is not None and probe.first_not_finite:
                where += f" The first layer whose output isn't finite is {probe.first_not_finite}."
            step = int(head.curve.steps[np.argmax(wrong)])
            return Sign(
                evidence={"first_step": step},
                meaning=f"The loss of {head.name} isn't finite at step {step}.{where}",
                step=step,
            )
    if wiring is not None and wiring.first_not_finite:
        return Sign(
            evidence={"first_step": wiring.first_not_finite_step},
            meaning=f"The gradient of {wiring.first_not_finite} isn't finite at step {wiring.first_not_finite_step}.",
            step=wiring.first_not_finite_step,
        )
    return None


RULE = Rule(
    code="G01",
    name="not-finite",
    title="The loss or a gradient is nan or infinite.",
    severity="error",
    what="Every reported loss, the gradients of sampled optimiser steps, and the outputs of each layer of a copy.",
    why="From the first nan on every weight that it reaches is nan. The usual causes are the logarithm of 0, a division by 0, a square root at 0, and steps that are too large.",
    threshold="No number: one value.",
    advice="Take the loss from logits (cross_entropy, BCEWithLogitsLoss) and not from log(softmax); add a small number inside log, sqrt and divisions; lower the learning rate.",
    wrong="A loss that is infinite on purpose. Steps that a GradScaler leaves out aren't seen, as is right.",
    check=check,
    at_once=True,
)
