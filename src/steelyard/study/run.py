"""The small object through which a trial function hands over more than its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol


class Run(Protocol):
    """Handed to a trial function that has a parameter named `run`; everything logged is kept with the trial."""

    def curve(self, name: str, *, step: float, value: float) -> None:
        """Add one point to a learning curve."""

    def scores(self, name: str, values: Iterable[float]) -> None:
        """Keep per-example scores, shape (examples,); a metric of the same name must be their mean."""

    def table(self, name: str, columns: Mapping[str, Sequence[float | str]]) -> None:
        """Keep a small table (equal-length columns) for the report, e.g. a reliability curve."""
