"""F02: parameters that ask for a gradient but are in no optimiser."""

from __future__ import annotations

from steelyard.watch.evidence import Wiring
from steelyard.watch.rule import Missing, Rule, Sign


def check(*, wiring: Wiring) -> Sign | Missing | None:
    """Look for trainable parameters that no optimiser has."""
    lost = [
        each
        for each in wiring.parameters
        if each.trainable and not each.in_optimizer and not each.declared_frozen
    ]
    if not lost:
        return None
    total = sum(each.elements for each in wiring.parameters)
    elements = sum(each.elements for each in lost)
    named = ", ".join(each.name for each in lost[:3]) + (", ..." if len(lost) > 3 else "")
    return Sign(
        evidence={"parameters": len(lost), "share_of_weights": elements / total},
        meaning=f"{len(lost)} of {len(wiring.parameters)} parameters are in no optimiser and stay as they began: {named}.",
    )


RULE = Rule(
    code="F02",
    name="missing-from-optimizer",
    title="Parameters that ask for a gradient are in no optimiser.",
    severity="warning",
    what="Every parameter of the model that asks for a gradient, against the parameter groups of the optimisers that were given.",
    why="They never change: a layer added after the optimiser was made, one kept in a plain list, or a model that was copied or wrapped since.",
    threshold="No number: one such parameter that wasn't declared frozen.",
    advice="Make the optimiser after the model is complete, of `model.parameters()`; or declare the parts with `frozen=`.",
    wrong="Another optimiser has them that wasn't given to `watch`: give all of them.",
    check=check,
    at_once=True,
)
