"""Attention within bags of a few words, compiled: libraries are made for long sequences and spend their time on overhead here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor

_FAST = {"reassoc", "contract", "arcp", "nsz"}


def attend(projected: Tensor, present: Tensor | None, *, heads: int, compiled: bool = True) -> Tensor:
    """Return what each word takes from the words of its bag, shape (batch, n, width).

    Scaled dot-product attention (Vaswani et al. 2017, equation 1) in each head: softmax of query times key over the square root of a
    head's width, times value. In single precision on a processor both directions are compiled; elsewhere PyTorch's operations are used.

    Args:
        projected: queries, keys and values side by side, shape (batch, n, 3 width).
        present: bool, shape (batch, n): True where a word is to be seen, somewhere in each bag; None: everywhere.
        heads: that the width is divided into.
        compiled: False takes PyTorch's operations everywhere.

    Example:
        >>> projected = torch.randn(2, 5, 24, generator=torch.Generator().manual_seed(0))
        >>> one = attend(projected, None, heads=2)
        >>> other = attend(projected, None, heads=2, compiled=False)
        >>> one.shape, torch.allclose(one, other, atol=1e-6)
        (torch.Size([2, 5, 8]), True)
    """
    if compiled and projected.dtype == torch.float32 and projected.device.type == "cpu":
        attended: Tensor = _Attention.apply(projected, present, heads)  # type: ignore[no-untyped-call]  # PyTorch's `apply` has no types
        return attended
    return _attend_by_torch(projected, present, heads)


def _attend_by_torch(projected: Tensor, present: Tensor | None, heads: int) -> Tensor:
    batch, n, width = projected.shape[0], projected.shape[1], projected.shape[2] // 3
    queries, keys, values = projected.view(batch, n, 3, heads, width // heads).permute(2, 0, 3, 1, 4).unbind()
    scores = (queries * (width // heads) ** -0.5) @ keys.transpose(-1, -2)
    if present is not None:
        scores = scores.masked_fill(~present[:, None, None, :], -torch.inf)
    return (torch.softmax(scores, dim=-1) @ values).transpose(1, 2).reshape(batch, n, width)


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, projected: Tensor, present: Tensor | None, heads: int) -> Tensor:
        batch, n, wide = projected.shape
        given = projected.detach().contiguous().numpy().reshape(batch, n, 3, heads, wide // (3 * heads))
        seen = np.ones((batch, n), dtype=np.bool_) if present is None else present.contiguous().numpy()
        taken = np.empty((batch, n, heads, given.shape[4]), dtype=np.float32)
        shares = np.empty((batch, heads, n, n), dtype=np.float32)
        _forward(given, seen, taken, shares)
        ctx.save_for_backward(projected)
        ctx.shares = shares
        return torch.from_numpy(taken.reshape(batch, n, wide // 3))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (projected,) = ctx.saved_tensors
        batch, n, wide = projected.shape
        heads = ctx.shares.shape[1]
        given = projected.detach().contiguous().numpy().reshape(batch, n, 3, heads, wide // (3 * heads))
        wanted = gradients[0].contiguous().numpy().reshape(batch, n, heads, given.shape[4])
        found = np.zeros(given.shape, dtype=np.float32)
        _backward(given, ctx.shares, wanted, found)
        return torch.from_numpy(found.reshape(batch, n, wide)), None, None


@njit(fastmath=_FAST, error_model="numpy", nogil=True, cache=True)
def _forward(
    given: NDArray[np.float32],
    seen: NDArray[np.bool_],
    taken: NDArray[np.float32],
    shares: NDArray[np.float32],
) -> None:
    batch, n, _, heads, size = given.shape
    scale = np.float32(1 / math.sqrt(size))
    for bag in range(batch):
        for head in range(heads):
            for row in range(n):
                query = given[bag, row, 0, head]
                highest = np.float32(-np.inf)
                share = shares[bag, head, row]
                for other in range(n):
                    if not seen[bag, other]:
                        continue
                    key = given[bag, other, 1, head]
                    score = np.float32(0)
                    for place in range(size):
                        score += query[place] * key[place]
                    score *= scale
                    share[other] = score
                    highest = max(highest, score)
                total = np.float32(0)
                for other in range(n):
                    if seen[bag, other]:
                        share[other] = np.exp(share[other] - highest)
                        total += share[other]
                    else:
                        share[other] = np.float32(0)
                out = taken[bag, row, head]
                for place in range(size):
                    out[place] = np.float32(0)
                for other in range(n):
                    share[other] /= total
                    value = given[bag, other, 2, head]
                    for place in range(size):
                        out[place] += share[other] * value[place]


@njit(fastmath=_FAST, error_model="numpy", nogil=True, cache=True)
def _backward(
    given: NDArray[np.float32],
    shares: NDArray[np.float32],
    wanted: NDArray[np.float32],
    found: NDArray[np.float32],
) -> None:
    batch, n, _, heads, size = given.shape
    scale = np.float32(1 / math.sqrt(size))
    slopes = np.empty(n, dtype=np.float32)
    for bag in range(batch):
        for head in range(heads):
            for row in range(n):
                share = shares[bag, head, row]
                slope = wanted[bag, row, head]
                mean = np.float32(0)
                for other in range(n):
                    if share[other] == 0:
                        continue
                    value = given[bag, other, 2, head]
                    to_value = found[bag, other, 2, head]
                    product = np.float32(0)
                    for place in range(size):
                        product += slope[place] * value[place]
                        to_value[place] += share[other] * slope[place]
                    slopes[other] = product
                    mean += share[other] * product
                query = given[bag, row, 0, head]
                to_query = found[bag, row, 0, head]
                for other in range(n):
                    if share[other] == 0:
                        continue
                    rate = share[other] * (slopes[other] - mean) * scale
                    key = given[bag, other, 1, head]
                    to_key = found[bag, other, 1, head]
                    for place in range(size):
                        to_query[place] += rate * key[place]
                        to_key[place] += rate * query[place]
