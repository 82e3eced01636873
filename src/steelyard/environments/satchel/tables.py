"""Satchel as tables: every bag, and for every word what taking it gives and leaves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from steelyard.environments.satchel.rules import Rules
from steelyard.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """What every word does to every bag.

    Bags are numbered in the order of their counts (of the first word, then of the second, ...); bag 0 is the empty one.

    Args:
        rules: the rules.
        bags: how often each word is in each bag, shape (states, words), as all that follow but `start`.
        present: whether it is.
        reward: of taking the word.
        left: the number of the bag after taking the word, before anything arrives.
        arrivals: the number of the bag after the word has arrived; the bag itself where it is full.
        start: the distribution of an episode's first bag, shape (states,).

    Example:
        >>> from steelyard.environments.satchel.rules import SMALL
        >>> tables = Tables.of(SMALL)
        >>> bag = tables.number({"key_1": 1, "chest_1": 1, "wolf": 1})
        >>> float(tables.reward[bag, SMALL.number("chest", 1)])          # +2 with its key, -1 beside the wolf
        1.0
        >>> tables.described(tables.left[bag, SMALL.number("chest", 1)])
        'wolf'
    """

    rules: Rules
    bags: NDArray[np.uint8]
    present: NDArray[np.bool_]
    reward: NDArray[np.float64]
    left: NDArray[np.int32]
    arrivals: NDArray[np.int32]
    start: NDArray[np.float64]

    @staticmethod
    def of(rules: Rules) -> Tables:
        """Return the tables of some rules; made once for each rules, and read-only."""
        return _tables_of(rules)

    def number(self, counts: Mapping[str, int]) -> int:
        """Return the number of the bag with these words.

        Args:
            counts: how often it has each word; words left out aren't in it.

        Raises:
            InputError: a word that the rules don't have, a count below 0, more words than the capacity.
        """
        words = self.rules.words
        unknown = [word for word in counts if word not in words]
        if unknown:
            raise InputError(
                f"`counts` must be of the words {', '.join(words)}, but got {', '.join(map(repr, unknown))}"
            )
        row = [counts.get(word, 0) for word in words]
        if min(row) < 0 or sum(row) > self.rules.capacity:
            raise InputError(
                f"a bag must have from 0 to {self.rules.capacity} words, none less than 0 times, but got {dict(counts)}"
            )
        return int(_numbers(self.bags, np.array([row], dtype=np.uint8))[0])

    def described(self, state: int | np.integer) -> str:
        """Return a bag's words with how often they are in it, or `(empty)`.

        Raises:
            InputError: a number that no bag has.
        """
        if not 0 <= state < len(self.bags):
            raise InputError(
                f"`state` must be the number of a bag, from 0 to {len(self.bags) - 1}, but got {state}"
            )
        row = self.bags[state]
        held = [
            word if count == 1 else f"{word} x{count}"
            for word, count in zip(self.rules.words, row.tolist(), strict=True)
            if count
        ]
        return ", ".join(held) or "(empty)"


@lru_cache(maxsize=16)
def _tables_of(rules: Rules) -> Tables:
    bags = _every_bag(rules)
    reward, left = _taking(rules, bags)
    tables = Tables(
        rules=rules,
        bags=bags,
        present=bags > 0,
        reward=reward,
        left=left,
        arrivals=_arriving(rules, bags),
        start=_start(rules, bags),
    )
    for name in ("bags", "present", "reward", "left", "arrivals", "start"):
        getattr(tables, name).flags.writeable = False
    return tables


def _every_bag(rules: Rules) -> NDArray[np.uint8]:
    """Return all bags, sorted, shape (states, words); each is a choice of `capacity` out of the words and nothing, in any order."""
    words = len(rules.words)
    chosen = combinations_with_replacement(range(words + 1), rules.capacity)
    flat = np.fromiter(chain.from_iterable(chosen), dtype=np.int64, count=rules.states * rules.capacity)
    rows = np.repeat(np.arange(rules.states), rules.capacity)
    counts = np.bincount(rows * (words + 1) + flat, minlength=rules.states * (words + 1))
    bags = counts.reshape(rules.states, words + 1)[:, :words].astype(np.uint8)
    return np.ascontiguousarray(bags[np.argsort(_keys(bags))])


def _keys(bags: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """Return a sortable key of each bag: its counts as one string of bytes."""
    return np.ascontiguousarray(bags).view(f"S{bags.shape[1]}").ravel()


def _numbers(bags: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return the numbers of some bags, all of which are among the sorted `bags`."""
    return np.searchsorted(_keys(bags), _keys(wanted)).astype(np.int32)


def _taking(rules: Rules, bags: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    reward = np.zeros(bags.shape)
    left = np.empty(bags.shape, dtype=np.int32)
    wolf, bread = rules.number("wolf"), rules.number("bread")
    for word in range(bags.shape[1]):
        there = bags[:, word] > 0
        after = bags.copy()
        after[there, word] -= 1
        if word in range(rules.kinds, 2 * rules.kinds):
            value, key = rules.values[word - rules.kinds], word - rules.kinds
            opened = there & (bags[:, key] > 0)
            after[opened, key] -= 1
            reward[:, word] = np.where(opened, value, -rules.hasty * value)
            reward[:, word] += np.where(bags[:, wolf] > 0, rules.beside_wolf, 0.0)
        elif word == wolf:
            fed = there & (bags[:, bread] > 0)
            after[fed, bread] -= 1
            reward[:, word] = np.where(fed, 0.0, rules.hungry_wolf)
        reward[~there, word] = rules.absent
        left[:, word] = _numbers(bags, after)
    return reward, left


def _arriving(rules: Rules, bags: NDArray[np.uint8]) -> NDArray[np.int32]:
    room = bags.sum(axis=1) < rules.capacity
    arrivals = np.empty(bags.shape, dtype=np.int32)
    for word in range(bags.shape[1]):
        after = bags.copy()
        after[room, word] += 1
        arrivals[:, word] = _numbers(bags, after)
    return arrivals


def _start(rules: Rules, bags: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the multinomial probability of every full bag, 0 of the others."""
    factorials = np.array([float(math.factorial(count)) for count in range(rules.capacity + 1)])
    ways = factorials[rules.capacity] / factorials[bags].prod(axis=1)
    full = bags.sum(axis=1) == rules.capacity
    return np.where(full, ways / float(len(rules.words)) ** rules.capacity, 0.0)
