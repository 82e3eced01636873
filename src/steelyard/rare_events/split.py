"""Which steps of each series are trained on, and which, later ones, decide when to stop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steelyard.data.series import CountSeries
from steelyard.errors import InputError
from steelyard.rare_events.training import Split


def training_stops(series: Sequence[CountSeries], *, validation_share: float) -> list[int]:
    """Return how many steps of each series come before the one date that validation starts at.

    Example:
        >>> from steelyard.data import read_series
        >>> training_stops(read_series([0, 1] * 50), validation_share=0.2)
        [80]
    """
    dates = np.sort(np.concatenate([each.ds for each in series]))
    cut_date = dates[int(len(dates) * (1 - validation_share))]
    return [int(np.searchsorted(each.ds, cut_date)) for each in series]


def split_by_date(series: Sequence[CountSeries], *, window: int, validation_share: float) -> Split:
    """Return the origins to train and validate on; validation starts at one date for all series.

    A series is trained on from its `window`-th step on, or from a quarter of its training part where that comes first: what lies
    before its start is read as quiet.

    Raises:
        InputError: a part without an event, or without a quiet step.

    Example:
        >>> from steelyard.data import read_series
        >>> split_by_date(read_series([0, 1] * 50), window=10, validation_share=0.2).train
        [(10, 80)]
    """
    stops = training_stops(series, validation_share=validation_share)
    train = [(min(window, stop // 4), stop) for stop in stops]
    validation = [(stop, len(each)) for stop, each in zip(stops, series, strict=True)]
    for what, rows in (("training", train), ("validation", validation)):
        y: NDArray[np.int64] = np.concatenate(
            [each.y[first:stop] for each, (first, stop) in zip(series, rows, strict=True)]
        )
        if not 0 < int((y > 0).sum()) < len(y):
            raise InputError(
                f"the {what} part must have steps with and without an event, but {int((y > 0).sum())} of its {len(y)} steps have "
                "one; give more data, or another `validation_share`"
            )
    return Split(train=train, validation=validation)
