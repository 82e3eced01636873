"""Whether a model's probabilities can be believed: of 100 guesses made with 30%, are 30 right?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.meaning.scored import Scored
from steelyard.stats.bootstrap import optimal_block_length

_Array = NDArray[np.float64]

ALL_EDGES = np.array([1e-5, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9])
"""Inner edges of the bands of probability for all guesses: give them to `scored`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Guesses that were made with about the same probability.

    Args:
        count: how many guesses.
        predicted: their mean probability.
        observed: the share of them that was right.
        low: lower end of the 95% interval of `observed`.
        high: its upper end.
    """

    count: int
    predicted: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How far stated probabilities are from what happened.

    Args:
        bands: with guesses in them, the least probable first.
        error: expected calibration error: the mean over tokens of the distance between predicted and observed, band by band, 0 to 1.
        low: lower end of its 95% interval.
        high: its upper end.
        by_chance: the error that perfect probabilities would show on this text, on average: what is no fault.
        overconfidence: mean predicted minus mean observed; positive for a model that is surer than it may be.
        block_length: tokens a block of the bootstrap.
    """

    bands: tuple[Band, ...]
    error: float
    low: float
    high: float
    by_chance: float
    overconfidence: float
    block_length: int


def first_guess_reliability(
    found: Scored, *, seed: int, bands: int = 10, repetitions: int = 1000
) -> Reliability:
    """Return the reliability of the first guesses, in bands that hold equally many of them (Nguyen and O'Connor 2015).

    Args:
        found: the text as the model saw it.
        seed: of the bootstrap; same seed, same interval.
        bands: how many, at most; fewer where many guesses have the same probability.
        repetitions: resamples.

    Raises:
        InputError: fewer than 8 tokens.

    Example:
        >>> from steelyard.language.meaning.scored import scored
        >>> rng = np.random.default_rng(0)
        >>> q = rng.dirichlet(np.ones(4), size=2000)
        >>> came = (q.cumsum(axis=1) > rng.random((2000, 1))).argmax(axis=1)
        >>> says = first_guess_reliability(scored([np.log(q)], came), seed=0)
        >>> says.low < says.by_chance < says.high
        True

    When it is wrong: as `reliability`.
    """
    stated = found.probabilities[:, 0]
    inner = np.unique(np.quantile(stated, np.arange(1, bands) / bands))
    band = np.searchsorted(inner, stated, side="right")
    predicted = np.zeros((len(stated), len(inner) + 1))
    predicted[np.arange(len(stated)), band] = stated
    observed = np.zeros_like(predicted)
    observed[np.arange(len(stated)), band] = found.ranks == 1
    return reliability(
        predicted, observed, np.bincount(band, minlength=len(inner) + 1), seed=seed, repetitions=repetitions
    )


def all_guesses_reliability(found: Scored, *, seed: int, repetitions: int = 1000) -> Reliability:
    """Return the reliability of all probabilities that the model gave: to every token, at every place.

    Args:
        found: the text as the model saw it, scored with `edges=ALL_EDGES` or others.
        seed: of the bootstrap; same seed, same interval.
        repetitions: resamples.

    Raises:
        InputError: a text scored without edges, or fewer than 8 tokens.

    When it is wrong: as `reliability`.
    """
    if not found.mass.shape[1]:
        raise InputError(
            "the text must be scored with bands of probability, but has none; try `edges=ALL_EDGES`"
        )
    observed = np.zeros_like(found.mass)
    observed[np.arange(len(observed)), found.right_band] = 1.0
    return reliability(found.mass, observed, found.sizes, seed=seed, repetitions=repetitions)


