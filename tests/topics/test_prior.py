"""Priors: what may be given, and what is refused."""

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.topics.prior import resolve


def test_one_number_stands_for_all_and_an_array_is_copied() -> None:
    given = np.array([0.0, 0.5, 2.0])
    taken = resolve(given, size=3, name="alpha", start=1.0)
    assert resolve(0.25, size=3, name="alpha", start=1.0).tolist() == [0.25] * 3
    taken[0] = 9
    assert given[0] == 0


@pytest.mark.parametrize("prior", [None, "learn"])
def test_without_numbers_the_start_is_taken(prior: None) -> None:
    assert resolve(prior, size=2, name="alpha", start=0.1).tolist() == [0.1, 0.1]


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        (-0.1, "got -0.1"),
        (float("nan"), "got nan"),
        (float("inf"), "got inf"),
        (1e-13, "got 1e-13"),
        ([0.1, 0.2], r"3 of them, but got the shape \(2,\)"),
        ([[0.1, 0.2, 0.3]], "3 of them"),
        ("auto", "'learn', but got 'auto'"),
        (["a", "b", "c"], "must be a number"),
        ([0.1, -1.0, 0.2], "got -1.0"),
    ],
)
def test_what_is_no_prior_is_refused(prior: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        resolve(prior, size=3, name="alpha", start=1.0)
