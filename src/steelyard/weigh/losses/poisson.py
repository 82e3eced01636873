"""Poisson negative log-likelihood: mean(q - y ln q), q the predicted rate; with `full`, plus ln y!.

Without ln y! it is torch's `PoissonNLLLoss(full=False)` and Keras' `Poisson`: a likelihood less a part that no model
changes. Its zero means nothing and it can be negative, so it has no bits and no ratio to the baseline. With ln y! it is
in nats (McCullagh and Nelder 1989, section 6.1). torch's `full=True` has Stirling's approximation of ln y! for y > 1;
the points here are exact and a note tells the difference.

Trivial predictors: the best constant rate is the mean (the baseline).

Floor: the saturated model, the rate equal to each count: mean(y - y ln y), with 0 ln 0 = 0. Skill is then the
share of the deviance explained (D^2; McCullagh and Nelder 1989, section 2.3; Cameron and Windmeijer 1996).

Sampling: interval of the mean of the constant's losses; without ln y!, where these can be all alike, the interval of
the mean count m carried through m - m ln m.

When it is wrong: exposures or offsets, which make the trivial prediction no constant; counts more spread than Poisson,
whose attainable likelihood under another distribution can pass below the saturated Poisson's (weigh them by `count`).
torch's `eps` and `log_input=True` with rates near 0 change the value a little.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from steelyard.errors import InputError
from steelyard.weigh.digits import number
from steelyard.weigh.evidence import Evidence, require_one
from steelyard.weigh.losses._base import Loss
from steelyard.weigh.sampling import mean_interval, sampling_note
from steelyard.weigh.scale import ReferencePoint, Scale
from steelyard.weigh.targets import numbers, varied, whole


def poisson_scale(evidence: Evidence) -> Scale:
    """Return the scale of the Poisson loss for counts.

    Raises:
        InputError: no targets; targets that aren't counts (or, without `full`, are negative) or are all the same.

    Example:
        >>> print(poisson_scale(Evidence(targets=[0, 0, 1, 3])))
        poisson in nats without ln y! (lower is better): constant rate 1.00, floor 0.176
    """
    require_one(evidence, "targets", loss="poisson")
    y = numbers(evidence.targets)
    if evidence.full:
        whole(y)
    elif (y < 0).any():
        raise InputError(
            f"`targets` must be 0 or more, but {int((y < 0).sum())} of {len(y)} are negative: the first is "
            f"{y[y < 0][0]:g} in row {int(np.flatnonzero(y < 0)[0]) + 1}; a Poisson loss is for counts"
        )
    varied(y)
    rate = float(y.mean())
    losses = poisson_losses(y, rate=rate, full=evidence.full)
    base = ReferencePoint(
        name="constant rate",
        value=float(losses.mean()),
        meaning=f"always predicting the mean, {number(rate)}",
        quantity="the loss of a constant rate",
        predictor="always predicting the mean",
    )
    floor = ReferencePoint(
        name="floor",
        value=float(poisson_losses(y, rate=y, full=evidence.full).mean()),
        meaning="a rate equal to each count (the saturated model)",
    )
    interval = mean_interval(losses, floor=floor.value) if evidence.full else _partial_interval(y)
    return Scale(
        loss="poisson",
        unit="nats" if evidence.full else "nats without ln y!",
        baseline=base,
        floor=floor,
        references=(base, floor),
        baseline_interval=interval,
        targets=len(y),
        notes=(_convention(y, full=evidence.full), *_spread(y), sampling_note(len(y), interval)),
    )


def poisson_losses(
    y: NDArray[np.float64], *, rate: float | NDArray[np.float64], full: bool
) -> NDArray[np.float64]:
    """Return the Poisson loss of each count.

    Args:
        y: counts.
        rate: predicted rates, 0 or more.
        full: whether to include ln y!.

    Example:
        >>> poisson_losses(np.array([0.0, 2.0]), rate=1.0, full=True)
        array([1.        , 1.69314718])
    """
    partial = np.asarray(rate - special.xlogy(y, rate), dtype=np.float64)
    return partial + np.asarray(special.gammaln(y + 1), dtype=np.float64) if full else partial


def _partial_interval(y: NDArray[np.float64]) -> tuple[float, float]:
    low, high = mean_interval(y)
    ends = [rate - float(special.xlogy(rate, rate)) for rate in (low, high)]
    return (
        min(ends),
        1.0 if low <= 1 <= high else max(ends),
    )  # m - m ln m rises to m = 1 and falls from there


def _convention(y: NDArray[np.float64], *, full: bool) -> str:
    if not full:
        return "Without ln y!, as torch's PoissonNLLLoss() and Keras' Poisson: its zero has no meaning, only differences have."
    large = y[y > 1]
    stirling = large * np.log(large) - large + 0.5 * np.log(2 * math.pi * large)
    lower = float((special.gammaln(large + 1) - stirling).sum() / len(y))
    return f"With ln y!, exact; torch's full=True approximates it and comes out {number(lower, digits=2)} lower on these targets."


def _spread(y: NDArray[np.float64]) -> tuple[str, ...]:
    ratio = float(y.var(ddof=1) / y.mean())
    if ratio < 1.5:
        return ()
    told = f"The variance is {number(ratio, digits=2)} times the mean, where a Poisson's would be equal"
    return (f"{told}: also weigh it by `count`, against a negative binomial.",)


LOSS = Loss(name="poisson", accepts=frozenset({"targets", "full"}), scale=poisson_scale)
