"""The data of a question: series, the date where testing starts, and what has to hold before anything is trained."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self, cast

import numpy as np
from numpy.typing import NDArray

from steelyard.data.series import CountSeries, MissingRule, read_series
from steelyard.data.storms import STORMS_SOURCE, storms
from steelyard.errors import InputError
from steelyard.rare_events.coerce import check_training

TEST_SHARE = 0.2
VALIDATION_SHARE = 0.15
LEAST_STEPS = 300


class Roles(NamedTuple):
    """Which columns of a table are covariates known in advance, past covariates and static features; see `read_series`."""

    known: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    static: tuple[str, ...] = ()

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[str]] | None) -> Self:
        """Return the roles that JSON kept."""
        return cls(**{role: tuple(names) for role, names in (columns or {}).items()})


NO_ROLES = Roles()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """Series split by time: everything before `start` is history, everything from it on is only tested on.

    Args:
        source: where the series come from, in one line.
        series: all of them, whole.
        start: first date (or position) of the test period, the same for all series.
        validation_start: first date of the history's last part, which decides when training stops.
    """

    source: str
    series: tuple[CountSeries, ...]
    start: Any
    validation_start: Any

    @property
    def history(self) -> tuple[CountSeries, ...]:
        """Return every series' steps before the test period."""
        return tuple(each.before(self.start) for each in self.series)

    @property
    def test_y(self) -> NDArray[np.int64]:
        """Return the counts of the test period, series after series."""
        return np.concatenate([each.y[len(each.before(self.start)) :] for each in self.series])

    @property
    def validation_y(self) -> NDArray[np.int64]:
        """Return the counts of the history's last part, series after series."""
        return np.concatenate([each.y[len(each.before(self.validation_start)) :] for each in self.history])

    @property
    def step(self) -> str:
        """Return the step's name."""
        return self.series[0].step

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of all series: equal data, equal fingerprints."""
        return hashlib.sha256("".join(each.fingerprint for each in self.series).encode()).hexdigest()

    def describe(self) -> dict[str, str]:
        """Return source, size, period, split and fingerprint as text for people to read."""
        steps = sum(map(len, self.series))
        zeros = float(np.mean(np.concatenate([each.y for each in self.series]) == 0))
        test_events = float((self.test_y > 0).mean())
        train_events = float((np.concatenate([each.y for each in self.history]) > 0).mean())
        missing = sum(each.missing for each in self.series)
        first, last = min(each.ds[0] for each in self.series), max(each.ds[-1] for each in self.series)
        described = {
            "source": self.source,
            "rows": f"{steps} ({self.step})"
            + (f", {len(self.series)} series" if len(self.series) > 1 else ""),
            "period": f"{show_date(first)} to {show_date(last)}",
            "zeros": f"{zeros:.1%}; the others 1 to {max(int(each.y.max()) for each in self.series)}",
            "test period": f"from {show_date(self.start)}, {len(self.test_y)} steps",
            "base rate": f"{train_events:.1%} of the steps before the test period have an event, {test_events:.1%} of those in it",
            "fingerprint": self.fingerprint,
        }
        first_series = self.series[0]
        for role, names in (
            ("known covariates", first_series.known_names),
            ("past covariates", first_series.past_names),
            ("static features", tuple(first_series.static)),
        ):
            if names:
                described[role] = ", ".join(names)
        if missing:
            described["missing dates"] = f"{missing}, rule: {self.series[0].missing_rule}"
        return described


@lru_cache(maxsize=4)
def load(data: str | None, missing: str | None, fingerprint: str = "", roles: Roles = NO_ROLES) -> Dataset:
    """Return the embedded storms (`data` None) or the series of a file, split and checked; read once a process.

    Args:
        data: path of a table, or None.
        missing: what a missing date means (`zero`, `drop`, `error`), or None.
        fingerprint: when not empty, what the data must still be.
        roles: columns of the file that are covariates and static features.

    Raises:
        InputError: data that can't be read, too few steps or events in a part, or data that changed since `fingerprint`.
    """
    if data is None:
        series = read_series(storms())
        source = STORMS_SOURCE
    else:
        series = read_series(Path(data), missing=cast("MissingRule | None", missing), **roles._asdict())
        source = data
    if len({each.step for each in series}) > 1:
        steps = ", ".join(f"{each.unique_id!r} {each.step}" for each in series[:5])
        raise InputError(f"all series must have the same step, but got {steps}; ask about one kind at a time")
    dates = np.sort(np.concatenate([each.ds for each in series]))
    if len(dates) < LEAST_STEPS:
        raise InputError(
            f"the data must have at least {LEAST_STEPS} steps to train, validate and test on, but have {len(dates)}; give a longer "
            "series"
        )
    test_from = int(len(dates) * (1 - TEST_SHARE))
    dataset = Dataset(
        source=source,
        series=series,
        start=dates[test_from],
        validation_start=dates[int(test_from * (1 - VALIDATION_SHARE))],
    )
    _check(dataset)
    if fingerprint and dataset.fingerprint != fingerprint:
        raise InputError(
            f"the data must not change while a study runs, but {source} did; run the study again"
        )
    return dataset


def show_date(date: Any) -> str:
    """Return a date without its midnight.

    Example:
        >>> show_date(np.datetime64("2024-03-09T00:00:00.000000"))
        '2024-03-09'
    """
    return str(date).removesuffix("T00:00:00.000000").removesuffix(".000000")


def _check(dataset: Dataset) -> None:
    check_training(dataset.history, at_least=60)
    validation = dataset.validation_y
    for each in dataset.series:
        if each.ds[-1] < dataset.start:
            raise InputError(
                f"every series must reach into the test period (from {show_date(dataset.start)}), but {each.unique_id!r} ends on "
                f"{show_date(each.ds[-1])}; leave it out"
            )
    early = np.concatenate([each.before(dataset.validation_start).y for each in dataset.series])
    for what, y in (("training", early), ("validation", validation), ("test", dataset.test_y)):
        events = int((y > 0).sum())
        if events < 5 or len(y) - events < 5:
            raise InputError(
                f"the {what} part must have at least 5 steps with an event and 5 without, but {events} of its {len(y)} steps have "
                "one; give a longer series"
            )
