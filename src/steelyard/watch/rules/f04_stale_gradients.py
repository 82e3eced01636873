"""F04: gradients are added to those of the step before."""

from __future__ import annotations

from steelyard.watch.evidence import Wiring
from steelyard.watch.rule import Missing, Rule, Sign

LEAST_STEPS = 4


def check(*, wiring: Wiring) -> Sign | Missing | None:
    """Look for steps that began on gradients that were already used."""
    if wiring.accumulations < LEAST_STEPS:
        return Missing(f"{LEAST_STEPS} sampled optimiser steps with a backward pass")
    if wiring.stale < wiring.accumulations:
        return None
    return Sign(evidence={"steps": wiring.accumulations, "stale": wiring.stale})


RULE = Rule(
    code="F04",
    name="stale-gradients",
    title="Gradients are never cleared: each step adds the gradients of all steps before it.",
    severity="error",
    what=(
        "On sampled steps, whether the first gradient that comes in after an optimiser step finds the last one cleared. Gradients "
        "accumulated over several backward passes of one step are not meant by this."
    ),
    why="The direction is then a sum of all the past: steps grow and overshoot, and the learning rate means nothing.",
    threshold="No number: all of at least 4 sampled steps.",
    advice="Call `optimizer.zero_grad()` once each step, before `backward()`.",
    wrong="Sums over steps that are meant; mute it then.",
    check=check,
    at_once=True,
)
