"""What a linear reader finds in latents: which word each is of, against the same reader on shuffled words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.watch.probes.cosine import words_of
from steelyard.watch.probes.discriminant import Sums, discriminant
from steelyard.watch.probes.latents import Array, Latents, latents_of

SHRINKAGES = (1e-6, 1e-3, 1e-1)
"""What is added to the covariance of standardised features; a fold of its own chooses, since few samples need more."""
_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearProbe:
    """How well words can be read from latents by a linear classifier.

    Args:
        accuracy: share of vectors whose word is read right, each by a classifier that never saw its bag.
        low: lower end of the 95% interval of `accuracy`, with bags as its unit (vectors, where there are no bags).
        high: upper end.
        control: accuracy of the same procedure on shuffled words, which nothing can read: it should be at `baseline`.
        baseline: share of the most frequent word, which is read right by always guessing it.
        words: how many different ones there are.
        samples: vectors.
    """

    accuracy: float
    low: float
    high: float
    control: float
    baseline: float
    words: int
    samples: int

    @property
    def skill(self) -> float:
        """Return the place of `accuracy` between the better of baseline and control (0) and 1."""
        trivial = max(self.baseline, self.control)
        return (self.accuracy - trivial) / (1 - trivial)

    @property
    def reads(self) -> bool:
        """Say whether words can be read at all: the interval lies above baseline and control."""
        return self.low > max(self.baseline, self.control)


def linear_probe(
    latents: Any, words: Any, *, seed: int, mask: Any = None, groups: Any = None, folds: int = 5
) -> LinearProbe:
    """Return how well a linear classifier reads which word each vector is of, cross-validated.

    The classifier is linear discriminant analysis, in closed form; least squares on indicators would be as cheap but misses classes whose means
    lie on a line (Hastie, Tibshirani and Friedman 2009, section 4.2). Folds hold whole bags. Shrinkage is chosen on a fold that neither
    trains nor tests.

    Args:
        latents: shape (samples, width), or (batch, n, width), whose bags stay whole.
        words: the number of each vector's word (or of anything else to be read: position, action, ...), shape (samples,) or (batch, n).
        seed: of the folds and of the shuffled words.
        mask: True where there is a word.
        groups: for (samples, width): number of the group (bag, episode) of each, shape (samples,), kept whole in folds; None: each its own.
        folds: parts, 3 or more.

    Raises:
        InputError: fewer than two different words, fewer groups than folds, and what the other probes raise.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> words = rng.integers(0, 3, 300)
        >>> cone = np.eye(3)[words] + 50 + 0.01 * rng.standard_normal((300, 3))  # mean cosine .9999
        >>> found = linear_probe(cone, words, seed=0)
        >>> found.accuracy, found.reads, bool(found.control < 0.45)
        (1.0, True, True)

    When it is wrong: it says what can be read, not what is used by the layers above. What was put in by the embedding and carried on by the residual
    stream is readable from an untrained network too: compare with that. A nonlinear reader may find more.

    References:
        Alain and Bengio (2016), Understanding intermediate layers using linear classifier probes, arXiv 1610.01644. Hewitt and Liang (2019),
        Designing and interpreting probes with control tasks, EMNLP.
    """
    found = latents_of(latents, mask=mask)
    labels = words_of(words, latents, mask=mask)
    if labels is None:
        raise InputError("`words` must be given, one for each vector, but got None")
    bags = found.bags
    if groups is not None:
        if bags is not None:
            raise InputError(
                "`groups` must be left out for latents of shape (batch, n, width): their bags are the groups"
            )
        bags = words_of(groups, latents, mask=mask)
    return probe_rows(found, labels, bags=bags, seed=seed, folds=folds)


def probe_rows(
    found: Latents, labels: NDArray[np.int64], *, bags: NDArray[np.int64] | None, seed: int, folds: int = 5
) -> LinearProbe:
    """Return the probe of latents whose words and bags are rows; see `linear_probe`."""
    if folds < 3:
        raise InputError(f"`folds` must be 3 or more (train, choose, test), but got {folds}")
    names, classes = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise InputError(
            f"`words` must hold at least two different words, but all {len(labels)} are {names[0]}; give more bags"
        )
    _, units = np.unique(np.arange(len(labels)) if bags is None else bags, return_inverse=True)
    count = int(units.max()) + 1
    if count < folds:
        raise InputError(
            f"there must be at least as many bags as folds ({folds}), but got {count}; give more bags"
        )
    rng = np.random.default_rng(seed)
    fold = (rng.permutation(count) % folds)[units]
    rows = _standardised(found)
    right, chosen = _read(rows, classes, fold, folds=folds, words=len(names))
    shuffled = classes[rng.permutation(len(classes))]
    by_chance, _ = _read(rows, shuffled, fold, folds=folds, words=len(names), chosen=chosen)
    accuracy = float(right.mean())
    half = _NORMAL_95 * _standard_error(right, units, count)
    return LinearProbe(
        accuracy=accuracy,
        low=max(accuracy - half, 0.0),
        high=min(accuracy + half, 1.0),
        control=float(by_chance.mean()),
        baseline=float(np.bincount(classes).max() / len(classes)),
        words=len(names),
        samples=len(labels),
    )


def _standardised(found: Latents) -> Array:
    """Return features with mean 0 and standard deviation 1; those that vary by rounding only are 0."""
    centred = found.centred()
    spread = np.sqrt(np.einsum("ij,ij->j", centred, centred) / len(centred))
    varies = spread > 2 * found.rounding / len(spread) ** 0.5
    rows: Array = np.divide(centred, spread, out=np.zeros_like(centred), where=varies & (spread > 0))
    return rows


def _read(
    rows: Array,
    classes: NDArray[np.int64],
    fold: NDArray[np.int64],
    *,
    folds: int,
    words: int,
    chosen: list[float] | None = None,
) -> tuple[Array, list[float]]:
    """Return which rows are read right, shape (samples,), and the shrinkage of each fold."""
    parts = [fold == number for number in range(folds)]
    sums = [Sums.of(rows[part], classes[part], classes=words) for part in parts]
    whole = Sums(
        counts=np.sum([each.counts for each in sums], axis=0),
        rows=np.sum([each.rows for each in sums], axis=0),
        squares=np.sum([each.squares for each in sums], axis=0),
    )
    right, used = np.zeros(len(rows)), []
    for number, part in enumerate(parts):
        others = whole - sums[number]
        if chosen is None:
            judge = (number + 1) % folds
            scores = [
                _right(rows[parts[judge]], classes[parts[judge]], others - sums[judge], shrinkage=each).mean()
                for each in SHRINKAGES
            ]
            best = max(range(len(SHRINKAGES)), key=lambda index: (scores[index], index))
            shrinkage = SHRINKAGES[best]
        else:
            shrinkage = chosen[number]
        used.append(shrinkage)
        right[part] = _right(rows[part], classes[part], others, shrinkage=shrinkage)
    return right, used


def _right(rows: Array, classes: NDArray[np.int64], learnt: Sums, *, shrinkage: float) -> NDArray[np.bool_]:
    weights, biases = discriminant(learnt, shrinkage=shrinkage)
    guesses: NDArray[np.int64] = (rows @ weights + biases).argmax(axis=1)
    right: NDArray[np.bool_] = guesses == classes
    return right


def _standard_error(right: Array, units: NDArray[np.int64], count: int) -> float:
    """Return the standard error of a share of right answers whose groups, not whose answers, are independent (ratio estimator)."""
    sizes = np.bincount(units, minlength=count)
    excess = np.bincount(units, weights=right, minlength=count) - right.mean() * sizes
    return float(np.sqrt(count / (count - 1) * (excess @ excess)) / sizes.sum())
