"""M05: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import head, skill

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.m05_too_good_to_be_true import check


def test_detects_a_task_solved_at_once() -> None:
    assert isinstance(check(head=head(early=skill(0.995, half=0.001))), Sign)


def test_does_not_flag_a_good_start() -> None:
    assert check(head=head(early=skill(0.8))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
