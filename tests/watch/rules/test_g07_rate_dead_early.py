"""G07: a run that has it, and runs that haven't."""

from __future__ import annotations

import numpy as np
from training_runs.evidence import updates

from steelyard.watch.rule import Sign
from steelyard.watch.rules.g07_rate_dead_early import check


def test_detects_a_schedule_that_ended_early() -> None:
    found = check(updates=updates(rates=np.r_[np.linspace(0.1, 0, 20), np.zeros(20)]))
    assert isinstance(found, Sign)
    assert found.evidence["share_dead"] > 0.45


def test_detects_a_rate_of_0() -> None:
    assert isinstance(check(updates=updates(rates=np.zeros(40))), Sign)


def test_does_not_flag_a_constant_rate() -> None:
    assert check(updates=updates()) is None


def test_does_not_flag_a_cosine_to_0() -> None:
    assert check(updates=updates(rates=0.1 * (1 + np.cos(np.linspace(0, np.pi, 40))))) is None
