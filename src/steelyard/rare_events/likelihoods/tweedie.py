"""Tweedie: a Poisson number of gamma amounts added up, with variance = dispersion x mean^power, 1 < power < 2.

Jorgensen (1987); Dunn and Smyth (2005). What a head is trained with is the unit deviance, which knows no dispersion. What the
head then says about counts is the compound distribution itself, rounded to whole numbers (`discretised_tweedie`). A discrete
distribution with that mean and variance wouldn't do: for a mean below (1 / dispersion)^(1 / (power - 1)) the variance lies below the
mean, and far enough below it no distribution on 0, 1, 2, ... has it.
"""

from __future__ import annotations

import math

import torch
from scipy.optimize import minimize_scalar
from torch import Tensor

_LOG_LEAST = -700.0
_NEGLIGIBLE = 1e-17
_DISPERSION = (0.05, 100.0)


def tweedie_deviance(y: Tensor, *, log_mean: Tensor, power: float) -> Tensor:
    """Return the unit deviance, elementwise, for amounts y >= 0: 0 where the mean is y, else positive.

    It is 2 (y^(2-p) / ((1-p)(2-p)) - y mu^(1-p) / (1-p) + mu^(2-p) / (2-p)) (Jorgensen 1987; Dunn and Smyth 2005),
    minus twice the quasi-log-likelihood less that of a mean equal to y.

    Args:
        y: amounts.
        log_mean: logarithm of mu.
        power: p of variance = dispersion x mu^p, in (1, 2); 1 is Poisson, 2 gamma.

    Example:
        >>> tweedie_deviance(torch.tensor([0.0, 1.0]), log_mean=torch.zeros(2), power=1.5).tolist()
        [4.0, 0.0]
    """
    rest = 2 - power
    saturated = -(y**rest) / ((power - 1) * rest)
    return 2 * (
        saturated + y * torch.exp(-(power - 1) * log_mean) / (power - 1) + torch.exp(rest * log_mean) / rest
    )


def tweedie_survival(x: Tensor, *, log_mean: Tensor, power: float, dispersion: float) -> Tensor:
    """Return P(Y > x), double, elementwise; 1 for x below 0.

    It is a Poisson mixture of gamma ones (Dunn and Smyth 2005): N ~ Poisson(mu^(2-p) / (phi (2-p))) amounts, each of shape
    (2-p) / (p-1) and scale phi (p-1) mu^(p-1). Numbers of amounts whose Poisson weight is below 1e-17 for every element are left
    out. Work grows with the largest N.

    Args:
        x: amounts.
        log_mean: logarithm of mu.
        power: p, in (1, 2).
        dispersion: phi, positive.

    Example:
        >>> tweedie_survival(torch.tensor([-1.0, 0.0]), log_mean=torch.zeros(2), power=1.5, dispersion=1.0).tolist()
        [1.0, 0.8646...]
    """
    mean = log_mean.double().exp()
    rate = mean ** (2 - power) / (dispersion * (2 - power))
    scaled = x.double().clamp(min=0) / (dispersion * (power - 1) * mean ** (power - 1))
    above = torch.zeros_like(scaled)
    shape_each = (2 - power) / (power - 1)
    for number in _numbers(rate):
        weight = torch.exp(number * rate.log() - rate - math.lgamma(number + 1))
        above = above + weight * torch.special.gammaincc(torch.full_like(scaled, number * shape_each), scaled)
    return torch.where(x < 0, 1.0, above)


def discretised_tweedie(*, most: int, log_mean: Tensor, power: float, dispersion: float) -> Tensor:
    """Return log of the mass that a Tweedie distribution has within 1/2 of 0 .. most, shape (..., most + 1).

    Masses are exact to about 1e-15 absolutely, and none is returned below exp(-700).

    When it is wrong: rounding sends amounts below 1/2 to 0, so that P(0) is more than the distribution's own exp(-lambda)
    and the mean of the counts is not exactly mu.

    Args:
        most: largest count.
        log_mean: logarithm of mu, shape (...).
        power: p, in (1, 2).
        dispersion: phi, positive.

    Example:
        >>> masses = discretised_tweedie(most=60, log_mean=torch.zeros(1), power=1.5, dispersion=1.0).exp()
        >>> masses[0, 0].item(), masses.sum().item()
        (0.394..., 1.0...)
    """
    edges = torch.arange(-1, most + 1, dtype=torch.float64, device=log_mean.device) + 0.5
    above = tweedie_survival(edges, log_mean=log_mean[..., None], power=power, dispersion=dispersion)
    return _log_mass(above[..., :-1] - above[..., 1:]).to(log_mean.dtype)


def tweedie_dispersion(y: Tensor, *, log_mean: Tensor, power: float) -> float:
    """Return the dispersion, within 0.05 to 100, under which counts are most likely as rounded amounts.

    The greatest likelihood is found by Brent's bounded search over log phi, to 1%. Pearson's estimate isn't used: one count where
    the mean is nearly 0 can outweigh everything else in it.

    When it is wrong: one dispersion is taken to hold for all steps, at every mean.

    Args:
        y: counts.
        log_mean: logarithm of mu, in the shape of y.
        power: p, in (1, 2).

    Example:
        >>> y = torch.tensor([0.0, 0.0, 0.0, 1.0, 0.0, 3.0])
        >>> tweedie_dispersion(y, log_mean=y.mean().log().expand(6), power=1.5)
        2.5...
    """

    def loss(log_dispersion: float) -> float:
        above, beyond = (
            tweedie_survival(edge, log_mean=log_mean, power=power, dispersion=math.exp(log_dispersion))
            for edge in (y - 0.5, y + 0.5)
        )
        return -float(_log_mass(above - beyond).mean())

    low, high = (math.log(bound) for bound in _DISPERSION)
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 0.01})
    return math.exp(float(found.x))


def _log_mass(mass: Tensor) -> Tensor:
    return mass.clamp(min=math.exp(_LOG_LEAST)).log()


def _numbers(rate: Tensor) -> range:
    """Return the values of N whose Poisson probability matters for one of the rates, from 1 on.

    P(N >= n) and P(N <= n) are at most exp(-r) (e r / n)^n on their side of r (Chernoff).
    """
    if rate.numel() == 0:
        return range(1, 1)
    least, greatest = float(rate.min()), float(rate.max())
    bound = math.log(_NEGLIGIBLE)
    first = int(least)
    while first > 1 and first - least + first * math.log(least / first) > bound:
        first = int(first * 0.9)
    stop = int(greatest) + 2
    while stop - greatest + stop * math.log(greatest / stop) > bound:
        stop += 1 + stop // 10
    return range(max(first, 1), stop)
