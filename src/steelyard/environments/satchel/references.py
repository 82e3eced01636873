"""Policies that need no learning: what a trained one is weighed against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steelyard.environments.satchel.tables import Tables
from steelyard.errors import InputError

Table = NDArray[np.float64]
"""Probabilities, shape (states, words): the same policy in every step."""


def uniform(tables: Tables) -> Table:
    """Return the policy that takes any word, there or not, with equal probability.

    Example:
        >>> from steelyard.environments.satchel.evaluation import evaluate
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> round(evaluate(Tables.of(SMALL), uniform(Tables.of(SMALL))).expected_return, 3)
        -2.197
    """
    return np.full(tables.bags.shape, 1 / tables.bags.shape[1])


def myopic(tables: Tables) -> Table:
    """Return the policy that takes the word with the highest reward now; of equals, the one with the lowest number.

    Equals are common (every key, and bread, gives 0), and the tie matters: keys are thrown away before bread.

    Example:
        >>> from steelyard.environments.satchel.evaluation import evaluate
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> round(evaluate(Tables.of(SMALL), myopic(Tables.of(SMALL))).expected_return, 3)
        1.544
    """
    return certain(tables, tables.reward.argmax(axis=1))


def fixed_order(tables: Tables, order: Sequence[str | int] | None = None) -> Table:
    """Return the policy that takes the first word of an order that is in the bag, whatever else is.

    Args:
        tables: of the rules.
        order: every word once, or its number, what to take first first; None takes `best_order`.

    Raises:
        InputError: an order that doesn't have every word once.

    Example:
        >>> from steelyard.environments.satchel.evaluation import evaluate
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> tables = Tables.of(SMALL)
        >>> policy = fixed_order(tables, ["wolf", "chest_0", "bread", "key_0", "chest_1", "key_1"])
        >>> round(evaluate(tables, policy).expected_return, 3)
        -1.342
    """
    words = tables.rules.words
    chosen = best_order(tables) if order is None else order
    numbers = [words.index(each) if isinstance(each, str) and each in words else each for each in chosen]
    if sorted(map(str, numbers)) != sorted(map(str, range(len(words)))):
        raise InputError(f"`order` must have each of {', '.join(words)} once, but got {list(chosen)}")
    found = np.array(numbers, dtype=np.int64)
    return certain(tables, found[tables.present[:, found].argmax(axis=1)])


def best_order(tables: Tables) -> tuple[str, ...]:
    """Return the fixed order that gets most, found by moving one word at a time until no move helps.

    When it is wrong: the search may stop at an order that only moves of several words improve. On the small and the full rules it
    ends at the best of all 720 and 40,320.

    Example:
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> best_order(Tables.of(SMALL))
        ('wolf', 'chest_0', 'bread', 'key_0', 'chest_1', 'key_1')
    """
    rules = tables.rules
    keys, chests = list(range(rules.kinds)), list(range(rules.kinds, 2 * rules.kinds))
    order = [rules.number("wolf"), *chests, rules.number("bread"), *keys]
    best = _got(tables, order)
    improved = True
    while improved:
        improved = False
        for word in range(len(order)):
            for place in range(len(order)):
                moved = [each for each in order if each != word]
                moved.insert(place, word)
                got = _got(tables, moved)
                if got > best + 1e-12:
                    order, best, improved = moved, got, True
    return tuple(rules.words[word] for word in order)


def certain(tables: Tables, words: NDArray[np.int64]) -> Table:
    """Return the policy that takes one word in each bag.

    Args:
        tables: of the rules.
        words: the word's number for each bag, shape (states,).
    """
    table = np.zeros(tables.bags.shape)
    table[np.arange(len(table)), words] = 1.0
    return table


def _got(tables: Tables, order: list[int]) -> float:
    """Return what a fixed order gets; only the words that it takes are looked at, unlike in `evaluate`."""
    found = np.array(order)
    rows, words = np.arange(len(tables.bags)), found[tables.present[:, found].argmax(axis=1)]
    reward, left = tables.reward[rows, words], tables.left[rows, words]
    arrival = tables.rules.arrival
    ahead = np.zeros(len(rows))
    for _ in range(tables.rules.horizon):
        later = (1 - arrival) * ahead + arrival * ahead[tables.arrivals].mean(axis=1)
        ahead = reward + later[left]
    return float(tables.start @ ahead)
