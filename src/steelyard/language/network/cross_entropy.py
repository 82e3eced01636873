"""Cross-entropy of a large vocabulary without ever holding all of its logits.

The logits of 2,048 tokens and 10,000 words are 80 MB, and PyTorch's loss keeps them, their log softmax and their gradient at once. Here a
block of tokens is taken through logits, loss and gradient before the next one (the gradient of a mean of losses is known as soon as the
logits are), so memory doesn't grow with the number of tokens, nothing is computed twice, and a block stays in the cache.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from steelyard.language.network.softmax import loss_and_gradient

BLOCK_BYTES = 16 << 20
"""Size of a block of logits: large enough for fast matrix products, small enough for a last cache."""


def chunked_cross_entropy(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over tokens of -log softmax(hidden weight' + bias)[target], in nats, as a scalar that can be differentiated.

    Equal to `torch.nn.functional.cross_entropy(linear(hidden, weight, bias), targets)`, in single precision on a CPU.

    Args:
        hidden: what the guesses are made from, shape (tokens, features), float32.
        weight: shape (size, features), float32.
        bias: shape (size,), float32.
        targets: the right tokens, in [0, size), shape (tokens,), int64.

    When it is wrong: sums of a row are in single precision by eight lanes, so a loss of 10 nats is within about 1e-6 of itself.
    It can be differentiated once.

    Example:
        >>> import torch.nn.functional as F
        >>> hidden, weight, bias = torch.randn(6, 4), torch.randn(9, 4), torch.randn(9)
        >>> targets = torch.tensor([0, 3, 8, 1, 1, 2])
        >>> whole = F.cross_entropy(F.linear(hidden, weight, bias), targets)
        >>> bool(torch.isclose(chunked_cross_entropy(hidden, weight, bias, targets), whole))
        True
    """
    mean: Tensor = _MeanLoss.apply(hidden, weight, bias, targets)  # type: ignore[no-untyped-call] # torch has no annotation
    return mean


def token_nats(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """Return -log softmax(hidden weight' + bias)[target] of each token, shape (tokens,); no gradient. Arguments as for the mean.

    Example:
        >>> nats = token_nats(torch.zeros(2, 3), torch.zeros(5, 3), torch.zeros(5), torch.tensor([0, 4]))
        >>> bool(torch.allclose(nats, torch.tensor(5.0).log()))
        True
    """
    nats = torch.empty(len(hidden))
    for rows in _blocks(len(hidden), len(weight)):
        _block(hidden.detach()[rows], weight.detach(), bias.detach(), targets[rows], nats[rows])
    return nats


def _blocks(tokens: int, size: int) -> list[slice]:
    rows = max(1, min(tokens, BLOCK_BYTES // (4 * size)))
    return [slice(start, min(start + rows, tokens)) for start in range(0, tokens, rows)]


def _block(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, nats: Tensor) -> Tensor:
    """Fill in the nats of a block and return the gradient of each row's loss with respect to its logits."""
    logits = hidden @ weight.t()
    loss_and_gradient(logits.numpy(), bias.numpy(), targets.numpy(), nats.numpy())
    return logits


class _MeanLoss(torch.autograd.Function):
    """Loss and gradients together; backward only scales them."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
        tokens = len(hidden)
        wanted = any(ctx.needs_input_grad[:3])
        hidden, weight, bias = hidden.detach(), weight.detach(), bias.detach()
        nats = torch.empty(tokens)
        if wanted:
            of_hidden = torch.empty_like(hidden)
            of_weight, of_bias = torch.zeros_like(weight), torch.zeros_like(bias)
        for rows in _blocks(tokens, len(weight)):
            gradient = _block(hidden[rows], weight, bias, targets[rows], nats[rows])
            if wanted:
                gradient *= 1 / tokens
                torch.mm(gradient, weight, out=of_hidden[rows])
                of_weight.addmm_(gradient.t(), hidden[rows])
                of_bias += gradient.sum(0)
        if wanted:
            ctx.save_for_backward(of_hidden, of_weight, of_bias)
        return nats.double().mean().float()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, scale: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        of_hidden, of_weight, of_bias = ctx.saved_tensors
        return of_hidden * scale, of_weight * scale, of_bias * scale, None
