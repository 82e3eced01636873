"""F08: a run that has it, and runs that haven't."""

from __future__ import annotations

from training_runs.evidence import probe

from steelyard.watch.rule import Sign
from steelyard.watch.rules.f08_batch_as_time import check


def test_detects_a_layer_that_runs_over_the_batch() -> None:
    found = check(probe=probe(sequence_layers=1, crossed=("body",)))
    assert isinstance(found, Sign)
    assert "body" in found.meaning


def test_does_not_flag_a_layer_that_runs_over_time() -> None:
    assert check(probe=probe(sequence_layers=1)) is None


def test_does_not_flag_a_model_without_such_layers() -> None:
    assert check(probe=probe()) is None
