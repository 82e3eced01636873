"""G01: a run that has it, and runs that haven't."""

from __future__ import annotations

import math
from typing import Any

from steelyard.watch.evidence import Evidence, Head


def look(one: Head, **parts: Any) -> Any:
    return check(heads=(one,), everything=Evidence(step=9, heads=(one,), **parts))


from training_runs.evidence import curve, head, probe, wiring

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.g01_not_finite import check


def test_detects_a_loss_that_is_nan() -> None:
    found = look(head(curve=curve([0.7, 0.6, math.nan])))
    assert isinstance(found, Sign)
    assert found.step == 3


def test_names_the_first_layer_and_parameter() -> None:
    found = look(
        head(curve=curve([math.inf])),
        wiring=wiring(first_not_finite="body.weight", first_not_finite_step=1),
        probe=probe(first_not_finite="norm"),
    )
    assert isinstance(found, Sign)
    assert "body.weight" in found.meaning
    assert "is norm" in found.meaning


def test_detects_a_gradient_alone() -> None:
    assert isinstance(look(head(curve=curve([0.7])), wiring=wiring(first_not_finite="body.weight")), Sign)


def test_does_not_flag_finite_numbers() -> None:
    assert look(head(curve=curve([0.7, 1e9])), wiring=wiring()) is None


def test_says_what_is_missing() -> None:
    assert isinstance(look(head()), Missing)
