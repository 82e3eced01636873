"""When to look: closely at first, then ever more rarely, and never so often that the run is slowed by more than 2%."""

from __future__ import annotations

from collections.abc import Callable

from steelyard.errors import InputError

SHARE = 0.02
"""Time for looking as a share of the time trained."""

ALLOWANCE_S = 0.5
"""Seconds that may be spent beyond that over the whole run, so that short runs are seen at all."""

DENSITY = 96
"""Looks at step n are at least n / 96 steps apart: each doubling of a run adds about 67 looks."""


class Schedule:
    """Says at which steps to look.

    Args:
        every: look every so many steps, whatever it costs; None: as said above.
        clock: seconds, for tests.

    Raises:
        InputError: `every` below 1.

    Example:
        >>> schedule = Schedule(every=10, clock=lambda: 0.0)
        >>> [step for step in range(1, 31) if schedule.due(step)]
        [1, 10, 20, 30]
    """

    def __init__(self, *, every: int | None, clock: Callable[[], float]) -> None:
        if every is not None and every < 1:
            raise InputError(
                f"`every` must be at least 1, but got {every}; leave it out and looks cost 2% at most"
            )
        self.every = every
        self.clock = clock
        self.spent_s = 0.0
        self._began = clock()
        self._last = 0
        self._costs: list[float] = []

    def due(self, step: int) -> bool:
        """Return whether to look at a step."""
        if self.every is not None:
            return step == 1 or step % self.every == 0
        if step - self._last < max(1, step // DENSITY):
            return False
        allowed = ALLOWANCE_S + SHARE * (self.clock() - self._began)
        if self.spent_s + self.cost_s > allowed:
            return False
        self._last = step
        return True

    @property
    def cost_s(self) -> float:
        """Return what one look costs: the median of the last ones, in seconds."""
        return sorted(self._costs)[len(self._costs) // 2] if self._costs else 0.0

    def spent(self, duration_s: float, *, look: bool) -> None:
        """Take into account what was spent at a step."""
        self.spent_s += duration_s
        if look:
            self._costs = [*self._costs[-14:], duration_s]

    @property
    def share(self) -> float:
        """Return the time spent looking as a share of all the time since the beginning."""
        elapsed = self.clock() - self._began
        return self.spent_s / elapsed if elapsed > 0 else 0.0
