"""F04: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import wiring

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.f04_stale_gradients import check


def test_detects_gradients_that_are_never_cleared() -> None:
    assert isinstance(check(wiring=wiring(accumulations=10, stale=10)), Sign)


def test_does_not_flag_gradients_that_are_cleared() -> None:
    assert check(wiring=wiring(accumulations=10, stale=0)) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(wiring=wiring(accumulations=2, stale=2)), Missing)
