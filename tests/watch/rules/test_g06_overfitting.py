"""G06: a run that has it, and runs that haven't."""

from __future__ import annotations

import numpy as np
from training_runs.evidence import curve, head

from steelyard.watch.evidence import Curve
from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.g06_overfitting import check

FALLING = curve(np.linspace(1, 0.1, 200))


def test_detects_a_validation_loss_that_rises() -> None:
    found = check(
        head=head(
            curve=FALLING,
            validation=Curve(
                steps=np.arange(20.0, 201, 20),
                values=np.array([0.8, 0.6, 0.5, 0.55, 0.62, 0.7, 0.78, 0.85, 0.95, 1.0]),
            ),
        )
    )
    assert isinstance(found, Sign)
    assert found.evidence["best_step"] == 60


def test_does_not_flag_a_validation_loss_that_levels_off() -> None:
    assert (
        check(
            head=head(
                curve=FALLING,
                validation=Curve(
                    steps=np.arange(20.0, 201, 20),
                    values=np.array([0.8, 0.6, 0.5, 0.51, 0.5, 0.52, 0.51, 0.5, 0.51, 0.51]),
                ),
            )
        )
        is None
    )


def test_does_not_flag_where_the_training_loss_rises_too() -> None:
    rising = curve(np.linspace(0.5, 1, 200))
    assert (
        check(
            head=head(
                curve=rising, validation=Curve(steps=np.arange(20.0, 201, 20), values=np.linspace(0.5, 1, 10))
            )
        )
        is None
    )


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head(curve=FALLING)), Missing)
