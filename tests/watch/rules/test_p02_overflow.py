"""P02: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import updates

from steelyard.watch.rule import Sign
from steelyard.watch.rules.p02_overflow import check


def test_detects_gradients_at_the_end_of_their_format() -> None:
    found = check(updates=updates(saturated=0.05))
    assert isinstance(found, Sign)
    assert found.evidence["steps"] == 40


def test_does_not_flag_gradients_within_it() -> None:
    assert check(updates=updates()) is None
