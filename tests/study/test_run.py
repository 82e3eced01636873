from __future__ import annotations

from itertools import pairwise

import pytest

from steelyard.study.run import MOST_POINTS, Recorder


def test_long_curves_are_thinned_evenly() -> None:
    run = Recorder()
    for step in range(3 * MOST_POINTS):
        run.curve("loss", step=step, value=step)
    steps = run.curves["loss"].steps
    assert MOST_POINTS / 2 <= len(steps) <= MOST_POINTS
    assert steps[0] == 0
    assert len({b - a for a, b in pairwise(steps)}) == 1


def test_tables_have_equal_columns() -> None:
    run = Recorder()
    run.table("reliability", {"forecast": [0.1, 0.2], "observed": [0, 1], "name": ["a", "b"]})
    assert run.tables["reliability"] == {"forecast": (0.1, 0.2), "observed": (0.0, 1.0), "name": ("a", "b")}
    with pytest.raises(ValueError, match="equal lengths"):
        run.table("bad", {"a": [1], "b": [1, 2]})


def test_scores_are_replaced() -> None:
    run = Recorder()
    run.scores("mse", [1, 2])
    run.scores("mse", iter([3]))
    assert run.kept_scores == {"mse": (3.0,)}
