"""Stretches of series that an LSTM is run over: some steps to warm up on, then the steps that are forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segments:
    """Rows of series, cut into overlapping stretches of equal length.

    Args:
        series: which of the series each stretch is of, in order, shape (segments,).
        rows: row of the series at each place, shape (segments, warm_up + span); rows before the series' start are -1.
        scored: whether the place is forecast here, shape (segments, warm_up + span); each row is so at most once.
    """

    series: _Rows
    rows: _Rows
    scored: NDArray[np.bool_]


def cut(*, first: _Rows, stop: _Rows, warm_up: int, span: int, offset: _Rows) -> Segments:
    """Return segments that score rows `first` to `stop` (exclusive) of each series once, after at least `warm_up` earlier rows.

    Segments that would score nothing are left out.

    Args:
        first: first row to score, shape (series,).
        stop: row after the last one to score, above `first`, shape (series,).
        warm_up: steps read before the first scored one of a segment.
        span: most steps scored a segment.
        offset: shifts the cuts of each series, 0 to span - 1, so that epochs can differ, shape (series,).

    Example:
        >>> one = np.array([0])
        >>> segments = cut(first=one + 2, stop=one + 5, warm_up=1, span=2, offset=one)
        >>> segments.rows.tolist()
        [[1, 2, 3], [3, 4, 5]]
        >>> segments.scored.tolist()
        [[False, True, True], [False, True, False]]
    """
    begin = first - offset
    pieces = -(-(stop - begin) // span)
    series = np.repeat(np.arange(len(first)), pieces)
    place = np.arange(len(series)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    rows = (begin[series] + place * span)[:, None] - warm_up + np.arange(warm_up + span)
    reached = (rows >= first[series, None]) & (rows < stop[series, None])
    scored = (np.arange(warm_up + span) >= warm_up) & reached
    some = scored.any(axis=1)
    return Segments(series=series[some], rows=np.maximum(rows, -1)[some], scored=scored[some])
