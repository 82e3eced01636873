"""M07: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import head, skill

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.m07_metric_hides_zeros import check


def test_detects_the_loss_of_a_constant_on_zeros() -> None:
    found = check(head=head(zero_share=0.9, skill=skill(0.0)))
    assert isinstance(found, Sign)
    assert found.meaning.startswith("90% of the targets are 0")


def test_does_not_flag_a_model_that_is_better() -> None:
    assert check(head=head(zero_share=0.9, skill=skill(0.3))) is None


def test_does_not_flag_targets_that_are_rarely_zero() -> None:
    assert check(head=head(zero_share=0.1, skill=skill(0.0))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
