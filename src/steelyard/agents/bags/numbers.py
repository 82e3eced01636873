"""A fixed row of numbers as a bag: one word for each number."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.agents.bags.bag import Bags
from steelyard.errors import InputError


class NumberBags:
    """Encode observations that are a row of numbers (CartPole's four, for instance).

    Number i becomes the word i + 1, which says which number it is, with its value as the word's one feature. What a row means depends on the
    place, and a bag has no places: the word carries it.

    Args:
        count: how many numbers an observation has.
        scale: what the numbers are divided by, one for all or one for each; some environments' numbers are far from 1.

    Raises:
        InputError: no numbers, or a scale of 0.

    Example:
        >>> encoder = NumberBags(4, scale=[2.4, 3.0, 0.2, 3.0])
        >>> bags = encoder.bags(np.array([[1.2, 0.0, 0.1, -3.0]]))
        >>> bags.words.tolist(), bags.features.ravel().tolist()
        ([[1, 2, 3, 4]], [0.5, 0.0, 0.5, -1.0])
    """

    def __init__(self, count: int, *, scale: float | list[float] | None = None) -> None:
        if count < 1:
            raise InputError(f"`count` must be at least 1, but got {count}")
        divisor = (
            np.broadcast_to(np.asarray(1.0 if scale is None else scale, dtype=np.float64), (count,))
            if (scale is None or np.size(scale) in (1, count))
            else None
        )
        if divisor is None or not (np.isfinite(divisor) & (divisor > 0)).all():
            raise InputError(f"`scale` must be one number above 0 or {count} of them, but got {scale}")
        self._count, self._divisor = count, divisor

    @property
    def vocabulary(self) -> int:
        """Return one more than the count."""
        return self._count + 1

    @property
    def features(self) -> int:
        """Return 1: the number's value."""
        return 1

    @property
    def length(self) -> int:
        """Return the count."""
        return self._count

    def bags(self, observations: Any) -> Bags:
        """Return a batch of bags.

        Args:
            observations: shape (n, count).

        Raises:
            InputError: another shape, or a number that is infinite or nan.
        """
        values = np.asarray(observations)
        if values.ndim != 2 or values.shape[1] != self._count or values.dtype.kind not in "iuf":
            raise InputError(
                f"observations must be arrays of {self._count} numbers each, but got the shape {values.shape}"
            )
        words = np.broadcast_to(np.arange(1, self._count + 1, dtype=np.int32), values.shape)
        features = (values / self._divisor).astype(np.float32)[:, :, None]
        return Bags(words=words, mask=np.ones(values.shape, dtype=np.bool_), features=features)
