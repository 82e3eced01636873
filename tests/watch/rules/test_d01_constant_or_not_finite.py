"""D01: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import inputs

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.d01_constant_or_not_finite import check


def test_detects_nan() -> None:
    found = check(inputs=inputs([0.0], [1.0], not_finite=3))
    assert isinstance(found, Sign)
    assert found.severity == "error"


def test_detects_inputs_that_never_vary() -> None:
    found = check(inputs=inputs([1.0, 2.0], [0.0, 0.0]))
    assert isinstance(found, Sign)
    assert found.severity == "warning"


def test_tells_of_one_constant_column() -> None:
    found = check(inputs=inputs([1.0, 2.0], [0.0, 1.0]))
    assert isinstance(found, Sign)
    assert found.severity == "info"


def test_does_not_flag_what_varies() -> None:
    assert check(inputs=inputs([0.0], [1.0])) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(inputs=inputs([0.0], [0.0], rows=5)), Missing)
