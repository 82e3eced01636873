"""When to look: dense at first, rare later, and within its share of the time."""

from __future__ import annotations

import pytest

from steelyard.errors import InputError
from steelyard.watch.recording.schedule import ALLOWANCE_S, SHARE, Schedule


def simulated(
    *, step_s: float, look_s: float, steps: int, every: int | None = None
) -> tuple[Schedule, list[int], float]:
    """Return the schedule, the steps it looked at, and the time of the training alone, by a clock that only looks and steps move."""
    time = [0.0]
    schedule = Schedule(every=every, clock=lambda: time[0])
    looked = []
    for step in range(1, steps + 1):
        time[0] += step_s
        if schedule.due(step):
            time[0] += look_s
            schedule.spent(look_s, look=True)
            looked.append(step)
    return schedule, looked, step_s * steps


@pytest.mark.parametrize(
    ("step_s", "look_s"), [(0.0006, 0.001), (0.004, 0.002), (0.03, 0.005), (0.03, 0.5), (0.3, 3.0)]
)
def test_looks_cost_no_more_than_their_share(step_s: float, look_s: float) -> None:
    schedule, looked, trained = simulated(step_s=step_s, look_s=look_s, steps=20_000)
    assert looked
    assert schedule.spent_s <= ALLOWANCE_S + SHARE * (trained + schedule.spent_s) + look_s


def test_short_runs_are_looked_at_closely() -> None:
    _, looked, _ = simulated(step_s=0.0006, look_s=0.001, steps=300)
    assert looked[:96] == list(range(1, 97))
    assert len(looked) > 150


def test_looks_grow_like_a_logarithm() -> None:
    counts = [len(simulated(step_s=1.0, look_s=0.0001, steps=steps)[1]) for steps in (1_000, 10_000, 100_000)]
    assert counts[1] - counts[0] == pytest.approx(counts[2] - counts[1], rel=0.1)
    assert counts[2] < 1000


def test_a_fixed_interval_is_kept_whatever_it_costs() -> None:
    _, looked, _ = simulated(step_s=0.001, look_s=1.0, steps=30, every=10)
    assert looked == [1, 10, 20, 30]


def test_an_interval_below_1_is_refused() -> None:
    with pytest.raises(InputError, match="`every` must be at least 1, but got 0"):
        Schedule(every=0, clock=lambda: 0.0)
