"""M06: a run that has it, and runs that haven't."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special
from sklearn.isotonic import IsotonicRegression

from steelyard.watch.evidence import Outcomes
from steelyard.watch.rules.m06_miscalibrated import miscalibration


def drawn(*, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.05, 0.95, 1500)
    return p, (rng.random(1500) < p).astype(float)


from training_runs.evidence import head

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.m06_miscalibrated import check


def test_detects_overconfidence() -> None:
    p, y = drawn(seed=0)
    found = check(
        head=head(
            outcomes=Outcomes(probabilities=special.expit(4 * special.logit(p)), happened=y, held_out=True)
        )
    )
    assert isinstance(found, Sign)
    assert found.evidence["share"] > 0.05


def test_does_not_flag_calibrated_probabilities() -> None:
    for seed in range(5):
        p, y = drawn(seed=seed)
        assert check(head=head(outcomes=Outcomes(probabilities=p, happened=y, held_out=True))) is None


def test_is_the_gain_of_isotonic_regression() -> None:
    p, y = drawn(seed=3)
    fitted = IsotonicRegression().fit_transform(p, y)
    assert miscalibration(p, y) == pytest.approx(
        ((p - y) ** 2).mean() - ((fitted - y) ** 2).mean(), abs=1e-12
    )


def test_is_not_judged_on_training_data() -> None:
    p, y = drawn(seed=0)
    assert isinstance(
        check(head=head(outcomes=Outcomes(probabilities=p, happened=y, held_out=False))), Missing
    )
    assert isinstance(check(head=head()), Missing)
