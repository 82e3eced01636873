"""Batches made ready by threads while the network works on the one before; the same bits for any number of threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from steelyard.data.images.eight_bit import Pixels
from steelyard.imaging.images import Images
from steelyard.imaging.preparation import Preparation

_BATCHES_AHEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One batch to make: which images, and which of them are mirrored.

    Args:
        chosen: numbers of the images, shape (batch,).
        flip: which are mirrored, shape (batch,); None: none.
    """

    chosen: NDArray[np.int64]
    flip: NDArray[np.bool_] | None = None


def batches(
    images: Images, preparation: Preparation, wanted: Sequence[Wanted], *, workers: int
) -> Iterator[Tensor]:
    """Give prepared batches in order.

    Args:
        images: all of them.
        preparation: what becomes of an image.
        wanted: the batches.
        workers: threads that read and resize; 0 does it when a batch is asked for.

    Raises:
        InputError: an image that can't be read.
    """
    if workers == 0:
        for each in wanted:
            yield preparation.batch(images, each.chosen, flip=each.flip)
        return

    def read(index: int) -> Pixels:
        return preparation.resized(images[index])

    with ThreadPoolExecutor(workers) as pool:
        ahead: list[list[Future[Pixels]]] = []
        try:
            for nth, each in enumerate(wanted):
                while len(ahead) + nth < min(nth + 1 + _BATCHES_AHEAD, len(wanted)):
                    ahead.append([pool.submit(read, int(index)) for index in wanted[nth + len(ahead)].chosen])
                pixels = [future.result() for future in ahead.pop(0)]
                yield preparation.normalised(preparation.stacked(pixels), flip=each.flip)
        finally:
            for futures in ahead:
                for future in futures:
                    future.cancel()
