"""The area of each finding with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.imaging.roc.intervals import logit_interval, resampled_areas
from steelyard.imaging.roc.placements import placements
from steelyard.imaging.roc.variance import covariance

Method = Literal["delong", "bootstrap"]
FEW = 30
"""Independent units of the rarer kind below which a normal interval is doubtful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auroc:
    """The area under one finding's ROC curve.

    Args:
        finding: its name.
        area: P(an image with it scores higher than one without), equal scores count half; nan where one kind is missing.
        low: lower end of the interval; nan where there is none.
        high: upper end.
        level: coverage of the interval.
        positives: images with the finding.
        negatives: images without.
        patients: independent units: patients, or images where none were named.
        method: what the interval is by: `delong`, `delong by patient`, `bootstrap` or `bootstrap by patient`.
        doubt: why the interval isn't to be trusted, empty where it is.
    """

    finding: str
    area: float
    low: float
    high: float
    level: float
    positives: int
    negatives: int
    patients: int
    method: str
    doubt: str = ""

    def __str__(self) -> str:
        """Return it as one line for people."""
        if np.isnan(self.area):
            return f"{self.finding}: {self.doubt}"
        return (
            f"{self.finding}: AUROC {self.area:.3f} ({self.low:.3f} to {self.high:.3f}, {self.level:.0%} {self.method}), "
            f"{self.positives} with and {self.negatives} without{f'; {self.doubt}' if self.doubt else ''}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values; nan becomes None."""
        return {
            name: None if isinstance(value, float) and np.isnan(value) else value
            for name, value in asdict(self).items()
        }


def auroc(
    present: Any,
    scores: Any,
    *,
    patients: Any = None,
    method: Method = "delong",
    level: float = 0.95,
    seed: int = 0,
    repetitions: int = 2000,
    finding: str = "finding",
) -> Auroc:
    """Return the area under the ROC curve with an interval.

    `delong` is DeLong et al. (1988), by patient Obuchowski (1997), on the logit scale; `bootstrap` draws patients with
    replacement and takes percentiles.

    Args:
        present: 0 or 1 (or booleans) for each image, shape (images,).
        scores: higher means more likely, shape (images,).
        patients: a name or number for each image's patient; None: every image is a patient's only one.
        method: `delong` or `bootstrap`.
        level: coverage in (0, 1).
        seed: of the bootstrap.
        repetitions: of the bootstrap.
        finding: name to carry along.

    Raises:
        InputError: lengths that differ, targets other than 0 and 1, scores that aren't finite, unknown method, a level outside (0, 1).

    When it is wrong: fewer than 30 patients of the rarer kind (`doubt` says so). Images of one patient treated as patients make
    the interval too narrow.

    Example:
        >>> found = auroc([0, 0, 1, 1, 0, 1], [0.1, 0.4, 0.35, 0.8, 0.2, 0.9])
        >>> round(found.area, 3), found.doubt
        (0.889, 'only 3 of the rarer kind')
    """
    present, scores, numbers = _checked(present, scores, patients)
    if method not in ("delong", "bootstrap") or not 0 < level < 1:
        raise InputError(
            f"`method` must be delong or bootstrap and `level` in (0, 1), but got {method!r} and {level}"
        )
    units = len(scores) if numbers is None else int(numbers.max()) + 1
    by = method if numbers is None else f"{method} by patient"
    positives = int(present.sum())
    negatives = len(present) - positives
    known: dict[str, Any] = {
        "finding": finding,
        "level": level,
        "positives": positives,
        "negatives": negatives,
        "patients": units,
        "method": by,
    }
    if positives == 0 or negatives == 0:
        doubt = f"no AUROC: {'no image has' if positives == 0 else 'every image has'} the finding"
        return Auroc(area=np.nan, low=np.nan, high=np.nan, doubt=doubt, **known)
    found = placements(present, scores)
    rarer = _rarer(present, numbers)
    doubt = f"only {rarer} of the rarer kind" if rarer < FEW else ""
    if found.area in {0.0, 1.0} or method == "delong":
        variance = 0.0 if units < 2 else float(covariance([found], [present], numbers)[0, 0])
        if units < 2 or (variance == 0 and 0 < found.area < 1):
            low, high, doubt = 0.0, 1.0, "too few patients for an interval"
        else:
            low, high = logit_interval(found.area, variance, rarer=rarer, level=level)
    else:
        images = np.arange(len(scores)) if numbers is None else numbers
        areas = resampled_areas(present, scores, images, seed=seed, repetitions=repetitions)
        tail = (1 - level) / 2
        low, high = (float(end) for end in np.quantile(areas, [tail, 1 - tail]))
    return Auroc(area=found.area, low=low, high=high, doubt=doubt, **known)


def evaluate(
    targets: Any,
    scores: Any,
    *,
    findings: Sequence[str],
    patients: Any = None,
    method: Method = "delong",
    level: float = 0.95,
    seed: int = 0,
    repetitions: int = 2000,
) -> tuple[Auroc, ...]:
    """Return `auroc` for each finding; targets and scores have shape (images, findings), the rest is as there.

    Raises:
        InputError: shapes that don't fit, or what `auroc` raises.
    """
    targets, scores = np.asarray(targets), np.asarray(scores)
    if targets.ndim != 2 or targets.shape != scores.shape or targets.shape[1] != len(findings):
        raise InputError(
            f"targets and scores must have shape (images, {len(findings)}), but got {targets.shape} and {scores.shape}"
        )
    return tuple(
        auroc(
            targets[:, nth],
            scores[:, nth],
            patients=patients,
            method=method,
            level=level,
            seed=seed,
            repetitions=repetitions,
            finding=name,
        )
        for nth, name in enumerate(findings)
    )


def _rarer(present: NDArray[np.bool_], patients: NDArray[np.int64] | None) -> int:
    """Return how many images (patients) the rarer kind has; a patient with both kinds counts for both."""
    if patients is None:
        return int(min(present.sum(), (~present).sum()))
    return min(len(np.unique(patients[present])), len(np.unique(patients[~present])))


def _checked(
    present: Any, scores: Any, patients: Any
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.int64] | None]:
    present, scores = np.asarray(present), np.asarray(scores, dtype=np.float64)
    if present.ndim != 1 or present.shape != scores.shape or len(present) == 0:
        raise InputError(
            f"targets and scores must be two sequences of one length, but got shapes {present.shape} and {scores.shape}"
        )
    if not np.isin(present, (0, 1)).all():
        raise InputError(f"targets must be 0 or 1, but got {present[~np.isin(present, (0, 1))][0]}")
    if not np.isfinite(scores).all():
        raise InputError(
            f"scores must be finite, but {int((~np.isfinite(scores)).sum())} of {len(scores)} are not"
        )
    if patients is None:
        return present.astype(bool), scores, None
    names = np.asarray(patients)
    if names.shape != scores.shape:
        raise InputError(
            f"`patients` must name one for each of {len(scores)} images, but got shape {names.shape}"
        )
    return present.astype(bool), scores, np.unique(names, return_inverse=True)[1].astype(np.int64)
