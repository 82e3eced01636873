"""The small object through which a trial function hands over more than its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from steelyard.study.trial import Curve

MOST_POINTS = 20_000
"""Points kept of one curve; a longer one is thinned to every second point, again and again."""


class Run(Protocol):
    """Handed to a trial function that has a parameter named `run`; everything logged is kept with the trial."""

    def curve(self, name: str, *, step: float, value: float) -> None:
        """Add one point to a learning curve."""

    def scores(self, name: str, values: Iterable[float]) -> None:
        """Keep per-example scores, shape (examples,); a metric of the same name must be their mean."""

    def table(self, name: str, columns: Mapping[str, Sequence[float | str]]) -> None:
        """Keep a small table (equal-length columns) for the report, e.g. a reliability curve."""


class Recorder:
    """The `Run` that a trial is given: keeps what is logged until the trial ends.

    Example:
        >>> run = Recorder()
        >>> run.curve("loss", step=0, value=1.5)
        >>> run.curves["loss"]
        Curve(steps=(0.0,), values=(1.5,))
    """

    def __init__(self) -> None:
        self._points: dict[str, list[tuple[float, float]]] = {}
        self._seen: dict[str, int] = {}
        self._stride: dict[str, int] = {}
        self._scores: dict[str, tuple[float, ...]] = {}
        self._tables: dict[str, dict[str, tuple[float | str, ...]]] = {}

    def curve(self, name: str, *, step: float, value: float) -> None:
        """Add one point to a learning curve."""
        points = self._points.setdefault(_named(name), [])
        stride = self._stride.setdefault(name, 1)
        seen = self._seen.get(name, 0)
        self._seen[name] = seen + 1
        if seen % stride == 0:
            points.append((float(step), float(value)))
            if len(points) > MOST_POINTS:
                del points[1::2]
                self._stride[name] = stride * 2

    def scores(self, name: str, values: Iterable[float]) -> None:
        """Keep per-example scores, replacing earlier ones of that name."""
        self._scores[_named(name)] = tuple(float(value) for value in values)

    def table(self, name: str, columns: Mapping[str, Sequence[float | str]]) -> None:
        """Keep a small table, replacing an earlier one of that name.

        Raises:
            TypeError: a name that isn't a string, or a value that is neither a number nor a string.
            ValueError: columns of different lengths.
        """
        lengths = {column: len(values) for column, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of table {name!r} must have equal lengths, but got {lengths}")
        self._tables[_named(name)] = {
            _named(column): tuple(_cell(value, column=column) for value in values)
            for column, values in columns.items()
        }

    @property
    def curves(self) -> dict[str, Curve]:
        """Return the curves logged so far."""
        return {
            name: Curve(steps=tuple(step for step, _ in points), values=tuple(value for _, value in points))
            for name, points in self._points.items()
        }

    @property
    def kept_scores(self) -> dict[str, tuple[float, ...]]:
        """Return the per-example scores kept so far."""
        return dict(self._scores)

    @property
    def tables(self) -> dict[str, dict[str, tuple[float | str, ...]]]:
        """Return the tables kept so far."""
        return dict(self._tables)


def _named(name: str) -> str:
    if not isinstance(name, str):
        raise TypeError(f"what is logged must be named by a string, but got {name!r}")
    return name


def _cell(value: object, *, column: str) -> float | str:
    if isinstance(value, str):
        return value
    try:
        return float(value)  # type: ignore[arg-type]  # what can't be converted is told below
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(
            f"column {column!r} must hold numbers or strings, but got {value!r}; give nan where there is none"
        ) from error
