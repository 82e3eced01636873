"""F03: parameters that never get a gradient and weren't declared frozen."""

from __future__ import annotations

from steelyard.watch.evidence import Parameter, Wiring
from steelyard.watch.rule import Missing, Rule, Sign

LEAST_STEPS = 8
MOST_FROZEN = 0.1


def check(*, wiring: Wiring) -> Sign | Missing | None:
    """Look for parameters without a gradient on every sampled step."""
    every = wiring.parameters
    total = sum(each.elements for each in every)
    frozen = [each for each in every if not each.trainable and not each.declared_frozen]
    share = sum(each.elements for each in frozen) / max(total, 1)
    if share > MOST_FROZEN:
        return Sign(
            evidence={"parameters": len(frozen), "share_of_weights": share, "threshold": MOST_FROZEN},
            meaning=f"{share:.0%} of the weights don't ask for a gradient (requires_grad is False) and weren't declared frozen: {_named(frozen)}.",
            advice="If that is meant, declare it with `frozen=`; else set `requires_grad_(True)`.",
        )
    watched = [each for each in every if each.trainable and each.in_optimizer and each.seen >= LEAST_STEPS]
    if not watched:
        return Missing(f"{LEAST_STEPS} sampled optimiser steps")
    if all(each.moved == 0 for each in watched):
        return Sign(
            evidence={"parameters": len(watched), "steps": max(each.seen for each in watched)},
            meaning="No parameter ever got a gradient: the loss isn't connected to the model.",
            severity="error",
            advice="Look for `detach`, `no_grad`, `argmax`, `.item()` or numpy between model and loss, and for gradients cleared before the step.",
        )
    still = [each for each in watched if each.moved == 0 and not each.declared_frozen]
    if not still:
        return None
    return Sign(
        evidence={
            "parameters": len(still),
            "share_of_weights": sum(each.elements for each in still) / max(total, 1),
            "steps": max(each.seen for each in still),
        },
        meaning=f"{len(still)} of {len(every)} parameters got no gradient on any sampled step: {_named(still)}.",
    )


def _named(parameters: list[Parameter]) -> str:
    return ", ".join(each.name for each in parameters[:3]) + (", ..." if len(parameters) > 3 else "")


RULE = Rule(
    code="F03",
    name="never-a-gradient",
    title="Parameters never get a gradient and weren't declared frozen.",
    severity="warning",
    what="On sampled optimiser steps, whether each parameter's gradient was missing or all zero; and weights that don't ask for one.",
    why="That part of the model doesn't learn: a detached branch, a layer that isn't used, dead units all through, or a body left frozen.",
    threshold="None on all of at least 8 sampled steps. Weights that don't ask for a gradient: more than 10% of all, a proposal, since small fixed tables are common.",
    advice="Look for `detach` or an unused layer; if the part is meant to stay, declare it with `frozen=`.",
    wrong="A branch that is used rarely (experts, auxiliary tasks). Rows of an embedding are not told apart.",
    check=check,
    at_once=True,
)
