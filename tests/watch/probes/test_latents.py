import numpy as np
import pytest
import torch

from steelyard.errors import InputError
from steelyard.watch.probes.latents import latents_of


def test_tensors_and_arrays_of_any_precision_are_rows():
    values = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    for each in (values, values.numpy(), values.bfloat16(), values.double().requires_grad_(), values.int()):
        found = latents_of(each)
        assert found.rows.dtype == np.float64
        np.testing.assert_array_equal(found.rows, values.reshape(6, 4))
        assert found.bags.tolist() == [0, 0, 0, 1, 1, 1]
    assert latents_of(values[0]).bags is None


def test_the_mask_takes_padding_out():
    values = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[True, False, True], [False, False, True]])
    found = latents_of(values, mask=mask)
    np.testing.assert_array_equal(found.rows, values[mask].double())
    assert found.bags.tolist() == [0, 0, 1]


def test_rounding_is_that_of_the_format():
    exact = np.random.default_rng(0).standard_normal((4000, 8))
    for kind in (torch.float32, torch.bfloat16):
        rounded = torch.tensor(exact).to(kind)
        error = np.linalg.norm(rounded.double().numpy() - exact, axis=1)
        assert latents_of(rounded).rounding == pytest.approx(np.sqrt((error**2).mean()), rel=0.25)


def test_rows_that_are_their_mean_but_for_rounding_become_zero():
    constant = np.full((50, 3), 0.1, np.float32) * np.float32(1e6)
    assert not latents_of(constant).centred().any()
    apart = constant.astype(np.float64) + np.eye(50, 3)
    assert latents_of(apart).centred().any(axis=1).all()


@pytest.mark.parametrize(
    ("latents", "mask", "message"),
    [
        (np.zeros(5), None, r"shape \(samples, width\) or \(batch, n, width\), but got \(5,\)"),
        (np.zeros((1, 2, 3, 4)), None, "but got"),
        (np.zeros((3, 0)), None, "but got"),
        (np.zeros((1, 4)), None, "at least two vectors, but got 1"),
        (np.zeros((3, 4)), np.array([True, False, False]), "at least two vectors, but got 1"),
        (np.array([[0.0, 1], [np.nan, 0], [0, 0]]), None, "vector 1 of 3 isn't"),
        (np.array([[0.0, 1], [np.inf, 0]]), None, "finite"),
        (np.zeros((3, 4)), np.ones((3, 4), bool), r"`mask` must have shape \(3,\)"),
        (np.zeros((3, 4)), np.array([0.5, 1, 1]), "other numbers"),
        (np.array([["a", "b"]]), None, "must hold numbers"),
    ],
)
def test_refuses(latents, mask, message):
    with pytest.raises(InputError, match=message):
        latents_of(latents, mask=mask)


def test_a_number_that_is_not_finite_in_padding_is_nobodys_business():
    values = np.zeros((2, 2, 3))
    values[0, 1] = np.nan
    assert len(latents_of(values, mask=np.array([[True, False], [True, True]])).rows) == 3
