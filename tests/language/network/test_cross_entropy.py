import pytest
import torch
from torch.nn import functional

from steelyard.language.network import cross_entropy
from steelyard.language.network.cross_entropy import chunked_cross_entropy, token_nats


def case(tokens=37, features=9, size=21, scale=1.0):
    draw = torch.Generator().manual_seed(0)
    hidden = (scale * torch.randn(tokens, features, generator=draw)).requires_grad_()
    weight = torch.randn(size, features, generator=draw).requires_grad_()
    bias = torch.randn(size, generator=draw).requires_grad_()
    return hidden, weight, bias, torch.randint(size, (tokens,), generator=draw)


@pytest.mark.parametrize("block_bytes", [1, 4 * 21 * 5, 1 << 20])
@pytest.mark.parametrize("size", [1, 3, 8, 21])
def test_loss_and_gradients_are_pytorchs_whatever_the_blocks(block_bytes, size, monkeypatch):
    monkeypatch.setattr(cross_entropy, "BLOCK_BYTES", block_bytes)
    *inputs, targets = case(size=size)
    own = chunked_cross_entropy(*inputs, targets)
    right = functional.cross_entropy(functional.linear(*inputs), targets)
    torch.testing.assert_close(own, right, atol=1e-6, rtol=1e-6)
    for one, other in zip(
        torch.autograd.grad(3 * own, inputs), torch.autograd.grad(3 * right, inputs), strict=True
    ):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-5)


def test_logits_far_apart_neither_overflow_nor_lose_the_right_one():
    hidden, weight, bias, targets = case(scale=100.0)
    own = token_nats(hidden, weight, bias, targets)
    logits = functional.linear(hidden.double(), weight.double(), bias.double())
    right = functional.cross_entropy(logits, targets, reduction="none")
    torch.testing.assert_close(own.double(), right, atol=1e-3, rtol=1e-5)
    assert own.max() > 88


def test_the_nats_of_tokens_are_what_the_mean_is_of():
    hidden, weight, bias, targets = case()
    nats = token_nats(hidden, weight, bias, targets)
    torch.testing.assert_close(nats.mean(), chunked_cross_entropy(hidden, weight, bias, targets).detach())
    assert not nats.requires_grad


def test_without_gradients_no_gradient_is_computed(monkeypatch):
    monkeypatch.setattr(torch, "zeros_like", lambda *_: pytest.fail("a gradient was made"))
    hidden, weight, bias, targets = (each.detach() for each in case())
    assert chunked_cross_entropy(hidden, weight, bias, targets) > 0


def test_a_loss_of_nan_is_nan():
    hidden, weight, bias, targets = case()
    with torch.no_grad():
        hidden[3] = torch.nan
    assert token_nats(hidden, weight, bias, targets)[3].isnan()
