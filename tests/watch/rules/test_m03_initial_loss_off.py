"""M03: a run that has it, and runs that haven't."""

from __future__ import annotations

import math

import pytest
from training_runs.evidence import BCE, CROSS_ENTROPY, curve, head

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.m03_initial_loss_off import check


def test_detects_a_first_loss_above_ln_c() -> None:
    found = check(head=head(objective=CROSS_ENTROPY, classes=10, curve=curve([4.0, 2.0])))
    assert isinstance(found, Sign)
    assert found.evidence["excess"] == pytest.approx(4 / math.log(10) - 1)


def test_does_not_flag_ln_c() -> None:
    assert check(head=head(objective=BCE, classes=1, curve=curve([0.71, 0.6]))) is None


def test_does_not_flag_a_pretrained_start() -> None:
    assert check(head=head(objective=CROSS_ENTROPY, classes=10, curve=curve([0.3]))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head(curve=curve([4.0]))), Missing)
