"""D04: a run that has it, and runs that haven't."""

from __future__ import annotations

import math

from steelyard.watch.evidence import Leak
from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.d04_target_in_input import check


def test_detects_tokens_that_were_not_shifted() -> None:
    assert isinstance(check(leak=Leak(rows=500, same=1.0, column=-1, correlation=math.nan)), Sign)


def test_detects_the_target_among_the_columns() -> None:
    found = check(leak=Leak(rows=500, same=None, column=3, correlation=1.0))
    assert isinstance(found, Sign)
    assert "Column 3" in found.meaning


def test_does_not_flag_a_good_predictor() -> None:
    assert check(leak=Leak(rows=500, same=None, column=-1, correlation=0.98)) is None


def test_does_not_flag_tokens_that_repeat() -> None:
    assert check(leak=Leak(rows=500, same=0.3, column=-1, correlation=math.nan)) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(leak=Leak(rows=5, same=1.0, column=-1, correlation=math.nan)), Missing)
