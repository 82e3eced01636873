"""The network: embedding, LSTM layers, softmax over the vocabulary."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from steelyard.language.network.architecture import Architecture
from steelyard.language.network.cross_entropy import chunked_cross_entropy, token_nats
from steelyard.language.network.dropout import dropped
from steelyard.language.network.recurrence import recur

State = list[tuple[Tensor, Tensor]]
"""Output and cell of every layer, each of shape (batch, hidden)."""
LARGE = 5.0
"""Standard deviation of the logits of a network that starts with confident nonsense."""


class LanguageNetwork(nn.Module):
    """Guess the next token from all before it.

    On a CPU in single precision the layers run by `recur` and the loss by `chunked_cross_entropy`; anywhere else (CUDA, double precision,
    bfloat16 by autocast) by PyTorch's own. The weights have the names and shapes of `nn.Embedding`, `nn.LSTM` and `nn.Linear` either way.

    Args:
        architecture: sizes and switches.
        seed: of the initial weights, drawn in single precision.
        frequencies: how often each token occurs, shape (size,), for `output_start="unigram"`.
        compiled: False takes PyTorch's own everywhere.

    Example:
        >>> network = LanguageNetwork(Architecture(size=10, embedding=4, hidden=8), seed=0)
        >>> ids = torch.zeros(5, 2, dtype=torch.int64)
        >>> features, state = network(ids, network.start(2))
        >>> features.shape, len(state), network.nats(features, ids).shape
        (torch.Size([5, 2, 8]), 1, torch.Size([5, 2]))
    """

    def __init__(
        self,
        architecture: Architecture,
        *,
        seed: int,
        frequencies: Tensor | None = None,
        compiled: bool = True,
    ) -> None:
        super().__init__()
        self.architecture = architecture
        self.compiled = compiled
        sizes = architecture
        generator = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng(
            devices=[]
        ):  # PyTorch's modules draw weights of their own, which are drawn over
            self.embedding = None if sizes.embedding is None else nn.Embedding(sizes.size, sizes.embedding)
            self.layers = nn.ModuleList(
                nn.LSTM((sizes.embedding or sizes.size) if layer == 0 else sizes.hidden, sizes.hidden)
                for layer in range(sizes.layers)
            )
            self.output = nn.Linear(sizes.hidden, sizes.size)
        with torch.no_grad():
            self._draw(generator, frequencies)
        if sizes.tied:
            assert self.embedding is not None
            self.output.weight = self.embedding.weight

    def start(self, batch: int) -> State:
        """Return the state before any token: zeros."""
        weight = self.output.weight
        return [
            (
                weight.new_zeros(batch, self.architecture.hidden),
                weight.new_zeros(batch, self.architecture.hidden),
            )
            for _ in self.layers
        ]

    def forward(
        self, ids: Tensor, state: State, *, generator: torch.Generator | None = None
    ) -> tuple[Tensor, State]:
        """Return the features that the next tokens are guessed from, and the state after the last.

        Args:
            ids: tokens, shape (steps, batch), int64.
            state: from `start` or the window before; no gradient flows into it.
            generator: draws dropout; None drops nothing.

        Returns:
            Features, shape (steps, batch, hidden); the state.
        """
        sizes = self.architecture
        features: Tensor | None = None
        after: State = []
        for depth, (layer, before) in enumerate(zip(self.layers, state, strict=True)):
            assert isinstance(layer, nn.LSTM)
            recurrent = dropped(layer.get_parameter("weight_hh_l0"), sizes.weight_dropout, generator)
            if features is not None:
                features = dropped(features, sizes.dropout, generator)
            if self._own(before[0]) and len(ids) > 1:  # laying out weights doesn't pay for one step
                given = self._gates(ids, layer, features, generator)
                features, last = recur(given, recurrent, before, overwrite=True)
            else:
                shown = self._embedded(ids, generator) if features is None else features
                features, last = _by_torch(layer, recurrent, shown, before)
            after.append(last)
            assert depth < sizes.layers
        assert features is not None
        return dropped(features, sizes.dropout, generator), after

    def loss(self, features: Tensor, targets: Tensor) -> Tensor:
        """Return the mean of -log p(target) in nats; a scalar to be differentiated.

        Args:
            features: what `forward` returned, shape (steps, batch, hidden).
            targets: the right tokens, shape (steps, batch), int64.
        """
        flat, right = features.flatten(0, 1), targets.flatten()
        if self._own(flat):
            return chunked_cross_entropy(flat, self.output.weight, self.output.bias, right)
        return functional.cross_entropy(
            self.output(flat).float() if flat.dtype != torch.float64 else self.output(flat), right
        )

    def nats(self, features: Tensor, targets: Tensor) -> Tensor:
        """Return -log p(target) of each token in nats, shape of the targets; no gradient."""
        flat, right = features.flatten(0, 1), targets.flatten()
        with torch.no_grad():
            if self._own(flat):
                return token_nats(flat, self.output.weight, self.output.bias, right).view(targets.shape)
            logits = self.output(flat)
            return functional.cross_entropy(logits, right, reduction="none").view(targets.shape)

    def log_probabilities(self, features: Tensor) -> Tensor:
        """Return log p of every token, shape (..., size), of features (..., hidden)."""
        return torch.log_softmax(self.output(features), dim=-1)

    def _own(self, values: Tensor) -> bool:
        return (
            self.compiled
            and values.dtype == torch.float32
            and values.device.type == "cpu"
            and self.output.weight.dtype == torch.float32
            and not torch.is_autocast_enabled("cpu")
        )

    def _embedded(self, ids: Tensor, generator: torch.Generator | None) -> Tensor:
        if self.embedding is None:
            return functional.one_hot(ids, self.architecture.size).to(self.output.weight.dtype)
        embedded: Tensor = self.embedding(ids)
        return dropped(embedded, self.architecture.embedding_dropout, generator)

    def _gates(
        self, ids: Tensor, layer: nn.LSTM, below: Tensor | None, generator: torch.Generator | None
    ) -> Tensor:
        """Return what goes into a layer's gates from its input and biases, shape (steps, batch, 4 hidden)."""
        bias = layer.get_parameter("bias_ih_l0") + layer.get_parameter("bias_hh_l0")
        weight = layer.get_parameter("weight_ih_l0")
        if below is not None:
            return functional.linear(below, weight, bias)
        if self.embedding is None:
            return functional.embedding(ids, weight.t() + bias)
        dropping = self.architecture.embedding_dropout > 0 and generator is not None
        if dropping or self.architecture.size > ids.numel():
            return functional.linear(self._embedded(ids, generator), weight, bias)
        # Fewer kinds of tokens than tokens: each kind's part of the gates is computed once and looked up.
        return functional.embedding(ids, functional.linear(self.embedding.weight, weight, bias))

    def _draw(self, generator: torch.Generator, frequencies: Tensor | None) -> None:
        """Draw the initial weights in a fixed order."""
        sizes = self.architecture
        if self.embedding is not None:
            # Tied weights are the softmax's too, which would begin with confident nonsense.
            deviation = 1 / math.sqrt(sizes.embedding or 1) if sizes.tied else 1.0
            self.embedding.weight.normal_(0, deviation, generator=generator)
        bound = sizes.spread or 1 / math.sqrt(sizes.hidden)
        for layer in self.layers:
            for weight in layer.parameters():
                weight.uniform_(-bound, bound, generator=generator)
        self.output.weight.uniform_(-bound, bound, generator=generator)
        self.output.bias.zero_()
        if sizes.spread is not None and self.embedding is not None:
            self.embedding.weight.uniform_(-bound, bound, generator=generator)
        if sizes.output_start == "unigram":
            assert frequencies is not None
            self.output.bias.copy_(frequencies.clamp_min(1e-9).log())
        elif sizes.output_start == "large":
            self.output.bias.normal_(0, LARGE, generator=generator)


def _by_torch(
    layer: nn.LSTM, recurrent: Tensor, inputs: Tensor, before: tuple[Tensor, Tensor]
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Return a layer's outputs and last state by PyTorch's LSTM, with weights between steps that may have been dropped."""
    state = (before[0].unsqueeze(0).to(inputs.dtype), before[1].unsqueeze(0).to(inputs.dtype))
    weights = {"weight_hh_l0": recurrent}
    outputs, (hidden, cell) = torch.func.functional_call(layer, weights, (inputs, state))
    return outputs, (hidden[0].detach(), cell[0].detach())
