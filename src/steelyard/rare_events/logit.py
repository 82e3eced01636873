"""Logistic regression on a few inputs, by Newton's method: small enough that nothing has to be imported for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]
_RIDGE = 1e-3


def fit_logit(inputs: _Array, events: _Array) -> _Array:
    """Return the maximum-likelihood weights, shape (inputs,), with a slight ridge that keeps them finite.

    Args:
        inputs: shape (steps, inputs), a column of ones among them.
        events: 0 or 1, shape (steps,).

    Example:
        >>> weights = fit_logit(np.ones((4, 1)), np.array([0.0, 0.0, 0.0, 1.0]))
        >>> probabilities(np.ones((1, 1)), weights).round(2).tolist()
        [0.25]
    """
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        p = probabilities(inputs, weights)
        gradient = inputs.T @ (events - p) - _RIDGE * weights
        curvature = (inputs * (p * (1 - p))[:, None]).T @ inputs + _RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights += np.clip(step, -4, 4)
        if np.abs(step).max() < 1e-10:
            break
    return weights


def probabilities(inputs: _Array, weights: _Array) -> _Array:
    """Return P(event) of each row, shape (steps,), inside (0, 1)."""
    return np.asarray(1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30))), dtype=np.float64)
