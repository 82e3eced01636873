"""One number under five names: what Keras, PyTorch and scikit-learn minimise is the mean of -ln p of the right token."""

from __future__ import annotations

import importlib
import os
import warnings
from types import ModuleType

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.metrics import log_loss

from steelyard.language.meaning.scored import scored
from steelyard.language.meaning.terms import terms
from steelyard.language.network import chunked_cross_entropy, token_nats

TOKENS, SIZE = 64, 23


@pytest.fixture(scope="module")
def logits() -> NDArray[np.float64]:
    return np.random.default_rng(0).normal(scale=3.0, size=(TOKENS, SIZE))


@pytest.fixture(scope="module")
def right() -> NDArray[np.int64]:
    return np.random.default_rng(1).integers(0, SIZE, size=TOKENS)


@pytest.fixture(scope="module")
def in_numpy(logits: NDArray[np.float64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    """Nats of each token: the definition."""
    return np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(TOKENS), right]


@pytest.fixture(scope="module")
def keras() -> ModuleType:
    """Keras on PyTorch; what it warns of when it is imported is its own affair."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "KERAS_BACKEND" not in os.environ:
            patch.setenv("KERAS_BACKEND", "torch")
        module = pytest.importorskip("keras")
        importlib.import_module("keras.losses")
    return module


def test_torch_cross_entropy(
    logits: NDArray[np.float64], right: NDArray[np.int64], in_numpy: NDArray[np.float64]
) -> None:
    loss = torch.nn.functional.cross_entropy(
        torch.from_numpy(logits), torch.from_numpy(right), reduction="none"
    )
    np.testing.assert_allclose(loss.numpy(), in_numpy, rtol=1e-12)


def test_scikit_learns_log_loss(
    logits: NDArray[np.float64], right: NDArray[np.int64], in_numpy: NDArray[np.float64]
) -> None:
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = log_loss(right, probabilities, labels=np.arange(SIZE))
    assert loss == pytest.approx(in_numpy.mean(), rel=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("from_logits", [True, False])
def test_both_cross_entropies_of_keras(
    keras: ModuleType,
    logits: NDArray[np.float64],
    right: NDArray[np.int64],
    in_numpy: NDArray[np.float64],
    from_logits: bool,
) -> None:
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    given = (logits if from_logits else probabilities).astype(np.float32)
    one_hot = np.eye(SIZE, dtype=np.float32)[right]
    dense = keras.losses.categorical_crossentropy(one_hot, given, from_logits=from_logits)
    sparse = keras.losses.sparse_categorical_crossentropy(right, given, from_logits=from_logits)
    for loss in (dense, sparse):
        # Keras clips probabilities at 1e-7 (16.1 nats) when it isn't given logits.
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(loss), np.minimum(in_numpy, np.inf if from_logits else 16.2), rtol=2e-4
        )


def test_the_loss_that_the_model_is_trained_with(
    logits: NDArray[np.float64], right: NDArray[np.int64], in_numpy: NDArray[np.float64]
) -> None:
    hidden = torch.eye(SIZE)[: min(TOKENS, SIZE)]
    weight, bias = torch.from_numpy(logits[: len(hidden)].T.copy()).float(), torch.zeros(SIZE)
    targets = torch.from_numpy(right[: len(hidden)])
    # One-hot features: row n of the logits is column n of the weights.
    mean = chunked_cross_entropy(hidden, weight, bias, targets)
    assert float(mean) == pytest.approx(in_numpy[: len(hidden)].mean(), rel=1e-6)
    each = token_nats(hidden, weight, bias, targets)
    np.testing.assert_allclose(each.numpy(), in_numpy[: len(hidden)], rtol=2e-5, atol=1e-6)


def test_what_the_pages_show_is_the_same_number(
    logits: NDArray[np.float64], right: NDArray[np.int64], in_numpy: NDArray[np.float64]
) -> None:
    rows = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(scored([rows[:10], rows[10:]], right).nats, in_numpy, rtol=1e-12)
    for nth in range(5):
        worked = terms(np.exp(rows[nth]), int(right[nth]))
        assert sum(each.loss_nats for each in worked) == pytest.approx(in_numpy[nth], rel=1e-12)


def test_the_gradient_is_softmax_minus_one_hot(logits: NDArray[np.float64], right: NDArray[np.int64]) -> None:
    claimed = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True) - np.eye(SIZE)[right]

    leaf = torch.tensor(logits, requires_grad=True)
    torch.nn.functional.cross_entropy(leaf, torch.from_numpy(right), reduction="sum").backward()
    assert leaf.grad is not None
    np.testing.assert_allclose(leaf.grad.numpy(), claimed, atol=1e-12)

    def loss(at: NDArray[np.float64], token: int) -> float:
        return float(np.log(np.exp(at).sum()) - at[right[token]])

    step = 1e-5
    for token in range(4):
        for place in range(SIZE):
            up, down = logits[token].copy(), logits[token].copy()
            up[place] += step
            down[place] -= step
            numeric = (loss(up, token) - loss(down, token)) / (2 * step)
            assert numeric == pytest.approx(claimed[token, place], abs=1e-8)

    probabilities = np.exp(logits[0]) / np.exp(logits[0]).sum()
    for term in terms(probabilities, int(right[0]), named=SIZE):
        assert term.gradient == pytest.approx(claimed[0, term.id], abs=1e-12)
