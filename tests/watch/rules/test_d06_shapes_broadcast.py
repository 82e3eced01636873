"""D06: a run that has it, and runs that haven't."""

from __future__ import annotations

from dataclasses import replace

from training_runs.evidence import MSE, head

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.d06_shapes_broadcast import check


def test_detects_a_spread_over_all_pairs() -> None:
    found = check(head=head(objective=replace(MSE, broadcast=True), shapes=((64, 1), (64,))))
    assert isinstance(found, Sign)
    assert "(64, 1)" in found.meaning


def test_does_not_flag_pairs() -> None:
    assert check(head=head(objective=MSE, shapes=((64, 1), (64,)))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
