"""U01: most rectified units of a layer are 0 on every row."""

from __future__ import annotations

from steelyard.watch.evidence import Probe
from steelyard.watch.rule import Missing, Rule, Sign

DEAD = 0.5


def check(*, probe: Probe) -> Sign | Missing | None:
    """Look for layers most of whose units are 0 on every row."""
    if not probe.dead:
        return Missing("rectifiers that are modules (nn.ReLU)")
    if probe.rows < 16:
        return Missing("16 rows")
    layer, share = max(probe.dead, key=lambda each: each[1])
    if not share > DEAD:
        return None
    return Sign(
        evidence={"share_dead": share, "layers": len(probe.dead), "rows": probe.rows, "threshold": DEAD},
        meaning=f"{share:.0%} of the units of {layer} are 0 on all of {probe.rows} rows.",
    )


RULE = Rule(
    code="U01",
    name="dead-units",
    title="Most rectified units of a layer are 0 on every row.",
    severity="warning",
    what="A copy of the model on up to 32 rows: units of each nn.ReLU that are 0 on all of them.",
    why="A unit that is 0 everywhere gets no gradient and stays dead; a layer without living units lets nothing through.",
    threshold="More than half of a layer's units. Sparse codes are like that too, so it is a warning only if nothing is learnt.",
    advice="Lower the learning rate, or use a rectifier that isn't flat (GELU, leaky ReLU).",
    wrong="Few and similar rows; layers that are meant to be sparse.",
    check=check,
    dynamics=True,
)
