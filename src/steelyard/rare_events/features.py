"""What a model is told before each step: yesterday, slow averages of the past, covariates, and the season of the day itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from steelyard.data.series import CountSeries
from steelyard.rare_events.covariates import Covariates, covariates_from

Season = Literal["year", "week", "day"]
_Array = NDArray[np.float64]
_SO_FAR = 4
SIGNALS = 2
"""The first columns: log1p of the last count, and whether there was an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Which inputs to make; `table` makes those that the network reads, `known` those of the steps it forecasts.

    Args:
        memory: half-lives, in steps, of the exponential averages of event and log1p(count).
        seasons: calendar cycles whose sine and cosine at the forecast step are inputs; none for series without dates.
        harmonics: sines and cosines a cycle.
        covariates: past and known covariates and static features, with the moments they are standardised with.
        so_far: what tells one series of a panel from another is an input too: mean of log1p(count) and share of events so far, log1p of
            the steps known, and log1p of those since the last event (since the start where there was none).
    """

    memory: tuple[float, ...] = (3.0, 27.0, 365.0)
    seasons: tuple[Season, ...] = ("year",)
    harmonics: int = 2
    covariates: Covariates = field(default_factory=Covariates)
    so_far: bool = False

    @property
    def known_width(self) -> int:
        """Return the number of inputs that are known for steps ahead; they are the last columns of `table`."""
        return 2 * self.harmonics * len(self.seasons) + len(self.covariates.known)

    @property
    def flags(self) -> slice:
        """Return the columns of `table` that stand for categories."""
        stop = self.width - self.known_width
        return slice(stop - self.covariates.flags, stop)

    @property
    def width(self) -> int:
        """Return the number of inputs."""
        beside = _SO_FAR * self.so_far + len(self.covariates.past) + self.covariates.static_width
        return SIGNALS * (1 + len(self.memory)) + beside + self.known_width

    def table(self, series: CountSeries, *, ahead: bool = False) -> _Array:
        """Return the inputs of every step, shape (steps, width).

        Row t knows the counts and past covariates before t, what is known in advance of t, and nothing else of it.

        Args:
            series: counts, dates and covariates.
            ahead: add a row for the step after the last.

        Raises:
            InputError: covariates that are not there, or don't reach far enough.

        Example:
            >>> from steelyard.data import read_series
            >>> (series,) = read_series([0, 3, 0, 1])
            >>> Features(memory=(), seasons=()).table(series).round(2).tolist()
            [[0.0, 0.0], [0.0, 0.0], [1.39, 1.0], [0.0, 0.0]]
        """
        rows = len(series) + ahead
        signals = np.stack([np.log1p(series.y.astype(np.float64)), (series.y > 0).astype(np.float64)], axis=1)
        averages = [_average(signals, half_life) for half_life in self.memory]
        so_far = [_so_far(signals)] if self.so_far else []
        past = np.concatenate([signals, *averages, *so_far, self.covariates.past_of(series)], axis=1)
        before = np.concatenate([np.zeros((1, past.shape[1])), past])[:rows]
        static = np.broadcast_to(self.covariates.static_of(series), (rows, self.covariates.static_width))
        return np.concatenate([before, static, self.known(series, rows=rows)], axis=1)

    def before_start(self, series: CountSeries) -> _Array:
        """Return the inputs of every step before the first, shape (width,): quiet, covariates at their means, the series' own static."""
        row = np.zeros(self.width)
        static = self.covariates.static_of(series)
        row[self.flags.stop - len(static) : self.flags.stop] = static
        return row

    def known(self, series: CountSeries, *, rows: int) -> _Array:
        """Return what is known in advance of the first rows of a series and of those after its end, shape (rows, known_width).

        Raises:
            InputError: known covariates that are not there, or don't reach far enough.
        """
        dates = series.dates_from(0, steps=rows)
        cycles = [cycle_angles(dates, season) for season in self.seasons]
        waves = [
            wave(order * angle)
            for angle in cycles
            for order in range(1, self.harmonics + 1)
            for wave in (np.sin, np.cos)
        ]
        return np.column_stack([*waves, self.covariates.known_of(series, rows=rows)])

    def advance(self, rows: _Array, counts: NDArray[np.int64], *, steps: int, known: _Array) -> _Array:
        """Return the inputs one step on, shape (paths, width), from those of a step and the counts that happened on it.

        Past covariates stay what they were: nobody has observed later ones.

        Args:
            rows: inputs of a step, shape (paths, width).
            counts: what happened on it, shape (paths,).
            steps: how many steps of the series the inputs knew.
            known: what is known in advance of the step after it, shape (known_width,).

        Example:
            >>> features = Features(memory=(1.0,), seasons=())
            >>> features.advance(np.zeros((1, 4)), np.array([1]), steps=0, known=np.zeros(0)).round(2).tolist()
            [[0.69, 1.0, 0.69, 1.0]]
        """
        signals = np.stack([np.log1p(counts.astype(np.float64)), (counts > 0).astype(np.float64)], axis=1)
        advanced = rows.copy()
        advanced[:, :SIGNALS] = signals
        for place, half_life in enumerate(self.memory, start=1):
            keep = 0.5 ** (1 / half_life)
            columns = slice(SIGNALS * place, SIGNALS * (place + 1))
            weight = -np.expm1(np.log(keep) * np.array([steps, steps + 1]))
            sums = keep * rows[:, columns] * weight[0] + (1 - keep) * signals
            advanced[:, columns] = sums / weight[1]
        if self.so_far:
            first = SIGNALS * (1 + len(self.memory))
            means, since = slice(first, first + SIGNALS), first + SIGNALS + 1
            advanced[:, means] = (rows[:, means] * steps + signals) / (steps + 1)
            advanced[:, since - 1] = np.log1p(steps + 1)
            advanced[:, since] = np.where(counts > 0, 0.0, np.log1p(np.expm1(rows[:, since]) + 1))
        advanced[:, self.width - self.known_width :] = known
        return advanced


