"""Bars on stderr for people who wait, nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars


class BacktestBar:
    """A backtest's progress as a bar of fits, with the network's epochs in words."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task = bars.add_task("backtest", total=None)
        self._now = ""

    def expect(self, fits: int) -> None:
        """Set the bar's length."""
        self._bars.update(self._task, total=fits)

    def began(self, forecaster: str, fold: int) -> None:
        """Name what is being fitted."""
        self._now = f"fold {fold + 1}: {forecaster}"
        self._bars.update(self._task, description=self._now)

    def epoch(self, epoch: int) -> None:
        """Say how far a network is."""
        self._bars.update(self._task, description=f"{self._now}, epoch {epoch}")

    def ended(self, *, reused: bool) -> None:  # noqa: ARG002 - the engine's signature
        """Move the bar on."""
        self._bars.advance(self._task)


@contextmanager
def bars() -> Iterator[Bars]:
    """Give bars that show on stderr where it is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as shown:
        yield shown


@contextmanager
def bar(description: str, *, total: int) -> Iterator[Callable[[], None]]:
    """Give a function that moves one bar on."""
    with bars() as shown:
        task = shown.add_task(description, total=total)
        yield lambda: shown.advance(task)
