"""Strengths of past events as a distribution: what was seen, with a thin tail over what wasn't."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PSEUDO_EVENTS = 1.0


def strength_pmf(strengths: NDArray[np.int64], *, most: int) -> NDArray[np.float64]:
    """Return P(strength = k | event) for k = 1 .. most, shape (most,), everything above gathered in the last.

    Observed shares, mixed with a geometric distribution of the same mean that weighs as much as one event, so that no
    strength is impossible.

    Args:
        strengths: counts of past events, each at least 1; may be empty.
        most: largest tabulated count.

    Example:
        >>> pmf = strength_pmf(np.array([1, 1, 2]), most=4)
        >>> pmf.round(3).tolist(), float(pmf.sum())
        ([0.688, 0.297, 0.012, 0.004], 1.0)
    """
    seen = np.bincount(np.minimum(strengths, most), minlength=most + 1)[1:].astype(np.float64)
    mean = float(strengths.mean()) if len(strengths) else 2.0
    stop = 1 / max(mean, 1.01)
    geometric = stop * (1 - stop) ** np.arange(most)
    geometric[-1] = (1 - stop) ** (most - 1)
    pmf = seen + _PSEUDO_EVENTS * geometric
    return np.asarray(pmf / pmf.sum(), dtype=np.float64)


class StrengthByYesterday:
    """Strength of an event by what yesterday was: nothing, a weaker event, a stronger one (split at their median)."""

    def __init__(self, yesterday: NDArray[np.int64], today: NDArray[np.int64], *, most: int) -> None:
        events = yesterday[yesterday > 0]
        self.median = float(np.median(events)) if len(events) else 1.0
        happened = today > 0
        classes = self.classes(yesterday)
        self.pmf = np.stack(
            [strength_pmf(today[happened & (classes == each)], most=most) for each in range(3)]
        )

    def classes(self, yesterday: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return 0 after a quiet day, 1 after an event up to the median strength, 2 after a stronger one."""
        return np.asarray((yesterday > 0).astype(np.int64) + (yesterday > self.median), dtype=np.int64)


def hurdle_log_pmf(p_event: NDArray[np.float64], strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log P(count = k), shape (steps, most + 1), from P(event) (steps,) and P(strength | event) (steps, most)."""
    p = np.clip(p_event, 1e-9, 1 - 1e-9)
    return np.concatenate([np.log1p(-p)[:, None], np.log(p)[:, None] + np.log(strength)], axis=1)
