"""The mean area over findings, with an interval that knows that all are measured on the same patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steelyard.errors import InputError
from steelyard.imaging.roc.intervals import logit_interval
from steelyard.imaging.roc.placements import placements
from steelyard.imaging.roc.variance import covariance


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanAuroc:
    """The mean of several findings' areas.

    Args:
        area: the mean.
        low: lower end of the interval.
        high: upper end.
        level: coverage.
        findings: how many it is over; those without an area are left out.
        patients: independent units.
    """

    area: float
    low: float
    high: float
    level: float
    findings: int
    patients: int


def mean_auroc(targets: Any, scores: Any, *, patients: Any = None, level: float = 0.95) -> MeanAuroc:
    """Return the mean area over findings that have both kinds, with an interval over patients.

    Args:
        targets: 0 or 1, shape (images, findings).
        scores: shape (images, findings).
        patients: a name or number for each image's patient; None: every image is a patient's only one.
        level: coverage.

    Raises:
        InputError: shapes that differ, or no finding with both kinds.

    When it is wrong: as for `auroc`, and it says nothing of other trainings of the same network.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> targets = rng.random((500, 3)) < 0.3
        >>> found = mean_auroc(targets, targets + rng.normal(size=(500, 3)))
        >>> found.low < 0.76 < found.high, found.findings
        (True, 3)
    """
    targets, scores = np.asarray(targets).astype(bool), np.asarray(scores, dtype=np.float64)
    if targets.ndim != 2 or targets.shape != scores.shape:
        raise InputError(
            f"targets and scores must have the same shape (images, findings), but got {targets.shape} and {scores.shape}"
        )
    usable = [nth for nth in range(targets.shape[1]) if 0 < targets[:, nth].sum() < len(targets)]
    if not usable:
        raise InputError(
            "a mean AUROC must have a finding that some images have and some haven't, but there is none"
        )
    names = np.arange(len(targets)) if patients is None else np.asarray(patients)
    numbers = np.unique(names, return_inverse=True)[1].astype(np.int64)
    present = [targets[:, nth] for nth in usable]
    found = [placements(each, scores[:, nth]) for each, nth in zip(present, usable, strict=True)]
    area = float(np.mean([each.area for each in found]))
    units = int(numbers.max()) + 1
    variance = float(covariance(found, present, numbers).mean()) if units > 1 else 0.0
    rarer = min(
        len(np.unique(numbers[each])) if each.mean() < 0.5 else len(np.unique(numbers[~each]))
        for each in present
    )
    low, high = logit_interval(area, variance, rarer=rarer, level=level) if units > 1 else (0.0, 1.0)
    return MeanAuroc(area=area, low=low, high=high, level=level, findings=len(usable), patients=units)