def reliability(
    predicted: _Array,
    observed: _Array,
    counts: NDArray[np.integer],
    *,
    seed: int,
    repetitions: int = 1000,
) -> Reliability:
    """Return the reliability of guesses in bands, with intervals from a circular block bootstrap over the text.

    The error is the sum over bands of abs(sum predicted - sum observed) / n. It is never below 0, so it is above 0 for perfect
    probabilities too: `by_chance` is its mean for those, sum over bands sqrt(2/pi sum p (1 - p)) / n, from the normal
    limit of sums of outcomes that are drawn from what was predicted. Absolute values have a corner at 0, where the usual
    bootstrap intervals fail: in a simulation with perfect probabilities they missed the true error in 42% of the texts
    or more. So a band whose difference is below sqrt(ln n) standard errors counts as one without a difference (the generalised
    moment selection of Andrews and Soares 2010), and its error as all chance; the interval is a little too wide rather than too narrow.

    Args:
        predicted: probability that each token's guesses in each band had in sum, shape (n, bands), at most 1 a row.
        observed: 1 where the right token was among them, shape (n, bands).
        counts: guesses in each band, shape (bands,).
        seed: of the bootstrap; same seed, same interval.
        repetitions: resamples.

    Raises:
        InputError: fewer than 8 tokens, or shapes that differ.

    When it is wrong: bands hide errors that cancel inside them, so the error is a lower bound; few tokens, or blocks that
    are few, give intervals that are too narrow.
    """
    if predicted.shape != observed.shape or predicted.shape[1:] != counts.shape or len(predicted) < 8:
        raise InputError(
            "`predicted` and `observed` must be of the same 8 or more tokens and bands, but got shapes "
            f"{predicted.shape}, {observed.shape} and {counts.shape}"
        )
    count = len(predicted)
    signed = predicted - observed
    block = optimal_block_length(signed.sum(axis=1) if _varies(signed.sum(axis=1)) else signed[:, -1])
    sums = _resampled_sums(np.hstack([predicted, observed]), block=block, seed=seed, repetitions=repetitions)
    drawn_predicted, drawn_observed = np.split(sums, 2, axis=1)
    error = float(np.abs(signed.sum(axis=0)).sum() / count)
    below, above = _reach(
        signed.sum(axis=0) / count,
        (drawn_predicted - drawn_observed - signed.sum(axis=0)) / count,
        tokens=count,
    )
    inside = counts > 0
    # Of the differences, so that how many guesses fall into a band doesn't widen its interval.
    spread = np.quantile(drawn_observed - drawn_predicted, [0.025, 0.975], axis=0) + predicted.sum(axis=0)
    return Reliability(
        bands=tuple(
            Band(
                count=int(counts[nth]),
                predicted=float(predicted[:, nth].sum() / counts[nth]),
                observed=float(observed[:, nth].sum() / counts[nth]),
                low=float(np.clip(spread[0, nth] / counts[nth], 0, 1)),
                high=float(np.clip(spread[1, nth] / counts[nth], 0, 1)),
            )
            for nth in np.flatnonzero(inside).tolist()
        ),
        error=error,
        low=max(error - below, 0.0),
        high=error + above,
        by_chance=float(np.sqrt(2 / np.pi * (predicted * (1 - predicted)).sum(axis=0)).sum() / count),
        overconfidence=float(signed.sum() / count),
        block_length=block,
    )


def _reach(differences: _Array, errors: _Array, *, tokens: int) -> tuple[float, float]:
    """Return how far the sum of absolute differences may lie above, and below, its true value (97.5% each).

    Args:
        differences: of each band, shape (bands,).
        errors: resampled differences minus these, shape (repetitions, bands).
        tokens: of the text.
    """
    signed = errors * np.sign(differences)
    clear = np.abs(differences) > np.sqrt(np.log(tokens)) * errors.std(axis=0)
    too_high = np.where(clear, signed, np.abs(errors)).sum(axis=1)
    # |d + e| is at least |d| + sign(d) e, so on this side no selection is needed.
    return float(np.quantile(too_high, 0.975)), float(-np.quantile(signed.sum(axis=1), 0.025))


def _varies(values: _Array) -> bool:
    return bool(np.ptp(values) > 1e-6)


def _resampled_sums(columns: _Array, *, block: int, seed: int, repetitions: int) -> _Array:
    """Return the columns' sums over each resample of whole circular blocks, shape (repetitions, columns), scaled to n rows."""
    count = len(columns)
    blocks = -(-count // block)
    around = np.vstack([columns, columns[:block]])
    before = np.vstack([np.zeros((1, columns.shape[1])), np.cumsum(around, axis=0)])
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, count, size=(repetitions, blocks))
    sums = np.stack([(before[at + block] - before[at]).sum(axis=0) for at in starts])
    return np.asarray(sums * (count / (blocks * block)))