def features_from(described: Mapping[str, Any]) -> Features:
    """Return features from what `dataclasses.asdict` made of them and JSON kept.

    Example:
        >>> features_from({"memory": [3.0], "seasons": []}) == Features(memory=(3.0,), seasons=())
        True
    """
    named: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in described.items()
    }
    if "covariates" in named:
        named["covariates"] = covariates_from(named["covariates"])
    return Features(**named)


def cycle_angles(dates: NDArray[np.datetime64] | NDArray[np.int64], season: Season) -> _Array:
    """Return how far through a calendar cycle each date is, in radians; zeros for positions without dates."""
    if dates.dtype.kind != "M":
        return np.zeros(len(dates))
    days = dates.astype("datetime64[us]").astype(np.int64) / 86_400e6
    if season == "year":
        year = dates.astype("datetime64[Y]")
        start = year.astype("datetime64[D]").astype(np.float64)
        end = (year + 1).astype("datetime64[D]").astype(np.float64)
        share = (days - start) / (end - start)
    elif season == "week":
        share = np.mod(days + 3, 7) / 7
    else:
        share = np.mod(days, 1)
    return np.asarray(2 * np.pi * share, dtype=np.float64)


def _average(signals: _Array, half_life: float) -> _Array:
    """Return exponential averages of everything up to each step, weights summing to 1 from the first step on."""
    keep = 0.5 ** (1 / half_life)
    weighted = lfilter([1 - keep], [1, -keep], signals, axis=0)
    weight = -np.expm1(np.log(keep) * np.arange(1, len(signals) + 1))
    return np.asarray(weighted / weight[:, None], dtype=np.float64)


def _so_far(signals: _Array) -> _Array:
    """Return means of the signals, log1p of the steps known and log1p of those since the last event, after each step."""
    known = np.arange(1, len(signals) + 1)
    last = np.maximum.accumulate(np.where(signals[:, 1] > 0, known, 0))
    return np.column_stack(
        [np.cumsum(signals, axis=0) / known[:, None], np.log1p(known), np.log1p(known - last)]
    )
