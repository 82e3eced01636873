"""G03: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import updates

from steelyard.watch.rule import Sign
from steelyard.watch.rules.g03_vanishing_gradients import check


def test_detects_gradients_that_vanish() -> None:
    assert isinstance(check(updates=updates(gradients=[1e-8, 1e-8, 1e-6, 1e-4, 1e-2, 1.0])), Sign)


def test_does_not_flag_gradients_of_one_size() -> None:
    assert check(updates=updates(gradients=[0.1, 0.2, 1, 1, 1, 1])) is None


def test_does_not_flag_a_small_bias() -> None:
    assert check(updates=updates(gradients=[1e-8, 0.5, 1, 1, 1, 1])) is None
