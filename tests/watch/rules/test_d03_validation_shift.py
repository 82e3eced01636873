"""D03: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import inputs

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.d03_validation_shift import check


def test_detects_validation_that_was_not_normalised() -> None:
    assert isinstance(check(inputs=inputs([0.0], [1.0]), validation_inputs=inputs([120.0], [60.0])), Sign)


def test_detects_another_scale_with_the_same_mean() -> None:
    assert isinstance(check(inputs=inputs([0.0], [1.0]), validation_inputs=inputs([0.0], [50.0])), Sign)


def test_does_not_flag_a_random_split() -> None:
    assert (
        check(
            inputs=inputs([0.0, 1.0], [1.0, 2.0], rows=60),
            validation_inputs=inputs([0.2, 0.8], [1.1, 1.8], rows=60),
        )
        is None
    )


def test_says_what_is_missing() -> None:
    assert isinstance(
        check(inputs=inputs([0.0], [1.0], rows=5), validation_inputs=inputs([0.0], [1.0])), Missing
    )
