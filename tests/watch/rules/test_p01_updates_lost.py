"""P01: a run that has it, and runs that haven't."""

from __future__ import annotations

import numpy as np
from training_runs.evidence import updates

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.p01_updates_lost import check


def test_detects_updates_below_the_rounding_of_16_bits() -> None:
    found = check(updates=updates(lost=0.9, sixteen=True))
    assert isinstance(found, Sign)
    assert found.severity == "warning"


def test_tells_of_32_bits() -> None:
    found = check(updates=updates(lost=0.9))
    assert isinstance(found, Sign)
    assert found.severity == "info"


def test_does_not_flag_updates_that_arrive() -> None:
    assert check(updates=updates(lost=0.2, sixteen=True)) is None


def test_does_not_look_at_steps_at_the_end_of_a_schedule() -> None:
    assert isinstance(check(updates=updates(lost=0.9, rates=np.r_[1.0, np.zeros(39)])), Missing)
