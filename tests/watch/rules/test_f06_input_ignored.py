"""F06: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import probe

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.f06_input_ignored import check


def test_detects_outputs_that_stay() -> None:
    assert isinstance(check(probe=probe(response=0.0)), Sign)


def test_does_not_flag_outputs_that_move() -> None:
    assert check(probe=probe(response=0.01)) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(probe=probe(response=float("nan"))), Missing)
