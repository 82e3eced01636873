"""M04: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import head

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.m04_loss_is_a_sum import check


def test_detects_a_sum_over_the_batch() -> None:
    found = check(head=head(ratios=(64.0, 64.0, 17.0), counts=((64, 64), (64, 64), (17, 17))))
    assert isinstance(found, Sign)
    assert found.evidence["reported_over_mean"] == 64


def test_detects_a_sum_over_examples_of_means_over_columns() -> None:
    assert isinstance(check(head=head(ratios=(64.0, 32.0), counts=((640, 64), (320, 32)))), Sign)


def test_does_not_flag_a_mean() -> None:
    assert check(head=head(ratios=(1.0, 1.0), counts=((64, 64), (64, 64)))) is None


def test_does_not_flag_a_factor_that_stays() -> None:
    assert check(head=head(ratios=(3.0, 3.0), counts=((64, 64), (32, 32)))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
