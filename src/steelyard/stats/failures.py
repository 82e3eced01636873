"""Failed seeds as outcomes: a level that fails more often is worse, and none profits from its own failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import betaln

from steelyard.errors import InputError

Side = Literal["level", "reference"]
_LARGEST_LOG = 700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Seeds on which one side failed and the other finished, and what follows.

    Args:
        level_only: seeds on which only the level failed.
        reference_only: seeds on which only the reference failed.
        e_value: evidence that the two fail at different rates.
    """

    level_only: int
    reference_only: int
    e_value: float

    @property
    def more(self) -> Side | None:
        """Return the side that failed on more seeds, None when equal."""
        if self.level_only == self.reference_only:
            return None
        return "level" if self.level_only > self.reference_only else "reference"


def weigh_failures(*, level_only: int, reference_only: int) -> Failures:
    """Return the evidence that one side fails more often, valid however often one looks.

    Given that exactly one side failed, equal failure rates make either equally likely. The mixture of binomial likelihood
    ratios over Jeffreys' prior Beta(1/2, 1/2) (Robbins 1970; Krichevsky and Trofimov 1981) is a martingale,
    E = 2^n B(k + 1/2, n - k + 1/2) / B(1/2, 1/2), so that E >= 1/alpha ever has probability at most alpha.

    Args:
        level_only: seeds on which only the level failed.
        reference_only: seeds on which only the reference failed.

    Raises:
        InputError: a negative count.

    Example:
        Seven seeds on which only the level failed are enough at 5% (E >= 20), six are not.

        >>> round(weigh_failures(level_only=7, reference_only=0).e_value, 1)
        26.8
        >>> round(weigh_failures(level_only=6, reference_only=0).e_value, 1)
        14.4
    """
    if min(level_only, reference_only) < 0:
        raise InputError(f"counts of seeds must be at least 0, but got {level_only} and {reference_only}")
    total = level_only + reference_only
    log_e = total * np.log(2) + betaln(level_only + 0.5, reference_only + 0.5) - betaln(0.5, 0.5)
    return Failures(
        level_only=level_only, reference_only=reference_only, e_value=float(np.exp(min(log_e, _LARGEST_LOG)))
    )
