"""The estimator's parameters, checked, as a schedule and starting priors."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from steelyard.errors import InputError
from steelyard.topics.prior import Prior, resolve
from steelyard.topics.sampling import Schedule

START_ALPHA, START_BETA = 0.1, 0.1
"""What learning of priors starts from."""
MOST_WARM_UP = 30
"""Warm-up sweeps by default, at most a fifth of burn-in."""


def planned(
    *,
    topics: Any,
    alpha: Prior | None,
    beta: Prior | None,
    sweeps: Any,
    burn_in: int | None,
    every: Any,
    warm_up: int | None,
) -> tuple[Schedule, NDArray[np.float64], float]:
    """Return the schedule, alpha of each topic, and beta that a chain starts with; arguments as the estimator's.

    Raises:
        InputError: a number out of range.

    Example:
        >>> schedule, alpha, beta = planned(topics=4, alpha=None, beta="learn", sweeps=100, burn_in=None, every=5, warm_up=None)
        >>> schedule.burn_in, schedule.warm_up, alpha.tolist(), beta
        (50, 10, [0.25, 0.25, 0.25, 0.25], 0.1)
    """
    size, total = counted("n_components", topics), counted("max_iter", sweeps)
    learn_alpha, learn_beta = isinstance(alpha, str), isinstance(beta, str)
    dropped = total // 2 if burn_in is None else burn_in
    schedule = Schedule(
        sweeps=total,
        burn_in=dropped,
        every=counted("evaluate_every", every),
        warm_up=min(MOST_WARM_UP, dropped // 5) if warm_up is None else warm_up,
        learn_alpha=learn_alpha,
        learn_beta=learn_beta,
    )
    own = 1.0 / size
    alphas = resolve(alpha, size=size, name="doc_topic_prior", start=START_ALPHA if learn_alpha else own)
    betas = resolve(beta, size=1, name="topic_word_prior", start=START_BETA if learn_beta else own)
    return schedule, alphas, float(betas[0])


def counted(name: str, value: Any) -> int:
    """Return a whole number of at least 1.

    Raises:
        InputError: anything else.

    Example:
        >>> counted("n_chains", 0)
        Traceback (most recent call last):
        steelyard.errors.InputError: `n_chains` must be a whole number of at least 1, but got 0
    """
    found = _whole(value)
    if found is None or found < 1:
        raise InputError(f"`{name}` must be a whole number of at least 1, but got {value!r}")
    return found


def seed_of(random_state: Any) -> int:
    """Return a seed: the number itself, or one drawn from a generator or, for None, from numpy's global one.

    Raises:
        InputError: a negative number.

    Example:
        >>> seed_of(7), seed_of(np.random.RandomState(0))
        (7, 209652396)
    """
    found = _whole(random_state)
    if found is None:
        return int(check_random_state(random_state).randint(2**31 - 1))
    if not 0 <= found < 2**63:
        raise InputError(f"`random_state` must be 0 to 2**63 - 1, but got {random_state}")
    return found


def _whole(value: Any) -> int | None:
    if isinstance(value, bool | np.bool_):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None
