"""Linear discriminants from sums, so that every fold of a cross-validation is a subtraction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.watch.probes.latents import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """Sufficient statistics of labelled rows.

    Args:
        counts: rows of each class, shape (classes,).
        rows: sum of the rows of each class, shape (classes, width).
        squares: sum of outer products of all rows, shape (width, width).
    """

    counts: Array
    rows: Array
    squares: Array

    @classmethod
    def of(
        cls, rows: Array, labels: NDArray[np.int64], *, classes: int, squares: Array | None = None
    ) -> Sums:
        """Return the sums of rows, shape (samples, width), and their classes, shape (samples,)."""
        hot = np.zeros((classes, len(rows)))
        hot[labels, np.arange(len(rows))] = 1.0
        return cls(
            counts=hot.sum(axis=1),
            rows=hot @ rows,
            squares=rows.T @ rows if squares is None else squares,
        )

    def __sub__(self, other: Sums) -> Sums:
        """Return the sums without those of some rows."""
        return Sums(
            counts=self.counts - other.counts,
            rows=self.rows - other.rows,
            squares=self.squares - other.squares,
        )


def discriminant(sums: Sums, *, shrinkage: float) -> tuple[Array, Array]:
    """Return weights, shape (width, classes), and biases of linear discriminant analysis.

    Classes are Gaussian with means of their own and the covariance within classes, S, in common (Fisher 1936; Hastie, Tibshirani and
    Friedman 2009, equation 4.10): score_c = x' S^-1 mu_c - mu_c' S^-1 mu_c / 2 + log(share of c). `shrinkage` is added to the diagonal of S.

    Args:
        sums: of the rows to learn from.
        shrinkage: above 0, in the squared unit of the rows.

    Example:
        >>> rows, labels = np.array([[0.0], [1.0], [5.0], [6.0]]), np.array([0, 0, 1, 1])
        >>> weights, biases = discriminant(Sums.of(rows, labels, classes=2), shrinkage=1e-9)
        >>> (np.array([[2.9], [3.1]]) @ weights + biases).argmax(axis=1).tolist()
        [0, 1]
    """
    present = sums.counts > 0
    counts = np.where(present, sums.counts, 1.0)
    means = sums.rows / counts[:, None]
    total = float(sums.counts.sum())
    within = (sums.squares - means.T @ sums.rows) / total
    within[np.diag_indices_from(within)] += shrinkage
    weights: Array = np.linalg.solve(within, means.T).astype(np.float64, copy=False)
    with np.errstate(divide="ignore"):
        biases: Array = np.log(np.where(present, sums.counts / total, 0.0))
    return weights, biases - 0.5 * np.einsum("cw,wc->c", means, weights)
