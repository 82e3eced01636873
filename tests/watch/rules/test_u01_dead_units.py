"""U01: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import probe

from steelyard.watch.rule import Missing, Sign
from steelyard.watch.rules.u01_dead_units import check


def test_detects_a_layer_of_dead_units() -> None:
    found = check(probe=probe(dead=(("1", 0.2), ("3", 0.97))))
    assert isinstance(found, Sign)
    assert found.evidence["share_dead"] == 0.97


def test_does_not_flag_some_dead_units() -> None:
    assert check(probe=probe(dead=(("1", 0.3),))) is None


def test_says_what_is_missing() -> None:
    assert isinstance(check(probe=probe()), Missing)
