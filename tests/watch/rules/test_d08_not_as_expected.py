"""D08: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import inputs

from steelyard.watch.expected import ExpectedInputs
from steelyard.watch.rule import Sign
from steelyard.watch.rules.d08_not_as_expected import check


def test_detects_pixels_where_normalised_ones_are_expected() -> None:
    found = check(inputs=inputs([120.0] * 3, [60.0] * 3), expected=ExpectedInputs(mean=0.0, sd=1.0))
    assert isinstance(found, Sign)
    assert "factor of 60" in found.meaning


def test_detects_values_out_of_range() -> None:
    assert isinstance(check(inputs=inputs([120.0], [60.0]), expected=ExpectedInputs(low=0, high=1)), Sign)


def test_detects_another_number_of_channels() -> None:
    assert isinstance(check(inputs=inputs([0.0], [1.0]), expected=ExpectedInputs(mean=(0.0, 0.0, 0.0))), Sign)


def test_does_not_flag_what_is_as_expected() -> None:
    assert (
        check(
            inputs=inputs([0.2, -0.1], [1.1, 0.9]), expected=ExpectedInputs(low=-5, high=5, mean=0.0, sd=1.0)
        )
        is None
    )
