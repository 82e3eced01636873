"""The contract of a loss that can be weighed.

A loss's file holds one `Loss` named `LOSS`. Its docstring states the formula, the trivial predictors, the floor, the
units, the sources, and when it is wrong. `scale` is a pure function of the evidence: it raises InputError where the
evidence is lacking or impossible, and never returns a scale without room (constant targets have no answer).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from steelyard.weigh.digits import number
from steelyard.weigh.evidence import Evidence
from steelyard.weigh.scale import Placement, Scale


def remark_on_sum(placement: Placement, scale: Scale) -> tuple[str, ...]:
    """Return a hint that a loss far above the baseline may be a sum, where dividing by the targets makes it usual.

    Example:
        >>> from steelyard.weigh.call import weigh
        >>> weigh(200.0, loss="mse", targets=[0, 10] * 4).remarks
        ('If 200 is a sum over the 8 targets, the mean is 25.0.',)
    """
    if scale.targets is None or placement.standing not in {"worse", "beyond the ceiling"}:
        return ()
    mean = placement.value / scale.targets
    if not (
        5 * scale.baseline.value < placement.value and scale.floor.value <= mean < 2 * scale.baseline.value
    ):
        return ()
    return (
        f"If {number(placement.value)} is a sum over the {scale.targets:,} targets, the mean is {number(mean)}.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A loss that can be weighed.

    Args:
        name: as users type it.
        accepts: the fields of `Evidence` that it can use.
        scale: makes the reference points from the evidence.
        remarks: says what else a value means.
    """

    name: str
    accepts: frozenset[str]
    scale: Callable[[Evidence], Scale]
    remarks: Callable[[Placement, Scale], tuple[str, ...]] = remark_on_sum
