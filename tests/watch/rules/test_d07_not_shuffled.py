"""D07: a run that has it, and runs that haven't."""

from __future__ import annotations

from steelyard.watch.evidence import Order


def order(**parts: float) -> Order:
    usual = {"between": 0.02, "p_between": 0.4, "agreement": 0.0, "p_agreement": 0.5}
    return Order(batches=16, rows=1024, chance=0.015, **{**usual, **parts})


from training_runs.evidence import head

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.d07_not_shuffled import check


def test_detects_batches_of_one_class() -> None:
    found = check(head=head(order=order(between=0.97, p_between=0.0, agreement=1.0, p_agreement=0.0)))
    assert isinstance(found, Sign)
    assert found.meaning.startswith("Batches hold mostly")


def test_detects_rows_sorted_within_batches() -> None:
    assert isinstance(check(head=head(order=order(agreement=0.9, p_agreement=0.0))), Sign)


def test_does_not_flag_shuffled_data() -> None:
    assert check(head=head(order=order())) is None


def test_does_not_flag_a_little_order_that_is_certain() -> None:
    assert (
        check(head=head(order=order(between=0.1, p_between=1e-20, agreement=0.1, p_agreement=1e-20))) is None
    )


def test_says_what_is_missing() -> None:
    assert isinstance(check(head=head()), Missing)
