"""Two sources of noise in a difference: the seeds that trained, and the finite set of test examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceSplit:
    """Where the uncertainty of a mean difference comes from.

    Args:
        mean: mean difference over seeds and examples.
        seeds_share: share of the variance of that mean due to seeds; more seeds would shrink it.
        examples_share: share due to the test examples; only more test data would shrink it.
        residual_share: share due to their interaction; both shrink it.
        interval: 95% interval for other seeds *and* other test examples.
        seeds: number of seeds.
        examples: number of examples (blocks, where examples were joined into blocks).
    """

    mean: float
    seeds_share: float
    examples_share: float
    residual_share: float
    interval: tuple[float, float]
    seeds: int
    examples: int


def split_variance(
    differences: NDArray[np.float64], *, block_length: int = 1, level: float = 0.95
) -> VarianceSplit:
    """Return how much of a mean difference's variance seeds and test examples each contribute.

    Two-way random effects without replication, d[s, e] = mu + A_s + B_e + C_se, by mean squares (Searle, Casella and
    McCulloch 1992, chapter 4; negative components are set to 0); degrees of freedom by Satterthwaite (1946).

    Args:
        differences: per-example paired differences, shape (seeds, examples), at least 2 by 2.
        block_length: examples in a row joined into one, for test examples that depend on their neighbours (time); a
            remainder shorter than a block is left out.
        level: coverage of the interval in (0, 1).

    Raises:
        InputError: fewer than 2 seeds or 2 blocks, a value that isn't finite, a block of less than one example.

    Example:
        >>> split = split_variance(np.array([[1.0, 2.0, 3.0], [1.1, 2.1, 3.1]]))
        >>> split.examples_share > 0.99
        True

    When it is wrong: with few seeds the shares are rough; examples that depend on each other need `block_length`.
    """
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise InputError(
            f"`differences` must be finite, of shape (seeds, examples), but got shape {values.shape}"
        )
    if block_length < 1:
        raise InputError(f"`block_length` must be at least 1, but got {block_length}")
    blocks = values.shape[1] // block_length
    values = values[:, : blocks * block_length].reshape(len(values), blocks, block_length).mean(axis=2)
    seeds, examples = values.shape
    if seeds < 2 or examples < 2:
        raise InputError(f"at least 2 seeds and 2 examples must be given, but got {seeds} and {examples}")
    mean = float(values.mean())
    rows, columns = values.mean(axis=1), values.mean(axis=0)
    residuals = values - rows[:, None] - columns[None, :] + mean
    ms_seeds = examples * float(rows.var(ddof=1))
    ms_examples = seeds * float(columns.var(ddof=1))
    ms_residual = float((residuals**2).sum()) / ((seeds - 1) * (examples - 1))
    parts = np.array([max(ms_seeds - ms_residual, 0), max(ms_examples - ms_residual, 0), ms_residual])
    total = float(parts.sum())
    shares = parts / total if total > 0 else np.zeros(3)
    variance = total / (seeds * examples)
    # Satterthwaite for ms_seeds + ms_examples - ms_residual
    down = (
        ms_seeds**2 / (seeds - 1)
        + ms_examples**2 / (examples - 1)
        + ms_residual**2 / ((seeds - 1) * (examples - 1))
    )
    freedom = max(1.0, total**2 / down) if down > 0 else 1.0
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * float(np.sqrt(variance))
    return VarianceSplit(
        mean=mean,
        seeds_share=float(shares[0]),
        examples_share=float(shares[1]),
        residual_share=float(shares[2]),
        interval=(mean - half, mean + half),
        seeds=seeds,
        examples=examples,
    )
