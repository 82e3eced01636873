"""G05: a run that has it, and runs that haven't."""

from __future__ import annotations

import numpy as np


def flat() -> np.ndarray:
    return 0.7 + 0.02 * np.random.default_rng(0).standard_normal(200)


from training_runs.evidence import curve, head, skill

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.g05_no_progress import check


def test_detects_a_flat_curve() -> None:
    assert isinstance(check(head=head(curve=curve(flat()))), Sign)


def test_does_not_flag_a_curve_that_falls() -> None:
    assert check(head=head(curve=curve(flat() - np.linspace(0, 0.2, 200)))) is None


def test_does_not_flag_a_model_that_began_better_than_trivial() -> None:
    assert check(head=head(curve=curve(flat()), skill=skill(0.4))) is None


def test_does_not_flag_a_task_that_began_solved() -> None:
    assert check(head=head(curve=curve(np.zeros(100)))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head(curve=curve([1.0]))), Missing)
