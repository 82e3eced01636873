import pytest
import torch
from torch import nn

from steelyard.agents.network.attention import attend


def drawn(batch, n, width, *, seed):
    generator = torch.Generator().manual_seed(seed)
    projected = torch.randn(batch, n, 3 * width, generator=generator)
    present = torch.rand(batch, n, generator=generator) > 0.4
    present[:, -1] = True
    return projected, present, torch.randn(batch, n, width, generator=generator)


@pytest.mark.parametrize(("n", "heads", "width"), [(7, 4, 32), (6, 4, 64), (1, 2, 4), (9, 1, 6)])
@pytest.mark.parametrize("masked", [True, False])
def test_compiled_is_pytorch_s_forwards_and_backwards(n, heads, width, masked):
    projected, present, slope = drawn(20, n, width, seed=n)
    seen = present if masked else None
    found = []
    for compiled in (True, False):
        given = projected.clone().requires_grad_()
        taken = attend(given, seen, heads=heads, compiled=compiled)
        taken.backward(slope)
        found.append((taken.detach(), given.grad))
    torch.testing.assert_close(found[0][0], found[1][0], atol=2e-6, rtol=1e-5)
    torch.testing.assert_close(found[0][1], found[1][1], atol=4e-6, rtol=1e-5)


def test_it_is_scaled_dot_product_attention():
    projected, _, _ = drawn(5, 4, 8, seed=0)
    queries, keys, values = projected.view(5, 4, 3, 2, 4).permute(2, 0, 3, 1, 4)
    expected = (
        nn.functional.scaled_dot_product_attention(queries, keys, values).transpose(1, 2).reshape(5, 4, 8)
    )
    torch.testing.assert_close(attend(projected, None, heads=2), expected)


def test_large_scores_do_not_overflow():
    projected = torch.full((1, 3, 12), 200.0)
    projected[0, 1] *= -1
    taken = attend(projected, None, heads=1)
    assert torch.isfinite(taken).all()
    torch.testing.assert_close(taken, attend(projected, None, heads=1, compiled=False))


def test_an_unseen_word_gives_nothing_and_gets_no_gradient():
    projected, _, slope = drawn(3, 4, 8, seed=2)
    present = torch.tensor([[True, True, False, True]]).expand(3, -1)
    given = projected.clone().requires_grad_()
    attend(given, present, heads=2).backward(slope)
    assert given.grad[:, 2, 8:].abs().max() == 0  # its key and value
    other = projected.clone()
    other[:, 2, 8:] = 1e6
    assert torch.equal(attend(other, present, heads=2), attend(projected, present, heads=2))
