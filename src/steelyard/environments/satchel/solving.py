"""The best policy of Satchel by dynamic programming, and the scale of returns from uniform to best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from steelyard.environments.satchel.evaluation import Evaluation, action_values, evaluate
from steelyard.environments.satchel.references import best_order, fixed_order, myopic, uniform
from steelyard.environments.satchel.rules import Rules
from steelyard.environments.satchel.tables import Tables
from steelyard.weigh.scale import ReferencePoint, Scale

__all__ = [
    "Evaluation",
    "Optimum",
    "best_order",
    "evaluate",
    "fixed_order",
    "myopic",
    "optimal",
    "return_scale",
    "uniform",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimum:
    """The best policy and what it gets.

    Args:
        expected_return: of an episode; no policy gets more.
        values: the expected sum of rewards from a step on, in every bag, shape (horizon, states).
        action_values: the same when a given word is taken first and the best ones after it; what a word loses against the best is
            `values[..., None] - action_values`; shape (horizon, states, words).
        words: the number of the best word in every step and bag; of equals, the lowest; shape (horizon, states).
    """

    expected_return: float
    values: NDArray[np.float64]
    action_values: NDArray[np.float64]
    words: NDArray[np.int64]

    @property
    def policy(self) -> NDArray[np.float64]:
        """Return the policy as probabilities, as `evaluate` takes it, shape (horizon, states, words)."""
        chances = np.zeros(self.action_values.shape)
        np.put_along_axis(chances, self.words[..., None], 1.0, axis=-1)
        return chances


def optimal(tables: Tables) -> Optimum:
    """Return the best policy, by backward induction (Bellman 1957) over every step and bag.

    Example:
        >>> from steelyard.environments.satchel.rules import FULL, SMALL
        >>> [round(optimal(Tables.of(rules)).expected_return, 3) for rules in (FULL, SMALL)]
        [8.266, 2.844]
    """
    horizon = tables.rules.horizon
    values = np.zeros((horizon, len(tables.bags)))
    each = np.zeros((horizon, *tables.bags.shape))
    ahead = np.zeros(len(tables.bags))
    for step in reversed(range(horizon)):
        each[step] = action_values(tables, ahead)
        ahead = each[step].max(axis=1)
        values[step] = ahead
    return Optimum(
        expected_return=float(tables.start @ ahead),
        values=values,
        action_values=each,
        words=each.argmax(axis=2),
    )


@lru_cache(maxsize=16)
def return_scale(rules: Rules) -> Scale:
    """Return the scale of an episode's return: 0 is what uniformly random words get, 1 the best policy; all points are exact.

    Example:
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> print(return_scale(SMALL))
        return in reward per episode (higher is better): uniform -2.20, fixed order -1.34, myopic 1.54, optimal 2.84
        >>> print(return_scale(SMALL).place(2.5).sentence)
        2.50 reward per episode is 4.7 above the baseline, uniform (-2.20): better than myopic (1.54), 93% of the way from
        uniform to optimal (2.84)
    """
    tables = Tables.of(rules)
    order = best_order(tables)
    baseline = ReferencePoint(
        name="uniform",
        value=evaluate(tables, uniform(tables)).expected_return,
        meaning="any word with equal probability, there or not",
    )
    fixed = ReferencePoint(
        name="fixed order",
        value=evaluate(tables, fixed_order(tables, order)).expected_return,
        meaning=f"the first that is there of {', '.join(order)}: the best fixed order",
    )
    greedy = ReferencePoint(
        name="myopic",
        value=evaluate(tables, myopic(tables)).expected_return,
        meaning="the word with the highest reward now",
    )
    best = ReferencePoint(
        name="optimal",
        value=optimal(tables).expected_return,
        meaning="the best policy, by dynamic programming",
    )
    return Scale(
        loss="return",
        unit="reward per episode",
        direction="higher",
        baseline=baseline,
        floor=best,
        references=(baseline, fixed, greedy, best),
        notes=("Every point is computed exactly from the rules, without episodes.",),
    )
