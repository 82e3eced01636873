"""Progress of the sampler on stderr, for people who wait."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from steelyard.topics.sampling import OnProgress, Progress

_COMPILING_S = 2.0
"""Seconds without a first sweep after which compiling is given as the reason."""


@contextmanager
def sweeps_shown(*, chains: int, sweeps: int, tokens: int) -> Iterator[OnProgress | None]:
    """Give a callback that moves a bar, or None where stderr isn't a terminal.

    Args:
        chains: number of chains.
        sweeps: of each.
        tokens: of the corpus, for the speed.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichBar
    from rich.text import Text

    class State(ProgressColumn):
        """What the sampler says of itself; before the first sweep, why it takes so long."""

        def render(self, task: object) -> Text:
            done, elapsed = getattr(task, "completed", 0), getattr(task, "elapsed", 0) or 0
            if not done:
                return Text(
                    "compiling the sampler (first use only)" if elapsed > _COMPILING_S else "starting"
                )
            return Text(str(getattr(task, "description", "")))

    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("sweeps"),
        State(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with RichBar(*columns, console=Console(stderr=True)) as bar:
        yield Sweeps(bar, bar.add_task("", total=chains * sweeps), tokens=tokens)


class Sweeps:
    """Moves a bar by the sweeps of several chains, and says how fast and where log p(w, z) is.

    Args:
        bar: the bar.
        task: its task.
        tokens: of the corpus.
    """

    def __init__(self, bar: Bar, task: TaskID, *, tokens: int) -> None:
        self._bar = bar
        self._task = task
        self._tokens = tokens
        self._since = 0.0
        self._begun = -1

    def __call__(self, progress: Progress) -> None:
        """Show one more sweep."""
        done = progress.chain * progress.sweeps + progress.sweep
        now = time.monotonic()
        if self._begun < 0:
            self._since, self._begun = now, done  # compiling and what a checkpoint holds don't count as speed
        took = now - self._since
        rate = (done - self._begun) / took if took > 0 else 0.0
        self._bar.update(
            self._task, completed=done, description=described(progress, rate=rate, tokens=self._tokens)
        )


def described(progress: Progress, *, rate: float, tokens: int) -> str:
    """Return the chain, its speed and its log p(w, z) in words.

    >>> from steelyard.topics.sampling import Progress
    >>> described(Progress(chain=0, chains=2, sweep=5, sweeps=9, log_joint=-1234567.0, stuck=0), rate=12.5, tokens=200_000)
    'chain 1 of 2, 12.5 sweeps/s (2.5 million tokens/s), log p(w, z) -1,234,567'
    """
    said = f"chain {progress.chain + 1} of {progress.chains}"
    if rate > 0:
        said += f", {rate:.3g} sweeps/s ({rate * tokens / 1e6:.3g} million tokens/s)"
    if not math.isnan(progress.log_joint):
        said += f", log p(w, z) {progress.log_joint:,.0f}"
    return said + (f", {progress.stuck:,} tokens without mass" if progress.stuck else "")
