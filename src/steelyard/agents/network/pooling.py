"""Means over the words of a bag, and what is done to latents between body and heads."""

from __future__ import annotations

from typing import assert_never

from torch import Tensor, nn
from torch.nn import functional

from steelyard.agents.network.architecture import Latents


def masked_mean(latents: Tensor, present: Tensor | None) -> Tensor:
    """Return the mean over the words that are there, shape (batch, width).

    Args:
        latents: shape (batch, n, width).
        present: bool, shape (batch, n), True where a word is; None: everywhere.

    Example:
        >>> import torch
        >>> masked_mean(torch.tensor([[[1.0], [3.0], [100.0]]]), torch.tensor([[True, True, False]]))
        tensor([[2.]])
    """
    if present is None:
        return latents.mean(dim=1)
    shares = present.to(latents.dtype) / present.sum(dim=1, keepdim=True)
    return (shares.unsqueeze(1) @ latents).squeeze(1)


def normalised(latents: Tensor, how: Latents, *, present: Tensor | None, norm: nn.LayerNorm | None) -> Tensor:
    """Return the latents as the heads see them, shape (batch, n, width).

    Unit length (`l2`) leaves every cosine what it was; `centre` doesn't.

    Args:
        latents: shape (batch, n, width).
        how: `none`, `l2`, `layernorm` or `centre`.
        present: bool, shape (batch, n), True where a word is; None: everywhere.
        norm: the layer norm, for `layernorm`.

    Example:
        >>> import torch
        >>> normalised(torch.tensor([[[3.0, 4.0]]]), "l2", present=None, norm=None)
        tensor([[[0.6000, 0.8000]]])
    """
    match how:
        case "none":
            return latents
        case "l2":
            return functional.normalize(latents, dim=-1)
        case "layernorm":
            assert norm is not None
            normed: Tensor = norm(latents)
            return normed
        case "centre":
            return latents - masked_mean(latents, present).unsqueeze(1)
        case _:
            assert_never(how)
