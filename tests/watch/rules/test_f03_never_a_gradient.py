"""F03: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import parameter, wiring

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.f03_never_a_gradient import check


def test_detects_a_detached_part() -> None:
    found = check(wiring=wiring(parameter(), parameter("body", moved=0)))
    assert isinstance(found, Sign)
    assert found.meaning.startswith("1 of 2 parameters got no gradient")


def test_detects_a_frozen_body_that_was_not_declared() -> None:
    found = check(wiring=wiring(parameter(), parameter("body", trainable=False)))
    assert isinstance(found, Sign)
    assert found.evidence["share_of_weights"] == 0.5


def test_detects_a_loss_that_is_not_connected() -> None:
    found = check(wiring=wiring(parameter(moved=0)))
    assert isinstance(found, Sign)
    assert found.severity == "error"


def test_does_not_flag_what_was_declared_frozen() -> None:
    assert check(wiring=wiring(parameter(), parameter("body", trainable=False, declared_frozen=True))) is None


def test_does_not_flag_a_gradient_that_is_rare() -> None:
    assert check(wiring=wiring(parameter(moved=1))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(wiring=wiring(parameter(seen=2, moved=0))), Missing)
