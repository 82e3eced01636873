"""G02: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import updates

from steelyard.watch.rule import Sign
from steelyard.watch.rules.g02_update_ratio import check


def test_detects_steps_that_are_too_large() -> None:
    found = check(updates=updates(ratios=0.3))
    assert isinstance(found, Sign)
    assert found.advice == "Lower the learning rate."


def test_detects_steps_that_are_too_small() -> None:
    found = check(updates=updates(ratios=1e-7))
    assert isinstance(found, Sign)
    assert found.advice == "Raise the learning rate."


def test_does_not_flag_a_thousandth() -> None:
    assert check(updates=updates(ratios=1e-3)) is None
