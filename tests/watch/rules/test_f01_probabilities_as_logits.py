"""F01: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import BCE, CROSS_ENTROPY, batches, head, skill

from steelyard.watch.recording.objective import Objective
from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.f01_probabilities_as_logits import check


def test_detects_softmax_before_cross_entropy() -> None:
    found = check(
        head=head(objective=CROSS_ENTROPY, classes=4, probabilities_share=1.0, last_operation="Softmax")
    )
    assert isinstance(found, Sign)
    assert "softmax" in found.meaning


def test_detects_it_by_the_range_alone() -> None:
    assert isinstance(
        check(head=head(objective=CROSS_ENTROPY, probabilities_share=1.0, batches=batches([1.2] * 20))), Sign
    )


def test_detects_a_softmax_over_one_unit() -> None:
    found = check(
        head=head(
            objective=Objective(kind="bce", form="probabilities"),
            classes=1,
            probabilities_share=1.0,
            last_operation="Softmax",
        )
    )
    assert isinstance(found, Sign)
    assert "one unit" in found.meaning


def test_does_not_flag_logits() -> None:
    assert check(head=head(objective=CROSS_ENTROPY, probabilities_share=0.0, last_operation="Addmm")) is None


def test_does_not_flag_probabilities_for_a_loss_that_wants_them() -> None:
    assert (
        check(
            head=head(
                objective=Objective(kind="bce", form="probabilities"),
                classes=1,
                probabilities_share=1.0,
                last_operation="Sigmoid",
            )
        )
        is None
    )


def test_does_not_flag_small_logits_of_a_model_that_learns() -> None:
    assert (
        check(
            head=head(objective=BCE, probabilities_share=1.0, batches=batches([0.6] * 20), skill=skill(0.2))
        )
        is None
    )


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
