"""Where a run stands, on one line of the terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from steelyard.watch.finding import Finding

if TYPE_CHECKING:
    from steelyard.watch.recording.head import HeadRecorder
    from steelyard.watch.report import Report

SECONDS = 0.5
"""A line is drawn again after so long at the earliest."""


class Live:
    """Shows a line on stderr, findings above it as they come, and the report at the end.

    Args:
        on: True: always; False: never; None: where stderr is a terminal.
    """

    def __init__(self, *, on: bool | None = None) -> None:
        self.on = sys.stderr.isatty() if on is None else on
        self._line: Any = None
        self._drawn = float("-inf")
        self._said: set[tuple[str, str]] = set()

    def show(self, step: int, heads: Mapping[str, HeadRecorder]) -> None:
        """Draw the line, if it is time to."""
        if not self.on or time.monotonic() - self._drawn < SECONDS:
            return
        self._drawn = time.monotonic()
        if self._line is None:
            from rich.console import Console  # noqa: PLC0415 - only where somebody looks
            from rich.live import Live as RichLive  # noqa: PLC0415

            self._line = RichLive(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._line.start()
        self._line.update(
            f"step {step:,}  " + "  ".join(described(head) for head in heads.values()), refresh=True
        )

    def say(self, findings: Sequence[Finding]) -> None:
        """Print findings that are warnings or errors, each once."""
        for each in findings:
            if not self.on or each.severity == "info" or (each.code, each.meaning) in self._said:
                continue
            self._said.add((each.code, each.meaning))
            self._print(f"{each.severity}: {each}")

    def close(self, report: Report) -> None:
        """Take the line away and print the report."""
        if self._line is not None:
            self._line.stop()
            self._line = None
        if self.on:
            self._print(str(report))

    def _print(self, text: str) -> None:
        from rich.console import Console  # noqa: PLC0415

        console = self._line.console if self._line is not None else Console(stderr=True)
        console.print(text, markup=False, highlight=False, soft_wrap=True)


def described(head: HeadRecorder) -> str:
    """Return where a head stands: its last loss, and its trivial predictor's on the same targets."""
    last = head.reported.last
    said = f"{head.name} {'?' if last is None else f'{last:.4g}'}"
    trivial = head.last_trivial
    return said if trivial is None else f"{said} (trivial {trivial:.4g})"
