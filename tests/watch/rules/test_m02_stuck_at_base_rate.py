"""M02: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import batches, head, skill

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.m02_stuck_at_base_rate import check


def test_detects_outputs_that_do_not_differ() -> None:
    found = check(head=head(skill=skill(0.0), batches=batches([0.7] * 30, spread=0.01)))
    assert isinstance(found, Sign)
    assert found.evidence["spread"] == 0.01


def test_does_not_flag_outputs_that_differ() -> None:
    assert check(head=head(skill=skill(0.0), batches=batches([0.7] * 30, spread=0.4))) is None


def test_does_not_flag_a_narrow_model_that_is_better() -> None:
    assert check(head=head(skill=skill(0.02), batches=batches([0.69] * 30, spread=0.01))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
