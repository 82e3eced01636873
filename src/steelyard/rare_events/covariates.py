"""What a forecaster is told beside counts and dates: which covariates, on which scale, and what a category means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.data.series import CountSeries
from steelyard.errors import InputError

_Array = NDArray[np.float64]
_Rows = NDArray[np.int64]
MOST_CATEGORIES = 200
"""Most categories of a static feature; each is an input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A covariate or static feature that is a number, and the moments that it is standardised with.

    Args:
        name: its column.
        centre: mean over the training part.
        spread: standard deviation over the training part; 1 where it is constant.
    """

    name: str
    centre: float
    spread: float

    def scaled(self, values: Any) -> _Array:
        """Return values in standard deviations from the mean."""
        numbers: _Array = np.asarray(values, dtype=np.float64)
        scaled: _Array = (numbers - self.centre) / self.spread
        return scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A static feature that is text: an input for each category, 1 for the series' own, less its share among the training series.

    A category that wasn't there in training makes all of them 0: it counts as the average of those that were.

    Args:
        name: its column.
        categories: those of the training series, sorted.
        shares: of the training series, summing to 1.
    """

    name: str
    categories: tuple[str, ...]
    shares: tuple[float, ...]

    def encoded(self, value: str) -> _Array:
        """Return the inputs of a category, shape (categories,).

        Example:
            >>> region = Category(name="region", categories=("north", "south"), shares=(0.25, 0.75))
            >>> region.encoded("north").tolist(), region.encoded("west").tolist()
            ([0.75, -0.75], [0.0, 0.0])
        """
        if value not in self.categories:
            return np.zeros(len(self.categories))
        flags: _Array = np.array([float(each == value) for each in self.categories])
        return np.asarray(flags - np.array(self.shares), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariates:
    """Which covariates and static features are inputs, as they were in training.

    Args:
        past: known up to the origin.
        known: known in advance.
        numbers: static features that are numbers.
        categories: static features that are text.
    """

    past: tuple[Number, ...] = ()
    known: tuple[Number, ...] = ()
    numbers: tuple[Number, ...] = ()
    categories: tuple[Category, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.past or self.known or self.numbers or self.categories)

    @property
    def static_width(self) -> int:
        """Return how many inputs the static features make."""
        return len(self.numbers) + self.flags

    @property
    def flags(self) -> int:
        """Return how many of these, the last ones, stand for categories."""
        return sum(len(each.categories) for each in self.categories)

    def past_of(self, series: CountSeries) -> _Array:
        """Return the past covariates of every step, standardised, shape (steps, past).

        Raises:
            InputError: a series without one of them.
        """
        return _scaled(self.past, series, kind="past", rows=len(series))

    def known_of(self, series: CountSeries, *, rows: int) -> _Array:
        """Return what is known in advance of the first rows of a series and of those after its end, shape (rows, known).

        Raises:
            InputError: a series without one of them, or one that ends too early.
        """
        return _scaled(self.known, series, kind="known", rows=rows)

    def static_of(self, series: CountSeries) -> _Array:
        """Return the inputs that a series' static features make, shape (static_width,).

        Raises:
            InputError: a series without one of them, a number instead of a category or the other way round.
        """
        features: tuple[Number | Category, ...] = (*self.numbers, *self.categories)
        for feature in features:
            if feature.name not in series.static:
                raise _absent(series, "static", feature.name)
            if isinstance(series.static[feature.name], str) != isinstance(feature, Category):
                what = "text" if isinstance(feature, Category) else "a number"
                raise InputError(
                    f"the static feature {feature.name!r} of series {series.unique_id!r} must be {what}, as in training, but is "
                    f"{series.static[feature.name]!r}; convert it"
                )
        numbers = [float(each.scaled(series.static[each.name])) for each in self.numbers]
        flags = [each.encoded(str(series.static[each.name])) for each in self.categories]
        return np.concatenate([np.array(numbers), *flags])

    def inputs(self, series: CountSeries, *, origin: _Rows, row: _Rows) -> _Array:
        """Return everything that forecasts may use, standardised, shape (forecasts, all of it).

        Args:
            series: with the covariates.
            origin: how many steps each forecast knows; its past covariates are those of the last one, averages before the first.
            row: the row that it is of; its known covariates are those of that row.

        Raises:
            InputError: what is not there, or ends too early.
        """
        past = np.concatenate([np.zeros((1, len(self.past))), self.past_of(series)])[origin]
        known = self.known_of(series, rows=int(row.max()) + 1 if len(row) else 0)[row]
        static = np.broadcast_to(self.static_of(series), (len(row), self.static_width))
        return np.concatenate([past, static, known], axis=1)


def covariates_of(series: Sequence[CountSeries], *, stops: Sequence[int] | None = None) -> Covariates:
    """Return the covariates that series have, with the moments of their training part.

    Args:
        series: those that are learned from; all must have the same covariates, in any order.
        stops: how many steps of each series are trained on; None: all of them.

    Raises:
        InputError: series that don't have the same ones; text where others have numbers; more than 200 categories; numbers too
            large to be standardised.

    Example:
        >>> from dataclasses import replace
        >>> from steelyard.data import read_series
        >>> (series,) = read_series([0, 3, 0, 1])
        >>> series = replace(series, past=np.array([[1.0], [3.0], [1.0], [9.0]]), past_names=("temperature",))
        >>> covariates_of([series], stops=[2]).past
        (Number(name='temperature', centre=2.0, spread=1.0),)
    """
    first = series[0]
    for each in series[1:]:
        for kind, names, expected in (
            ("past covariates", each.past_names, first.past_names),
            ("known covariates", each.known_names, first.known_names),
            ("static features", tuple(each.static), tuple(first.static)),
        ):
            if sorted(names) != sorted(expected):
                raise InputError(
                    f"all series must have the same {kind}, but {first.unique_id!r} has {_listed(expected)} and {each.unique_id!r} has "
                    f"{_listed(names)}; give them all, or leave the column out"
                )
    until = [len(each) for each in series] if stops is None else stops
    numbers, categories = [], []
    for name in first.static:
        values = [each.static[name] for each in series]
        texts = [value for value in values if isinstance(value, str)]
        if not texts:
            numbers.append(_number(name, np.array(values, dtype=np.float64)))
        elif len(texts) == len(values):
            categories.append(_category(name, texts))
        else:
            raise InputError(
                f"the static feature {name!r} must be text in all series or a number in all, but is both; convert it"
            )
    return Covariates(
        past=tuple(_number(name, _column(series, "past", name, until)) for name in first.past_names),
        known=tuple(_number(name, _column(series, "known", name, until)) for name in first.known_names),
        numbers=tuple(numbers),
        categories=tuple(categories),
    )


def covariates_from(described: Mapping[str, Any]) -> Covariates:
    """Return covariates from what `dataclasses.asdict` made of them and JSON kept.

    Example:
        >>> described = {"past": [], "known": [{"name": "promo", "centre": 0.5, "spread": 0.5}], "numbers": [], "categories": []}
        >>> covariates_from(described).known[0].name
        'promo'
    """
    return Covariates(
        past=tuple(Number(**each) for each in described["past"]),
        known=tuple(Number(**each) for each in described["known"]),
        numbers=tuple(Number(**each) for each in described["numbers"]),
        categories=tuple(
            Category(name=each["name"], categories=tuple(each["categories"]), shares=tuple(each["shares"]))
            for each in described["categories"]
        ),
    )


def _scaled(wanted: Sequence[Number], series: CountSeries, *, kind: str, rows: int) -> _Array:
    names, values = (series.past_names, series.past) if kind == "past" else (series.known_names, series.known)
    columns = []
    for each in wanted:
        if values is None or each.name not in names:
            raise _absent(series, kind, each.name)
        if len(values) < rows:
            raise InputError(
                f"the known covariates of series {series.unique_id!r} must reach {rows - len(series)} steps beyond its last count, but "
                f"reach {len(values) - len(series)}; add rows with an empty count for the steps ahead, or forecast fewer"
            )
        columns.append(each.scaled(values[:rows, names.index(each.name)]))
    return np.column_stack(columns) if columns else np.zeros((rows, 0))


def _absent(series: CountSeries, kind: str, name: str) -> InputError:
    there = {"past": series.past_names, "known": series.known_names, "static": tuple(series.static)}[kind]
    what = "static feature" if kind == "static" else f"{kind} covariate"
    return InputError(
        f"series {series.unique_id!r} must have the {what} {name!r}, which the forecaster was fitted with, but has {_listed(there)}; "
        f'read the data with read_series(..., {kind}=("{name}",))'
    )


def _column(series: Sequence[CountSeries], kind: str, name: str, until: Sequence[int]) -> _Array:
    """Return a covariate over the training part of all series."""
    parts = []
    for each, stop in zip(series, until, strict=True):
        names, values = (each.past_names, each.past) if kind == "past" else (each.known_names, each.known)
        assert values is not None
        parts.append(values[:stop, names.index(name)])
    return np.concatenate(parts)


def _number(name: str, values: _Array) -> Number:
    if len(values) == 0:
        return Number(name=name, centre=0.0, spread=1.0)
    with np.errstate(over="ignore", invalid="ignore"):
        centre, spread = float(values.mean()), float(values.std())
    if not (np.isfinite(centre) and np.isfinite(spread)):
        raise InputError(
            f"{name!r} must be small enough to be squared, but reaches {np.abs(values).max():g}; give it in larger units"
        )
    return Number(name=name, centre=centre, spread=spread if spread > 1e-9 * max(1.0, abs(centre)) else 1.0)


def _category(name: str, values: list[str]) -> Category:
    categories, counts = np.unique(np.array(values, dtype=object), return_counts=True)
    if len(categories) > MOST_CATEGORIES:
        raise InputError(
            f"the static feature {name!r} must have at most {MOST_CATEGORIES} categories, but has {len(categories)}; join the rare ones"
        )
    return Category(
        name=name,
        categories=tuple(map(str, categories)),
        shares=tuple((counts / counts.sum()).tolist()),
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
