"""The scores of a forecaster as functions of how often each origin counts, quick enough for a thousand resamples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from steelyard.rare_events.scores.sedi import Warnings

_Array = NDArray[np.float64]

MEANS = ("log_score", "rps", "brier", "mae")
"""Scores that are means over the forecasts."""
METRICS = (
    *MEANS,
    "miscalibration",
    "discrimination",
    "uncertainty",
    "pr_auc",
    "base_rate",
    "sedi",
)
"""All scores, in the order of `Sample.measure`."""


class Isotonic(NamedTuple):
    """A weighted isotonic fit of events on probabilities: distinct probabilities that count, the fit, events' share, weights."""

    p: _Array
    fitted: _Array
    share: _Array
    weight: _Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """One forecaster's forecasts, sorted by probability, with what each came to.

    Args:
        cluster: which origin each forecast was made at, from 0, shape (forecasts,).
        p: P(event), increasing, shape (forecasts,).
        event: whether it happened, shape (forecasts,).
        starts: where each distinct probability starts, shape (distinct,).
        sums: sums of `MEANS` by origin, shape (origins, 4).
        counts: forecasts by origin, shape (origins,).
        warned: hits, misses, false alarms and quiet steps by origin, shape (origins, 4).
        threshold: probability from which on there is a warning.
    """

    cluster: NDArray[np.int64]
    p: _Array
    event: NDArray[np.bool_]
    starts: NDArray[np.int64]
    sums: _Array
    counts: _Array
    warned: _Array
    threshold: float

    @classmethod
    def of(
        cls,
        *,
        cluster: NDArray[np.int64],
        clusters: int,
        p: _Array,
        event: NDArray[np.bool_],
        scores: _Array,
        threshold: float,
    ) -> Self:
        """Return a sample from forecasts in any order.

        Args:
            cluster: origin of each forecast, shape (forecasts,).
            clusters: how many origins there are.
            p: P(event), shape (forecasts,).
            event: whether it happened, shape (forecasts,).
            scores: `MEANS` of each, shape (forecasts, 4).
            threshold: in (0, 1).
        """
        order = np.argsort(p, kind="stable")

        def by_origin(columns: Iterable[NDArray[Any]]) -> _Array:
            return np.stack(
                [np.bincount(cluster, weights=each, minlength=clusters) for each in columns], axis=1
            )

        warned = p >= threshold
        return cls(
            cluster=cluster[order],
            p=p[order],
            event=event[order],
            starts=np.flatnonzero(np.diff(p[order], prepend=-1.0) != 0),
            sums=by_origin(scores.T),
            counts=np.bincount(cluster, minlength=clusters).astype(np.float64),
            warned=by_origin((warned & event, ~warned & event, warned & ~event, ~warned & ~event)),
            threshold=threshold,
        )

    def measure(self, weights: _Array, *, fit: Isotonic | None = None) -> _Array:
        """Return `METRICS` when each origin counts `weights` times; nan for what can't be said.

        Args:
            weights: shape (origins,).
            fit: what `isotonic` returns for them, where it is there already.

        Example:
            >>> sample = Sample.of(cluster=np.arange(4), clusters=4, p=np.array([0.1, 0.1, 0.8, 0.8]),
            ...     event=np.array([False, False, True, False]), scores=np.zeros((4, 4)), threshold=0.5)
            >>> dict(zip(METRICS, sample.measure(np.ones(4)).round(3).tolist()))["miscalibration"]
            0.05
        """
        total = float(self.counts @ weights)
        if total == 0:
            return np.full(len(METRICS), np.nan)
        fit = fit or self.isotonic(weights)
        brier = float((fit.weight * (fit.p**2 - 2 * fit.p * fit.share + fit.share)).sum() / total)
        best = float((fit.weight * (fit.fitted**2 - 2 * fit.fitted * fit.share + fit.share)).sum() / total)
        rate = float((fit.weight * fit.share).sum() / total)
        uncertainty = rate * (1 - rate)
        counted = weights > 0  # an infinite score that counts 0 times is none
        hits, misses, false_alarms, quiet = (self.warned.T @ weights).tolist()
        warned = Warnings(
            threshold=self.threshold, hits=hits, misses=misses, false_alarms=false_alarms, quiet=quiet
        )
        return np.array(
            [
                *(self.sums[counted].T @ weights[counted] / total),
                max(brier - best, 0.0),
                max(uncertainty - best, 0.0),
                uncertainty,
                _average_precision(fit),
                rate,
                warned.sedi,
            ]
        )

    def isotonic(self, weights: _Array) -> Isotonic:
        """Return the isotonic fit when each origin counts `weights` times (Dimitriadis, Gneiting and Jordan 2021)."""
        each = weights[self.cluster]
        weight = np.add.reduceat(each, self.starts)
        happened = np.add.reduceat(np.where(self.event, each, 0.0), self.starts)
        there = weight > 0
        p, weight = self.p[self.starts][there], weight[there]
        share = happened[there] / weight
        return Isotonic(p=p, fitted=isotonic_regression(share, weights=weight).x, share=share, weight=weight)


def _average_precision(fit: Isotonic) -> float:
    """Return the weighted average precision; nan without an event."""
    hits = np.cumsum((fit.weight * fit.share)[::-1])
    if not hits[-1] > 0:
        return float("nan")
    precision = hits / np.cumsum(fit.weight[::-1])
    return float((precision * np.diff(hits, prepend=0.0)).sum() / hits[-1])
