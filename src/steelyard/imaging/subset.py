"""Some of many images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.data.images.eight_bit import Pixels
from steelyard.imaging.images import Images


@dataclass(frozen=True, slots=True)
class Subset:
    """Chosen ones of many images, read when they are asked for.

    Args:
        images: all of them.
        chosen: numbers of the chosen, in order.

    Example:
        >>> Subset(np.arange(8, dtype=np.uint8).reshape(8, 1, 1), np.array([5, 2]))[1].tolist()
        [[2]]
    """

    images: Images
    chosen: NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many are chosen."""
        return len(self.chosen)

    def __getitem__(self, index: int, /) -> Pixels:
        """Return one of the chosen images."""
        return self.images[int(self.chosen[index])]
