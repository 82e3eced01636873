"""Progress of a training on stderr, for people who wait: a bar on a terminal, a line a look elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from steelyard.agents.learning.progress import Progress, Update


@contextmanager
def training_shown(*, optimal: float) -> Iterator[Callable[[Progress], None]]:
    """Give a callback that shows how far a training is, and its return beside the best possible one.

    Args:
        optimal: what the best policy gets.
    """
    if not sys.stderr.isatty():
        yield lambda progress: _say(progress.last, optimal=optimal)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=None)
        exact: list[float] = []

        def show(progress: Progress) -> None:
            last = progress.last
            exact[:] = exact if last.exact_return is None else [last.exact_return]
            bars.update(
                task,
                total=last.steps,
                completed=last.step,
                description=described(last, exact=exact[0] if exact else None, optimal=optimal),
            )

        yield show


def described(update: Update, *, exact: float | None, optimal: float) -> str:
    """Return where a training stands in words.

    Args:
        update: the last.
        exact: the last return that was computed.
        optimal: what the best policy gets.
    """
    speed = update.steps and update.step / update.update / max(update.duration_s, 1e-9)
    said = f"{speed:,.0f} steps/s"
    if exact is not None:
        said += f", return {exact:.2f} of {optimal:.2f}"
    return said


def _say(update: Update, *, optimal: float) -> None:
    if update.exact_return is not None:
        typer.echo(
            f"step {update.step:,} of {update.steps:,}: {described(update, exact=update.exact_return, optimal=optimal)}",
            err=True,
        )
