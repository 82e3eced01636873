from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.language.meaning.scored import scored


def test_chunks_don_t_matter() -> None:
    rng = np.random.default_rng(0)
    rows = np.log(rng.dirichlet(np.ones(7), size=30)).astype(np.float32)
    targets = rng.integers(0, 7, 30)
    edges = np.array([0.1, 0.3])
    whole = scored([rows], targets, count=3, edges=edges)
    cut = scored([rows[:1], rows[1:19], rows[19:]], targets, count=3, edges=edges)
    for name in ("nats", "ranks", "tied", "ahead", "guesses", "probabilities", "mass", "right_band", "sizes"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(cut, name))


@given(st.integers(0, 2**32), st.integers(1, 9), st.integers(1, 12))
def test_guesses_and_ranks_agree_with_a_stable_sort_ties_too(seed: int, size: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    rows = -rng.integers(0, 4, size=(20, size)).astype(np.float32)  # many ties
    targets = rng.integers(0, size, 20)
    found = scored([rows], targets, count=count)
    order = np.argsort(-rows, axis=1, kind="stable")
    np.testing.assert_array_equal(found.guesses, order[:, :count])
    np.testing.assert_array_equal(found.ranks, 1 + np.argmax(order == targets[:, None], axis=1))
    own = np.take_along_axis(rows, targets[:, None], axis=1)
    np.testing.assert_array_equal(found.ahead, (rows > own).sum(axis=1))
    np.testing.assert_array_equal(found.tied, (rows == own).sum(axis=1))
    assert ((found.ranks == 1) == (found.guesses[:, 0] == targets)).all()


def test_mass_in_bands_is_all_of_it() -> None:
    rows = np.log(np.array([[0.05, 0.15, 0.8], [0.4, 0.4, 0.2]]))
    found = scored([rows], np.array([2, 0]), edges=np.array([0.1, 0.5]))
    np.testing.assert_allclose(found.mass, [[0.05, 0.15, 0.8], [0.0, 1.0, 0.0]])
    assert found.right_band.tolist() == [2, 1]
    assert found.sizes.tolist() == [1, 4, 1]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_row_for_each_target(rows: int) -> None:
    with pytest.raises(InputError, match="one row for each of the 2 targets"):
        scored([np.zeros((rows, 2))], np.array([0, 1]))


def test_no_guesses() -> None:
    with pytest.raises(InputError, match="`count` must be at least 1"):
        scored([np.zeros((1, 2))], np.array([0]), count=0)
