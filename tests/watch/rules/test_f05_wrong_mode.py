"""F05: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import modes

from steelyard.watch.evidence import Modes
from steelyard.watch.rule import Sign
from steelyard.watch.rules.f05_wrong_mode import check


def test_detects_training_in_evaluation_mode() -> None:
    found = check(modes=modes(training_in_eval=100))
    assert isinstance(found, Sign)
    assert "trained in evaluation mode" in found.meaning


def test_detects_an_eval_that_was_never_undone() -> None:
    assert isinstance(check(modes=modes(training_in_eval=70)), Sign)


def test_detects_evaluation_in_training_mode() -> None:
    assert isinstance(check(modes=modes(scoring_in_train=10)), Sign)


def test_does_not_flag_the_usual() -> None:
    assert check(modes=modes()) is None


def test_does_not_flag_a_model_without_such_layers() -> None:
    assert (
        check(modes=Modes(layers=(), training=9, training_in_eval=9, scoring=9, scoring_in_train=9)) is None
    )
