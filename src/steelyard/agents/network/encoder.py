"""Encoder layers: PyTorch's `nn.TransformerEncoder`, begun with different weights in each layer."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from steelyard.agents.network.architecture import Architecture
from steelyard.agents.network.attention import attend


class Encoder(nn.TransformerEncoder):
    """Let the words of a bag look at each other, layer by layer.

    Its weights, their names and what it computes are `nn.TransformerEncoder`'s. Two things differ: PyTorch copies one layer, so that
    all layers begin with the same weights, where each layer here draws its own; and without dropout the layers are computed by
    `layer_outputs`, which takes about half the time on bags of a few words.

    Args:
        architecture: sizes.
        layers: how many.

    Example:
        >>> encoder = Encoder(Architecture(vocabulary=4, features=0, actions=2, width=8, attention_heads=2), layers=2)
        >>> import torch
        >>> latents = encoder(torch.randn(3, 5, 8))
        >>> bool((encoder.layers[0].linear1.weight != encoder.layers[1].linear1.weight).any())
        True
    """

    def __init__(self, architecture: Architecture, *, layers: int) -> None:
        super().__init__(_layer(architecture), 1, enable_nested_tensor=False)
        self.layers.extend(_layer(architecture) for _ in range(layers - 1))
        self.num_layers = layers

    def forward(  # type: ignore[override]  # bags have no causal mask, and padding is said by what is there
        self, latents: Tensor, present: Tensor | None = None
    ) -> Tensor:
        """Return the latents after the last layer, shape as before.

        Args:
            latents: shape (batch, n, width).
            present: bool, shape (batch, n): True where a word is; None: everywhere.
        """
        for layer in self.layers:
            assert isinstance(layer, nn.TransformerEncoderLayer)
            if layer.training and layer.dropout.p > 0:
                latents = layer(latents, src_key_padding_mask=None if present is None else ~present)
            else:
                latents = layer_outputs(layer, latents, present)
        return latents


def layer_outputs(layer: nn.TransformerEncoderLayer, latents: Tensor, present: Tensor | None) -> Tensor:
    """Return what an encoder layer gives without dropout, shape (batch, n, width).

    Args:
        layer: with ReLU, batch first.
        latents: shape (batch, n, width).
        present: bool, shape (batch, n): True where a word is; None: everywhere.
    """
    if layer.norm_first:
        latents = latents + _attention(layer.self_attn, _normed(layer.norm1, latents), present)
        return latents + _feedforward(layer, _normed(layer.norm2, latents))
    latents = _normed(layer.norm1, latents + _attention(layer.self_attn, latents, present))
    return _normed(layer.norm2, latents + _feedforward(layer, latents))


def _attention(attention: nn.MultiheadAttention, latents: Tensor, present: Tensor | None) -> Tensor:
    projected = functional.linear(latents, attention.in_proj_weight, attention.in_proj_bias)
    attended = attend(projected, present, heads=attention.num_heads)
    return functional.linear(attended, attention.out_proj.weight, attention.out_proj.bias)


def _feedforward(layer: nn.TransformerEncoderLayer, latents: Tensor) -> Tensor:
    inner = functional.relu(functional.linear(latents, layer.linear1.weight, layer.linear1.bias))
    return functional.linear(inner, layer.linear2.weight, layer.linear2.bias)


def _normed(norm: nn.LayerNorm, latents: Tensor) -> Tensor:
    return functional.layer_norm(latents, norm.normalized_shape, norm.weight, norm.bias, norm.eps)


def _layer(architecture: Architecture) -> nn.TransformerEncoderLayer:
    return nn.TransformerEncoderLayer(
        architecture.width,
        architecture.attention_heads,
        architecture.hidden,
        dropout=architecture.dropout,
        batch_first=True,
        norm_first=architecture.norm == "pre",
    )
