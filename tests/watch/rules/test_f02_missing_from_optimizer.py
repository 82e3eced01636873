"""F02: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import parameter, wiring

from steelyard.watch.rule import Sign
from steelyard.watch.rules.f02_missing_from_optimizer import check


def test_detects_a_parameter_that_no_optimizer_has() -> None:
    found = check(wiring=wiring(parameter(), parameter("head.weight", in_optimizer=False)))
    assert isinstance(found, Sign)
    assert found.evidence["share_of_weights"] == 0.5
    assert "head.weight" in found.meaning


def test_does_not_flag_what_was_declared_frozen() -> None:
    assert check(wiring=wiring(parameter(in_optimizer=False, declared_frozen=True))) is None


def test_does_not_flag_what_asks_for_no_gradient() -> None:
    assert check(wiring=wiring(parameter(in_optimizer=False, trainable=False))) is None
