"""Stretches of a series that an LSTM is run over: some steps to warm up on, then the steps that are forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segments:
    """Rows of a series, cut into overlapping stretches of equal length.

    Args:
        rows: row of the series at each place, shape (segments, warm_up + span); rows before the series' start are -1.
        scored: whether the place is forecast here, shape (segments, warm_up + span); each row is so at most once.
    """

    rows: NDArray[np.int64]
    scored: NDArray[np.bool_]


def cut(*, first: int, stop: int, warm_up: int, span: int, offset: int = 0) -> Segments:
    """Return segments that score rows `first` to `stop` (exclusive) once each, after at least `warm_up` earlier rows.

    Args:
        first: first row to score.
        stop: row after the last one to score.
        warm_up: steps read before the first scored one of a segment.
        span: most steps scored a segment.
        offset: shifts the cuts, 0 to span - 1, so that epochs can differ.

    Example:
        >>> segments = cut(first=2, stop=5, warm_up=1, span=2)
        >>> segments.rows.tolist()
        [[1, 2, 3], [3, 4, 5]]
        >>> segments.scored.tolist()
        [[False, True, True], [False, True, False]]
    """
    starts = np.arange(first - offset, stop, span)
    rows = starts[:, None] - warm_up + np.arange(warm_up + span)
    scored = (np.arange(warm_up + span) >= warm_up) & (rows >= first) & (rows < stop)
    return Segments(rows=np.maximum(rows, -1), scored=scored)
