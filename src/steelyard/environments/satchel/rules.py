"""The rules of Satchel: what taking a word from the bag gives, uses up and leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Literal

from steelyard.errors import InputError

MOST_STATES = 200_000
"""Bags that tables are made for at most: they would take more than a gigabyte beyond."""
MOST_WORDS = 125
"""Words at most: an observation holds their numbers from 2 on as 8-bit integers."""

Part = Literal["key", "chest", "wolf", "bread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of Satchel.

    A bag holds words, some more than once. Each step takes one word, in this order:

    1. A word that isn't in the bag costs `absent`, and the bag stays as it is. Any other word leaves the bag.
    2. A key or bread gives nothing. `chest_i` gives `values[i]` and uses up one `key_i` if there is one, else it costs
       `hasty` times the value. It costs `beside_wolf` more while a wolf is in the bag; the wolf stays. A wolf uses up one bread if there is
       one, else it costs `hungry_wolf`.
    3. With probability `arrival` a word arrives, each equally likely; it is lost if the bag is full. This happens after an absent word too.

    An episode begins with `capacity` words, drawn uniformly and independently, and ends after `horizon` steps. Its return is the sum of
    its rewards, undiscounted.

    Args:
        values: what each kind of chest gives, above 0, least first by custom; there are as many kinds of key.
        capacity: most words in a bag, from 1 to 100.
        horizon: steps in an episode, at least 1.
        arrival: probability that a word arrives after a step, 0-1.
        absent: reward of a word that isn't there, at most 0.
        hasty: what a chest without its key costs, as a share of its value, at least 0.
        beside_wolf: further reward of a chest while a wolf is in the bag, at most 0.
        hungry_wolf: reward of a wolf without bread, at most 0.

    Raises:
        InputError: a number outside its range, or rules with more than 200,000 bags.

    Example:
        >>> SMALL.words, SMALL.states
        (('key_0', 'key_1', 'chest_0', 'chest_1', 'wolf', 'bread'), 462)
        >>> FULL.states, FULL.horizon
        (3003, 16)
    """

    values: tuple[float, ...] = (1.0, 2.0, 4.0)
    capacity: int = 6
    horizon: int = 16
    arrival: float = 0.9
    absent: float = -0.1
    hasty: float = 0.5
    beside_wolf: float = -1.0
    hungry_wolf: float = -1.5

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(float(value) for value in self.values))
        if not self.values or not all(math.isfinite(value) and value > 0 for value in self.values):
            raise InputError(f"`values` must be one or more numbers above 0, but got {self.values}")
        if len(self.words) > MOST_WORDS:
            raise InputError(
                f"`values` must have at most {(MOST_WORDS - 2) // 2} kinds of chest, but got {len(self.values)}"
            )
        for name in ("capacity", "horizon"):
            if not isinstance(getattr(self, name), Integral):
                raise InputError(f"`{name}` must be a whole number, but got {getattr(self, name)!r}")
        if not 1 <= self.capacity <= 100:
            raise InputError(f"`capacity` must be from 1 to 100 words, but got {self.capacity}")
        if self.horizon < 1:
            raise InputError(f"`horizon` must be at least 1 step, but got {self.horizon}")
        if not 0 <= self.arrival <= 1:
            raise InputError(f"`arrival` must be a probability from 0 to 1, but got {self.arrival}")
        for name in ("absent", "beside_wolf", "hungry_wolf"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) <= 0):
                raise InputError(
                    f"`{name}` must be a reward of at most 0, but got {getattr(self, name)}; costs are negative rewards"
                )
        if not (math.isfinite(self.hasty) and self.hasty >= 0):
            raise InputError(f"`hasty` must be a share of at least 0, but got {self.hasty}")
        if self.states > MOST_STATES:
            raise InputError(
                f"the rules must have at most {MOST_STATES:,} different bags, but {len(self.words)} words and a capacity of "
                f"{self.capacity} have {self.states:,}; lower `capacity` or use fewer `values`"
            )

    @property
    def kinds(self) -> int:
        """Return the number of kinds of key, which is that of chests."""
        return len(self.values)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words, whose places are their numbers as actions: keys, chests, wolf, bread."""
        keys = (f"key_{kind}" for kind in range(self.kinds))
        chests = (f"chest_{kind}" for kind in range(self.kinds))
        return (*keys, *chests, "wolf", "bread")

    @property
    def states(self) -> int:
        """Return the number of different bags: C(capacity + words, capacity), the empty one among them."""
        return math.comb(self.capacity + len(self.words), self.capacity)

    def number(self, part: Part, kind: int = 0) -> int:
        """Return the number of a word.

        Args:
            part: what it is.
            kind: which key or chest; ignored for a wolf and bread.

        Example:
            >>> FULL.words[FULL.number("chest", 2)]
            'chest_2'
        """
        return {"key": kind, "chest": self.kinds + kind, "wolf": 2 * self.kinds, "bread": 2 * self.kinds + 1}[
            part
        ]


FULL = Rules()
"""Three kinds, at most 6 words, 16 steps: 3,003 bags. The environment `steelyard/Satchel-v0`."""
SMALL = Rules(values=(1.0, 2.0), capacity=5, horizon=12)
"""Two kinds, at most 5 words, 12 steps: 462 bags. The environment `steelyard/SatchelSmall-v0`."""


def rules_called(rules: Rules | str) -> Rules:
    """Return rules by their name, `full` or `small`; rules are returned as they are.

    Raises:
        InputError: another name, or something that isn't rules.

    Example:
        >>> rules_called("small") is SMALL
        True
    """
    named = {"full": FULL, "small": SMALL}
    if isinstance(rules, Rules):
        return rules
    if rules not in named:
        raise InputError(f"`rules` must be Rules(...), 'full' or 'small', but got {rules!r}")
    return named[rules]
