"""M01: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import head, skill

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.m01_no_better_than_trivial import check


def test_detects_a_loss_at_the_base_rate() -> None:
    found = check(head=head(skill=skill(0.0), constant="always predicting the base rate"))
    assert isinstance(found, Sign)
    assert found.evidence["trivial"] == 0.7
    assert "no better than always predicting the base rate (0.700)" in found.meaning


def test_detects_a_loss_worse_than_trivial() -> None:
    assert isinstance(check(head=head(skill=skill(-0.4))), Sign)


def test_prefers_validation() -> None:
    assert isinstance(check(head=head(skill=skill(0.5), held_out=skill(-0.1))), Sign)
    assert check(head=head(skill=skill(-0.1), held_out=skill(0.5))) is None


def test_does_not_flag_a_little_skill_that_is_certain() -> None:
    assert check(head=head(skill=skill(0.004, half=0.003))) is None


def test_does_not_flag_what_is_undecided() -> None:
    assert check(head=head(skill=skill(0.0, half=0.1))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
