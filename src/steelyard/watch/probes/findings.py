"""What stands out in the geometry of latents, as findings with codes; a high cosine alone is never a warning."""

from __future__ import annotations

import math

from steelyard.watch.finding import Finding
from steelyard.watch.probes.geometry import Geometry

MOST_DORMANT = 0.5
"""Share of dormant units that is remarkable."""
HIGH_COSINE = 0.9
"""Mean cosine that people are alarmed by."""
NEAR_ZERO = 0.1
"""Centred mean cosine up to which the shared mean was all there was."""
LEAST_RANK = 2.0
"""Effective rank below which latents lie along a line."""


def find(
    geometry: Geometry, *, part: str = "body", better_than_baseline: bool | None = None, step: int = 0
) -> tuple[Finding, ...]:
    """Return what stands out, in the order of codes: `U01 dormant-units`, `U02 shared-mean`, `U03 rank-collapse`.

    Args:
        geometry: of the latents.
        part: which part of the network they are of, for the sentence.
        better_than_baseline: whether the network is known to do better (or not) than the best trivial predictor or policy. Only with False, so when
            the outcome agrees, is `U03` a warning; `U01` and `U02` are for information always.
        step: when they were taken.

    Example:
        >>> import numpy as np
        >>> from steelyard.watch.probes.geometry import geometry_of
        >>> rng = np.random.default_rng(0)
        >>> words = rng.integers(0, 4, (200, 3))
        >>> [found] = find(geometry_of(np.eye(4)[words] + 10 + 0.1 * rng.standard_normal((200, 3, 4)), words=words))
        >>> found.code, found.severity
        ('U02', 'info')

    When it is wrong: thresholds are conventions, not fitted ones.
    """
    found = (
        _dormant(geometry, part=part, step=step),
        _shared_mean(geometry, part=part, step=step),
        _collapse(geometry, part=part, step=step, better_than_baseline=better_than_baseline),
    )
    return tuple(each for each in found if each is not None)


def _dormant(geometry: Geometry, *, part: str, step: int) -> Finding | None:
    if not geometry.dormant_fraction > MOST_DORMANT:
        return None
    return Finding(
        code="U01",
        name="dormant-units",
        severity="info",
        evidence={"dormant_fraction": geometry.dormant_fraction, "threshold": MOST_DORMANT},
        meaning=f"More than half of the units of the {part} hardly answer to any of these samples.",
        advice="If the outcome is poor, try a lower learning rate or resetting these units; if it isn't, leave them.",
        step=step,
    )


def _shared_mean(geometry: Geometry, *, part: str, step: int) -> Finding | None:
    if not (geometry.mean_cosine > HIGH_COSINE and abs(geometry.centred_mean_cosine) <= NEAR_ZERO):
        return None
    probe = geometry.probe
    readable = "" if probe is None else f"; a linear probe reads {probe.accuracy:.0%} of the words from them"
    return Finding(
        code="U02",
        name="shared-mean",
        severity="info",
        evidence={
            "mean_cosine": geometry.mean_cosine,
            "mean_share": geometry.mean_share,
            "centred_mean_cosine": geometry.centred_mean_cosine,
            **({} if probe is None else {"probe_accuracy": probe.accuracy, "probe_control": probe.control}),
        },
        meaning=(
            f"The latents of the {part} have a large mean in common, which is all that the high cosine measures: with the mean taken off, "
            f"it is near 0{readable}. This doesn't hinder learning in itself."
        ),
        advice="Nothing has to be done; look at the centred numbers, and at the return.",
        step=step,
    )


def _collapse(
    geometry: Geometry, *, part: str, better_than_baseline: bool | None, step: int
) -> Finding | None:
    probe = geometry.probe
    if probe is None or probe.reads or not geometry.effective_rank < LEAST_RANK:
        return None
    if not math.isfinite(probe.control):
        return None
    return Finding(
        code="U03",
        name="rank-collapse",
        severity="warning" if better_than_baseline is False else "info",
        evidence={
            "effective_rank": geometry.effective_rank,
            "threshold": LEAST_RANK,
            "probe_accuracy": probe.accuracy,
            "probe_control": probe.control,
            "probe_baseline": probe.baseline,
        },
        meaning=(
            f"The latents of the {part} vary along a line at most, and a linear probe can't tell from them which word is which: what the layers above "
            "could learn from is gone."
        ),
        advice="Lower the learning rate, look for a constant input or a missing residual connection, and compare with the network at initialisation.",
        step=step,
    )
