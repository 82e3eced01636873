"""D05: a run that has it, and runs that haven't."""

from __future__ import annotations

from steelyard.watch.evidence import Overlap
from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.d05_shared_rows import check


def test_detects_rows_that_were_trained_on() -> None:
    found = check(overlap=Overlap(rows=500, shared=200, own_repeats=0.0, trained=5000))
    assert isinstance(found, Sign)
    assert found.evidence["share"] == 0.4


def test_does_not_flag_separate_rows() -> None:
    assert check(overlap=Overlap(rows=500, shared=0, own_repeats=0.0, trained=5000)) is None


def test_does_not_flag_a_handful() -> None:
    assert check(overlap=Overlap(rows=5000, shared=6, own_repeats=0.0, trained=5000)) is None


def test_does_not_judge_rows_that_repeat_by_nature() -> None:
    assert isinstance(check(overlap=Overlap(rows=500, shared=500, own_repeats=0.9, trained=16)), Missing)
