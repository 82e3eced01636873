"""Placement values: how each image stands among those of the other kind; the area is their mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placements:
    """Placement values of one finding's scores.

    Args:
        positive: for each image with the finding, the share of the others with a lower score (equal ones count half).
        negative: for each image without it, the share of those with it that have a higher score.
    """

    positive: _Array
    negative: _Array

    @property
    def area(self) -> float:
        """Return the area under the ROC curve: P(score with the finding > score without), ties half."""
        return float(self.positive.mean())


def placements(present: NDArray[np.bool_], scores: _Array) -> Placements:
    """Return the placement values, by midranks (Sun and Xu 2014), in n log n steps.

    Args:
        present: which images have the finding, at least one and not all, shape (images,).
        scores: finite, shape (images,).

    Example:
        >>> found = placements(np.array([False, True, True]), np.array([0.2, 0.1, 0.7]))
        >>> found.positive.tolist(), found.negative.tolist(), found.area
        ([0.0, 1.0], [0.5], 0.5)
    """
    positives, negatives = int(present.sum()), int((~present).sum())
    whole = rankdata(scores)
    above = whole[present] - rankdata(scores[present])
    below = whole[~present] - rankdata(scores[~present])
    return Placements(positive=above / negatives, negative=1 - below / positives)
