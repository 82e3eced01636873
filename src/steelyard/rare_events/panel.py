"""All series of a source in flat tensors, so that segments of different series can stand in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steelyard.data.series import CountSeries
from steelyard.rare_events.features import Features
from steelyard.rare_events.segments import cut

_Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Segments of several series.

    Args:
        rows: row of the panel at each place, shape (segments, time); the series' row of quiet steps before its start.
        scored: whether the place is an origin that is forecast from here, shape (segments, time).
        stop: row of the panel from which targets don't count, shape (segments,).
    """

    rows: Tensor
    scored: Tensor
    stop: Tensor

    def __len__(self) -> int:
        """Return the number of segments."""
        return len(self.rows)

    def __getitem__(self, chosen: Tensor) -> Pieces:
        """Return some of the segments."""
        return Pieces(rows=self.rows[chosen], scored=self.scored[chosen], stop=self.stop[chosen])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Inputs, counts and what is known ahead, series after series; each has `horizon` rows after its end.

    The last rows, one a series, stand for every step before its start.

    Args:
        inputs: what is read at each origin, shape (rows, inputs).
        known: what is known in advance of each step, shape (rows, known).
        y: counts, shape (rows,); zero where there is none.
        first: first row of each series, shape (series,).
        steps: length of each series, shape (series,).
        horizon: how many steps ahead are forecast.
    """

    inputs: Tensor
    known: Tensor
    y: Tensor
    first: _Rows
    steps: _Rows
    horizon: int

    @classmethod
    def of(
        cls,
        series: Sequence[CountSeries],
        *,
        features: Features,
        horizon: int,
        ahead: bool,
        device: torch.device,
    ) -> Self:
        """Return the panel of some series.

        Args:
            series: at least one.
            features: which inputs to make, of counts, dates and covariates.
            horizon: how many steps ahead are forecast.
            ahead: whether steps after the series' ends are forecast, so that what is known of them is needed.
            device: where to keep it.

        Raises:
            InputError: covariates that are not there, or don't reach far enough.
        """
        steps = np.array([len(each) for each in series])
        taken = steps + horizon
        first = np.concatenate([[0], np.cumsum(taken)[:-1]])
        rows = int(taken.sum()) + len(series)
        inputs = np.zeros((rows, features.width), dtype=np.float32)
        known = np.zeros((rows, features.known_width), dtype=np.float32)
        y = np.zeros(rows, dtype=np.float32)
        inputs[int(taken.sum()) :] = [features.before_start(each) for each in series]
        for each, at, length in zip(series, first, steps, strict=True):
            table = features.table(each, ahead=ahead)
            inputs[at : at + len(table)] = table
            there = length + horizon if ahead else length
            known[at : at + there] = features.known(each, rows=there)
            y[at : at + length] = each.y
        return cls(
            inputs=torch.from_numpy(inputs).to(device),
            known=torch.from_numpy(known).to(device),
            y=torch.from_numpy(y).to(device),
            first=first,
            steps=steps,
            horizon=horizon,
        )

    def pieces(
        self, origins: Sequence[tuple[int, int]], *, warm_up: int, span: int, offsets: _Rows | None = None
    ) -> Pieces:
        """Return segments that score every origin once, series after series.

        Args:
            origins: first and stop origin of each series.
            warm_up: steps read before the first scored one.
            span: most steps scored a segment.
            offsets: shift of each series' cuts, 0 to span - 1; by default cuts lie at multiples of the span, so that a forecast
                doesn't depend on which others are asked for.
        """
        first, stop = np.array(origins, dtype=np.int64).reshape(-1, 2).T
        asked = np.flatnonzero(stop > first)
        first, stop, at = first[asked], stop[asked], self.first[asked]
        shift = first % span if offsets is None else offsets[asked]
        segments = cut(first=first, stop=stop, warm_up=warm_up, span=span, offset=shift)
        at, stop, last = at[segments.series], (at + stop)[segments.series], self.steps[asked][segments.series]
        inside = (segments.rows >= 0) & (segments.rows <= last[:, None])
        before = (len(self.y) - len(self.steps) + asked)[segments.series]
        device = self.y.device
        return Pieces(
            rows=torch.from_numpy(np.where(inside, segments.rows + at[:, None], before[:, None])).to(device),
            scored=torch.from_numpy(segments.scored).to(device),
            stop=torch.from_numpy(stop).to(device),
        )

    def targets(self, pieces: Pieces) -> tuple[Tensor, Tensor]:
        """Return the row of each target, shape (scored origins, horizon), and whether it counts (it lies before the stop)."""
        rows = pieces.rows[pieces.scored][:, None] + torch.arange(self.horizon, device=self.y.device)
        stop = pieces.stop[:, None].expand_as(pieces.rows)[pieces.scored]
        return rows.clamp(max=len(self.y) - 1), rows < stop[:, None]
