"""Tokens by how often they stand in the training text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.language.meaning.grouping import Grouping, banded


def by_frequency(targets: NDArray[np.integer], counts: NDArray[np.integer]) -> Grouping:
    """Return tokens grouped by the decade of their count in the training text.

    Args:
        targets: ids of the scored tokens, shape (n,).
        counts: how often each id stands in the training text, shape (size,).

    Example:
        >>> found = by_frequency(np.array([0, 1, 2]), np.array([0, 7, 2500]))
        >>> [found.names[each] for each in found.group]
        ['0', '1 to 9', '1,000 or more']

    When it is wrong: an unknown token counts as often as unknown tokens stand in the training text, all of them together.
    """
    seen = np.asarray(counts, dtype=np.int64)[targets]
    decades = len(str(int(seen.max(initial=1))))
    return banded(
        seen,
        (0, *(10**power for power in range(max(decades, 1)))),
        by="times in the training text",
    )
