"""Progress of a study on stderr: trials, looks and decisions, for people who wait."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from steelyard.stats.verdict import Verdict

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from steelyard.study.study import Study


class Progress(Protocol):
    """What the runner tells about its progress."""

    def expect(self, trials: int) -> None:
        """Say that this many more trials are about to run."""

    def ended(self, *, failed: bool) -> None:
        """Say that a trial ended."""

    def waiting(self, trials: int) -> None:
        """Say that another process is running the trials that are left."""

    def looked(self, pairs: int, verdicts: Sequence[Verdict]) -> None:
        """Say what a look showed."""


class Silent:
    """No progress."""

    def expect(self, trials: int) -> None:
        """Ignore it."""

    def ended(self, *, failed: bool) -> None:
        """Ignore it."""

    def waiting(self, trials: int) -> None:
        """Ignore it."""

    def looked(self, pairs: int, verdicts: Sequence[Verdict]) -> None:
        """Ignore it."""


class RichProgress:
    """A bar of trials, and the state of each contrast at the last look."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("running the first pairs", total=0)
        self._total = self._failed = 0

    def expect(self, trials: int) -> None:
        """Lengthen the bar."""
        self._total += trials
        self._bar.update(self._task, total=self._total)

    def ended(self, *, failed: bool) -> None:
        """Move the bar on."""
        self._failed += failed
        self._bar.update(self._task, advance=1)

    def waiting(self, trials: int) -> None:
        """Show that others are at it."""
        self._bar.update(self._task, description=f"waiting for {trials} trials that another process runs")

    def looked(self, pairs: int, verdicts: Sequence[Verdict]) -> None:
        """Show pairs and decisions."""
        states = ", ".join(f"{verdict.contrast.level} {verdict.decision}" for verdict in verdicts)
        failed = f", {self._failed} failed" if self._failed else ""
        self._bar.update(self._task, description=f"{pairs} pairs{failed}: {states}")


@contextmanager
def make_progress(wanted: bool | None, *, study: Study) -> Iterator[Progress]:
    """Give a progress bar, or none: by default only where stderr is a terminal."""
    if not (sys.stderr.isatty() if wanted is None else wanted):
        yield Silent()
        return
    from rich.console import Console  # noqa: PLC0415 - only for people
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    name = study.name.replace("{", "{{").replace("}", "}}")
    columns = (
        TextColumn(f"{name}  {{task.description}}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("trials"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        yield RichProgress(bar)
