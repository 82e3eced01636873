import numpy as np
import torch

from steelyard.agents.learning.rows import Rows

WORDS = np.array([[1, 2, 0], [1, 0, 0]], dtype=np.int8)
ROWS = Rows(
    words=WORDS,
    mask=WORDS > 0,
    features=np.ones((2, 3, 1), dtype=np.float32),
    allowed=np.array([[True, False], [True, True]]),
)


def test_tensors_hold_the_same():
    shown = ROWS.shown("cpu")
    assert shown.words.dtype == torch.int64
    assert shown.words.tolist() == WORDS.tolist()
    assert shown.mask.tolist() == (WORDS > 0).tolist()
    assert shown.features.shape == (2, 3, 1)
    assert shown.allowed.tolist() == [[True, False], [True, True]]


def test_taking_and_joining_are_inverse():
    both = Rows.joined([ROWS.taken(np.array([0])), ROWS.taken(np.array([1]))])
    for name in ("words", "mask", "features", "allowed"):
        assert np.array_equal(getattr(both, name), getattr(ROWS, name))


def test_what_is_allowed_makes_rows_different():
    same = Rows(words=WORDS[[0, 0]], mask=WORDS[[0, 0]] > 0, features=None)
    assert len(same.distinct().first) == 1
    other = Rows(
        words=same.words, mask=same.mask, features=None, allowed=np.array([[True, False], [True, True]])
    )
    assert len(other.distinct().first) == 2
