"""Progress of a training on stderr, for people who wait: a bar on a terminal, a line an epoch elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress as RichBar
    from rich.progress import TaskID

    from steelyard.language.training import Progress

OnProgress = Callable[["Progress"], None]
OnCount = Callable[[int, int], None]


@contextmanager
def training_shown(*, unit: str, unigram_nats: float) -> Iterator[OnProgress]:
    """Give a callback that shows how far a training is, how fast, and its loss beside that of counts alone.

    Args:
        unit: what the tokens are.
        unigram_nats: what their frequencies alone cost, in nats a token.
    """
    if not sys.stderr.isatty():
        yield lambda progress: _say_epoch(progress, unit=unit, unigram_nats=unigram_nats)
        return
    with _bar() as (bar, task):

        def show(progress: Progress) -> None:
            bar.update(
                task,
                total=progress.steps,
                completed=progress.step,
                description=described(progress, unit=unit, unigram_nats=unigram_nats),
            )

        yield show


@contextmanager
def counting_shown(what: str) -> Iterator[OnCount | None]:
    """Give a callback for (done, of how many) that moves a bar, or None where stderr isn't a terminal."""
    if not sys.stderr.isatty():
        typer.echo(what, err=True)
        yield None
        return
    with _bar() as (bar, task):
        bar.update(task, description=what)
        yield lambda done, total: bar.update(task, total=total, completed=done)


def described(progress: Progress, *, unit: str, unigram_nats: float) -> str:
    """Return where a training stands in words.

    >>> from steelyard.language.training import Progress
    >>> now = Progress(step=5, steps=90, epoch=0.5, tokens=900, train_nats=2.345, validation_nats=None, learning_rate=0.1,
    ...     tokens_per_s=12_345.6)
    >>> described(now, unit="character", unigram_nats=3.1)
    'epoch 1, 12,346 characters/s, loss 2.345 nats (frequencies alone 3.100)'
    """
    epoch = max(1, -int(-progress.epoch // 1))
    return (
        f"epoch {epoch}, {progress.tokens_per_s:,.0f} {unit}s/s, loss {progress.train_nats:.3f} nats "
        f"(frequencies alone {unigram_nats:.3f})"
    )


def _say_epoch(progress: Progress, *, unit: str, unigram_nats: float) -> None:
    if progress.epoch == int(progress.epoch):
        validated = "" if progress.validation_nats is None else f", validation {progress.validation_nats:.3f}"
        typer.echo(described(progress, unit=unit, unigram_nats=unigram_nats) + validated, err=True)


@contextmanager
def _bar() -> Iterator[tuple[RichBar, TaskID]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar, bar.add_task("", total=None)
