"""F08: a recurrent or attention layer takes the batch for the time axis."""

from __future__ import annotations

from steelyard.watch.evidence import Probe
from steelyard.watch.rule import Missing, Rule, Sign


def check(*, probe: Probe) -> Sign | Missing | None:
    """Look for layers whose time axis shrinks with the batch."""
    if not probe.sequence_layers:
        return None
    if not probe.crossed:
        return None
    return Sign(
        evidence={"layers": len(probe.crossed), "of": probe.sequence_layers},
        meaning=f"The batch is taken for the time axis by {', '.join(probe.crossed[:3])}: samples are read as if they followed each other.",
    )


RULE = Rule(
    code="F08",
    name="batch-as-time",
    title="A recurrent or attention layer takes the batch for the time axis.",
    severity="error",
    what="A copy of the model, on a few rows and on one row fewer: which axis of each recurrent and attention layer's input shrinks.",
    why="With `batch_first=False` (the default) and (batch, time, features), each sample's state is carried into the next sample, and time steps are independent of each other. Nothing fails.",
    threshold="No number: the axis that the layer takes for time is the one that shrinks.",
    advice="Give the layer `batch_first=True`, or transpose its input.",
    wrong="A layer that is meant to run over the samples of a batch (a set of windows in order).",
    check=check,
)
