from __future__ import annotations

import numpy as np
import pytest

from steelyard.language.meaning.guesses import changed_most, right_guesses
from steelyard.language.meaning.scored import scored


def test_a_model_that_knows_everything_and_one_that_knows_nothing() -> None:
    targets = np.array([0, 1, 2, 3])
    sure = right_guesses(scored([np.log(np.full((4, 4), 1e-9) + np.eye(4))], targets))
    assert (sure.first, sure.among, sure.median_rank) == (1.0, 1.0, 1.0)
    assert sure.nats == pytest.approx(0, abs=1e-8)
    assert sure.shares == (0, 0, 0, 0, 1)
    # Four equally probable tokens: a right first guess in one of four, whatever their ids.
    lost = right_guesses(scored([np.log(np.full((4, 4), 0.25))], targets, count=2))
    assert (lost.first, lost.among, lost.count, lost.median_rank) == (0.25, 0.5, 2, 2.5)
    assert right_guesses(scored([np.log(np.full((4, 4), 0.25))], np.zeros(4, dtype=np.int64))).first == 0.25
    assert lost.right_probability == pytest.approx(0.25)
    assert lost.shares == (0, 0, 0, 1, 0)


def test_the_tokens_that_changed_most_stand_apart() -> None:
    first = np.array([9.0, 8.9, 1, 1, 8.0, 1, 1, 1])
    last = np.array([0.0, 0.0, 1, 1, 0.0, 1, 3, 2])
    assert changed_most([first, first, last], learned=2, apart=3) == ((0, 4), 6, 6)
    assert changed_most([first, last], learned=5, apart=1)[0] == (0, 1, 4)


def test_where_nothing_got_worse() -> None:
    assert changed_most([np.array([2.0, 1.0]), np.array([1.0, 1.0])]) == ((0,), None, 0)
