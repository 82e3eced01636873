"""G04: a run that has it, and runs that haven't."""

from __future__ import annotations

import numpy as np


def noisy(values: np.ndarray, *, sd: float = 0.02) -> np.ndarray:
    return values + sd * np.random.default_rng(0).standard_normal(len(values))


from training_runs.evidence import batches, curve, head

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.g04_divergence import check


def test_detects_a_loss_that_rises_above_its_start() -> None:
    found = check(head=head(curve=curve(noisy(np.linspace(1, 5, 200)))))
    assert isinstance(found, Sign)
    assert found.meaning.startswith("The loss diverges")


def test_detects_a_loss_that_goes_back_up() -> None:
    found = check(head=head(curve=curve(noisy(np.r_[np.linspace(1, 0.2, 100), np.linspace(0.2, 0.9, 100)]))))
    assert isinstance(found, Sign)
    assert "went back up" in found.meaning


def test_detects_a_loss_that_is_far_worse_than_trivial_again_and_again() -> None:
    losses = np.full(100, 0.3)
    losses[30::10] = 8.0
    found = check(head=head(curve=curve(losses), batches=batches(losses)))
    assert isinstance(found, Sign)
    assert "unstable" in found.meaning


def test_tells_of_one_jump_that_came_back() -> None:
    losses = noisy(np.full(200, 1.0))
    losses[120] = 6.0
    found = check(head=head(curve=curve(losses)))
    assert isinstance(found, Sign)
    assert (found.severity, found.step) == ("info", 121)


def test_does_not_flag_a_noisy_curve_that_falls() -> None:
    assert check(head=head(curve=curve(noisy(np.linspace(1, 0.3, 200), sd=0.1)))) is None


def test_does_not_flag_noise_at_the_end_of_a_solved_task() -> None:
    assert (
        check(head=head(curve=curve(np.r_[np.linspace(1, 0, 100), np.abs(noisy(np.zeros(100), sd=0.001))])))
        is None
    )


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
