from __future__ import annotations

import torch

from steelyard.watch.recording.objective import Objective
from steelyard.watch.recording.rows import MOST_NUMBERS, as_rows

CROSS_ENTROPY = Objective(kind="cross-entropy", form="logits")
MSE = Objective(kind="mse", form="values")


def test_padding_is_left_out() -> None:
    rows = as_rows(CROSS_ENTROPY, torch.randn(2, 4, 3), torch.tensor([[0, 1, -100, -100], [2, 0, 1, -100]]))
    assert rows is not None
    assert rows.targets.tolist() == [0, 1, 2, 0, 1]
    assert (rows.total, rows.examples, rows.classes) == (5, 2, 3)


def test_columns_stay_columns() -> None:
    rows = as_rows(MSE, torch.arange(6.0).reshape(3, 2), torch.zeros(3, 2))
    assert rows is not None
    assert rows.outputs.tolist() == [[0, 1], [2, 3], [4, 5]]
    flat = as_rows(MSE, torch.ones(3, 1), torch.zeros(3))
    assert flat is not None
    assert flat.outputs.shape == flat.targets.shape == (3, 1)


def test_shapes_that_do_not_fit_are_no_rows() -> None:
    assert as_rows(MSE, torch.ones(3, 2), torch.zeros(3)) is None
    assert as_rows(CROSS_ENTROPY, torch.randn(2, 3), torch.tensor([-100, -100])) is None


def test_large_batches_are_thinned_and_counted_whole() -> None:
    rows = as_rows(CROSS_ENTROPY, torch.zeros(4096, 500), torch.zeros(4096, dtype=torch.long))
    assert rows is not None
    assert rows.outputs.size <= MOST_NUMBERS
    assert rows.total == 4096
