"""D02: a run that has it, and runs that haven't."""

from __future__ import annotations

import numpy as np
from training_runs.evidence import inputs

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.d02_unscaled_inputs import check


def test_detects_pixels_of_0_to_255() -> None:
    found = check(inputs=inputs([120.0] * 3, [60.0] * 3))
    assert isinstance(found, Sign)
    assert found.evidence["share"] == 1


def test_detects_a_mean_far_away() -> None:
    assert isinstance(check(inputs=inputs([50.0], [1.0])), Sign)


def test_does_not_flag_unit_scale() -> None:
    assert check(inputs=inputs([0.5, -0.2], [1.0, 0.3])) is None


def test_does_not_flag_one_column_of_many() -> None:
    assert check(inputs=inputs([0.0] * 20, [1.0] * 19 + [50.0])) is None


def test_does_not_judge_flags() -> None:
    assert isinstance(check(inputs=inputs([0.01], [0.09], two_valued=np.ones(1))), Missing)
