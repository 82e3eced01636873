"""The block bootstrap: intervals for averages over time, whose neighbouring values depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError

_Array = NDArray[np.float64]
Blocks = Literal["circular", "moving"]
"""Whether blocks may run over the end to the start (Politis and Romano 1992) or lie inside the series (Kuensch 1989)."""


def block_bootstrap_interval(
    values: _Array,
    *,
    seed: int,
    block_length: int | None = None,
    statistic: Callable[[_Array], float] | None = None,
    level: float = 0.95,
    repetitions: int = 2000,
    blocks: Blocks = "circular",
) -> tuple[float, float]:
    """Return a percentile interval from blocks drawn with replacement (Politis and Romano 1992; Kuensch 1989).

    Args:
        values: one row a time step, in order, shape (time,) or (time, columns).
        seed: of the draws; same seed, same interval.
        block_length: steps a block; default `optimal_block_length` of the values (of the first column).
        statistic: maps a resample of the same shape to a number; default the mean.
        level: coverage in (0, 1).
        repetitions: resamples.
        blocks: `circular` or `moving`.

    Raises:
        InputError: fewer than 8 steps, a value that isn't finite, a block longer than the series, unknown `blocks`.

    Example:
        >>> wave = np.sin(np.arange(400) / 10)
        >>> low, high = block_bootstrap_interval(wave, seed=0, block_length=63)
        >>> low < float(wave.mean()) < high
        True

    When it is wrong: trends and level shifts; blocks that are few (fewer than about 20) give intervals that are too narrow.
    """
    series = np.asarray(values, dtype=np.float64)
    _check(series)
    length = block_length
    if length is None:
        length = optimal_block_length(series if series.ndim == 1 else series[:, 0])
    drawn = resampled_rows(
        len(series), block_length=length, seed=seed, repetitions=repetitions, blocks=blocks
    )
    results = np.array(
        [series[rows].mean() if statistic is None else statistic(series[rows]) for rows in drawn]
    )
    low, high = np.quantile(results, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def resampled_rows(
    steps: int, *, block_length: int, seed: int, repetitions: int, blocks: Blocks = "circular"
) -> Iterator[NDArray[np.int64]]:
    """Yield the rows of each resample, shape (steps,): whole blocks one after the other, the last one cut off.

    Args:
        steps: rows of the series.
        block_length: rows a block.
        seed: of the draws; same seed, same rows.
        repetitions: resamples.
        blocks: `circular` or `moving`.

    Raises:
        InputError: a block longer than the series, or unknown `blocks`.

    Example:
        >>> [rows] = resampled_rows(6, block_length=3, seed=0, repetitions=1)
        >>> rows.tolist()
        [5, 0, 1, 3, 4, 5]

    When it is wrong: moving blocks hold the first and last `block_length` rows less often than the others.
    """
    if not 1 <= block_length <= steps:
        raise InputError(f"`block_length` must lie between 1 and the {steps} steps, but got {block_length}")
    if blocks not in get_args(Blocks):
        raise InputError(f"`blocks` must be one of {', '.join(get_args(Blocks))}, but got {blocks!r}")
    rng = np.random.default_rng(seed)
    offsets = np.arange(block_length)
    last = steps if blocks == "circular" else steps - block_length + 1
    for _ in range(repetitions):
        starts = rng.integers(0, last, size=-(-steps // block_length))
        yield ((starts[:, None] + offsets).ravel() % steps)[:steps]


def optimal_block_length(values: _Array) -> int:
    """Return the circular block length that minimises the error of the variance of the mean.

    Politis and White (2004, section 3) with the correction of Patton, Politis and White (2009): (2 G^2 / D)^(1/3)
    n^(1/3) with a flat-top window whose width is chosen from the autocorrelations.

    Args:
        values: the series in order, shape (time,).

    Raises:
        InputError: fewer than 8 steps or a value that isn't finite.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> noise = rng.standard_normal(1000)
        >>> optimal_block_length(noise) < optimal_block_length(np.cumsum(noise)[::1] * 0.1 + noise)
        True
    """
    series = np.asarray(values, dtype=np.float64)
    _check(series)
    steps = len(series)
    centred = series - series.mean()
    if float(np.abs(centred).max()) == 0.0:
        return 1
    run = max(5, int(np.ceil(np.sqrt(np.log10(steps)))))
    most = min(int(np.ceil(np.sqrt(steps))) + run, steps - 1)
    covariances = np.array([centred[: steps - lag] @ centred[lag:] / steps for lag in range(most + 1)])
    small = np.abs(covariances[1:] / covariances[0]) < 2 * np.sqrt(np.log10(steps) / steps)
    width = next((lag for lag in range(len(small) - run + 1) if small[lag : lag + run].all()), None)
    if width is None:
        width = int(np.flatnonzero(~small)[-1]) + 1
    window = min(2 * max(width, 1), most)
    lags = np.arange(1, window + 1)
    flat = np.where(lags / window <= 0.5, 1.0, 2 * (1 - lags / window))
    g = 2 * float((flat * lags * covariances[1 : window + 1]).sum())
    long_run = covariances[0] + 2 * float((flat * covariances[1 : window + 1]).sum())
    d = 4 / 3 * long_run**2
    longest = int(np.ceil(min(3 * np.sqrt(steps), steps / 3)))
    best = (2 * g * g / d) ** (1 / 3) * steps ** (1 / 3) if d > 0 else longest
    return int(np.clip(np.ceil(best), 1, longest))


def _check(series: _Array) -> None:
    if len(series) < 8 or series.ndim > 2:
        raise InputError(f"`values` must have at least 8 steps in rows, but got shape {series.shape}")
    if not np.isfinite(series).all():
        raise InputError("`values` must be finite")
