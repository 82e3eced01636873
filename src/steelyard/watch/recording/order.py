"""Are batches shuffled? Variance between batches, and neighbours within them.

Between: one-way analysis of variance of the targets by batch (Fisher 1925): eta^2 with its F test. Within: the correlation of
neighbouring rows, whose mean under shuffling is -1 / (n - 1) and variance about 1 / n (Wald and Wolfowitz 1943).

When it is wrong: data that are ordered on purpose (time series, curricula, grouped samplers).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from steelyard.watch.evidence import Order
from steelyard.watch.recording.objective import Floats
from steelyard.watch.recording.rows import Rows

MOST_BATCHES = 64
LEAST_ROWS = 8


class OrderRecorder:
    """Keeps the first batches' targets, one number a row."""

    def __init__(self) -> None:
        self._batches: list[Floats] = []

    def add(self, rows: Rows) -> None:
        """Add a batch, if its rows have one target each and none was left out."""
        targets = rows.targets
        one = targets.ndim == 1 or targets.shape[1] == 1
        if len(self._batches) < MOST_BATCHES and one and len(targets) == rows.examples >= LEAST_ROWS:
            self._batches.append(targets.reshape(-1))

    def order(self) -> Order | None:
        """Return how they lie; None with fewer than 8 batches or targets that are all the same."""
        if len(self._batches) < 8:
            return None
        every = np.concatenate(self._batches)
        total = float(((every - every.mean()) ** 2).sum())
        if total <= 0:
            return None
        k, n = len(self._batches), len(every)
        between = float(sum(len(b) * (b.mean() - every.mean()) ** 2 for b in self._batches))
        within = total - between
        f = math.inf if within <= 1e-12 * total else (between / (k - 1)) / (within / (n - k))
        products, pairs = 0.0, 0
        for batch in self._batches:
            centred = batch - every.mean()
            products += float((centred[1:] * centred[:-1]).sum())
            pairs += len(batch) - 1
        agreement = (products / pairs) / (total / n)
        return Order(
            batches=k,
            rows=n,
            between=between / total,
            chance=(k - 1) / (n - 1),
            p_between=0.0 if math.isinf(f) else float(special.fdtrc(k - 1, n - k, f)),
            agreement=agreement,
            p_agreement=float(special.ndtr(-(agreement + 1 / n) * math.sqrt(pairs))),
        )
