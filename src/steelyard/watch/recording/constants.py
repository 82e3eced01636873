"""Trivial predictors learnt on the fly: base rate, class frequencies (unigram), mean, median, rate, persistence.

A constant is judged on a batch before it learns from it (the prequential principle; Dawid 1984), as the model was not fitted to the
batch either when it met it: fitting the constant to the very targets it is judged on would make it look better than it is, and a
model of 10,000 classes after 1,000 targets worse than it is. Frequencies begin at half a target a class (Krichevsky and Trofimov 1981).

When it is wrong: targets that drift, where a constant learnt from old ones is easily beaten; several thousand columns, each of whose
means is known from few rows.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

import numpy as np

from steelyard.watch.recording.objective import Floats, Objective, constant_losses, smoothed

Trivial = Literal["auto", "persistence"]

MEDIAN_ROWS = 2048
"""Rows that a median is taken from."""


class Constant:
    """The best constant for the targets seen so far, or their repetition.

    Args:
        objective: what it is judged by.
        persistence: repeat the previous target of a row's sequence (the previous row where a row is one number).

    Example:
        >>> constant = Constant(Objective(kind="mse", form="values"))
        >>> constant.losses(np.array([[1.0], [3.0]])) is None   # nothing seen yet
        True
        >>> constant.learn(np.array([[1.0], [3.0]]), classes=1)
        >>> constant.losses(np.array([[2.0], [4.0]])).tolist()
        [0.0, 4.0]
    """

    def __init__(self, objective: Objective, *, persistence: bool = False) -> None:
        self.objective = objective
        self.persistence = persistence
        self.rows = 0
        self._sum: Floats | None = None
        self._squares: Floats | None = None
        self._kept: deque[Floats] = deque(maxlen=64)

    @property
    def name(self) -> str:
        """Return what it does, as sentences say it."""
        if self.persistence:
            return "repeating the previous target"
        return {
            "cross-entropy": "always predicting the class frequencies",
            "bce": "always predicting the base rate",
            "mse": "always predicting the mean",
            "mae": "always predicting the median",
            "poisson": "always predicting the mean rate",
        }[self.objective.kind]

    def learn(self, targets: Floats, *, classes: int) -> None:
        """Take a batch's targets into account."""
        shares = (
            smoothed(self.objective, targets, classes) if self.objective.kind == "cross-entropy" else targets
        )
        total, squares = shares.sum(axis=0), (shares**2).sum(axis=0)
        self._sum = total if self._sum is None else self._sum + total
        self._squares = squares if self._squares is None else self._squares + squares
        self.rows += len(targets)
        if self.objective.kind == "mae":
            self._kept.append(targets[: MEDIAN_ROWS // 64])

    def losses(self, targets: Floats) -> Floats | None:
        """Return its loss on each target, shape (rows,); None before it has seen any.

        Args:
            targets: classes (rows,) or values (rows, columns).
        """
        if self.persistence:
            return self._repeated(targets)
        constant = self.value()
        return None if constant is None else constant_losses(self.objective, constant, targets)

    def value(self) -> Floats | None:
        """Return the constant itself: shares of classes, or a value a column."""
        if self._sum is None:
            return None
        match self.objective.kind:
            case "cross-entropy":
                weight = 1.0 if self.objective.weight is None else np.asarray(self.objective.weight)
                counts = weight * (self._sum + 0.5)
                return np.asarray(counts / counts.sum())
            case "bce":
                rate = (self._sum + 0.5) / (self.rows + 1.0)
                positive = 1.0 if self.objective.pos_weight is None else np.asarray(self.objective.pos_weight)
                return np.asarray(positive * rate / (positive * rate + 1 - rate))
            case "mae":
                return np.asarray(np.median(np.concatenate(tuple(self._kept)), axis=0))
            case "mse" | "poisson":
                return np.asarray(self._sum / self.rows)

    def spread(self) -> float:
        """Return the targets' standard deviation, the root of the mean variance over classes or columns."""
        if self._sum is None or self._squares is None:
            return float("nan")
        mean = self._sum / self.rows
        return float(np.sqrt(np.maximum(self._squares / self.rows - mean**2, 0.0).mean()))

    def floor(self, targets: Floats, *, classes: int) -> float:
        """Return the least loss that perfect foresight gets on these targets; above 0 for soft targets and Poisson counts."""
        with np.errstate(divide="ignore", invalid="ignore"):
            match self.objective.kind:
                case "cross-entropy":
                    if not self.objective.smoothing and targets.ndim == 1:
                        return 0.0
                    shares = smoothed(self.objective, targets, classes)
                    weight = 1.0 if self.objective.weight is None else np.asarray(self.objective.weight)
                    tilted = shares * weight
                    tilted = tilted / tilted.sum(axis=1, keepdims=True)
                    logs = np.where(shares > 0, np.log(np.where(tilted > 0, tilted, 1.0)), 0.0)
                    losses = -(shares * weight * logs).sum(axis=1)
                    if self.objective.weight is not None and targets.ndim == 1:
                        losses = losses / max(
                            float(np.asarray(self.objective.weight)[targets.astype(int)].mean()), 1e-43
                        )
                    return float(losses.mean())
                case "bce":
                    positive = (
                        1.0 if self.objective.pos_weight is None else np.asarray(self.objective.pos_weight)
                    )
                    best = positive * targets / (positive * targets + 1 - targets)
                    inside = (targets > 0) & (targets < 1)
                    losses = -(positive * targets * np.log(best) + (1 - targets) * np.log1p(-best))
                    return float(np.where(inside, losses, 0.0).mean())
                case "poisson":
                    return float((targets - np.where(targets > 0, targets * np.log(targets), 0.0)).mean())
                case "mse" | "mae":
                    return 0.0

    def _repeated(self, targets: Floats) -> Floats | None:
        if targets.ndim != 2 or targets.size < 4:
            return None
        if targets.shape[1] > 1:
            return constant_losses(self.objective, targets[:, :-1], targets[:, 1:])
        return constant_losses(self.objective, targets[:-1], targets[1:])
