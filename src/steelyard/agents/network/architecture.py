"""The sizes and switches of an actor-critic network on bags of words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from steelyard.errors import InputError

Norm = Literal["pre", "post"]
"""Whether a layer norm stands before each part of an encoder layer or after it."""
Latents = Literal["none", "l2", "layernorm", "centre"]
"""What is done to each word's latent vector between the body and the heads."""
Bodies = Literal["shared", "separate"]
"""Whether actor and critic read one body's latents or have a body each."""
Head = Literal["encoder", "linear"]
"""Whether a head has an encoder layer of its own before its linear map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What a `SetActorCritic` is made of.

    Args:
        vocabulary: different words, word 0 (none) included.
        features: numbers that come with each word.
        actions: to choose from.
        width: of a latent vector; a multiple of `attention_heads`.
        attention_heads: of each encoder layer.
        feedforward: width of an encoder layer's hidden layer; None: twice `width`.
        layers: encoder layers of a body.
        norm: `pre` (Xiong et al. 2020) or `post` (Vaswani et al. 2017).
        latents: `none`, `l2` (unit length), `layernorm` (with gains and biases), or `centre` (minus the mean of the bag's words).
        embedding_bias: whether one vector is added to every word.
        mask: False lets padding take part, in attention and in means, as a network without a mask does.
        bodies: `shared` or `separate`.
        head: `encoder` or `linear`.
        position: whether a code of the place in the list is added (Vaswani et al. 2017, section 3.5): a bag has no order, so it can only
            tell a network what isn't so.
        dropout: share of the features dropped while the network is in training mode, in [0, 1). Anything but 0 makes the same weights
            give other probabilities in each pass, and with it PPO's ratio differ from 1 before any step was made.

    Raises:
        InputError: a value outside its range.

    Example:
        >>> Architecture(vocabulary=10, features=1, actions=8).hidden
        128
    """

    vocabulary: int
    features: int
    actions: int
    width: int = 64
    attention_heads: int = 4
    feedforward: int | None = None
    layers: int = 2
    norm: Norm = "pre"
    latents: Latents = "none"
    embedding_bias: bool = True
    mask: bool = True
    bodies: Bodies = "shared"
    head: Head = "encoder"
    position: bool = False
    dropout: float = 0.0

    def __post_init__(self) -> None:
        for name, least in (
            ("vocabulary", 2),
            ("features", 0),
            ("actions", 2),
            ("width", 1),
            ("attention_heads", 1),
        ):
            if getattr(self, name) < least:
                raise InputError(f"`{name}` must be at least {least}, but got {getattr(self, name)}")
        if self.layers < 1:
            raise InputError(f"`layers` must be at least 1, but got {self.layers}")
        if self.width % self.attention_heads:
            raise InputError(
                f"`width` must be a multiple of `attention_heads`, but got {self.width} and {self.attention_heads}; try "
                f"width={math.ceil(self.width / self.attention_heads) * self.attention_heads}"
            )
        if self.feedforward is not None and self.feedforward < 1:
            raise InputError(
                f"`feedforward` must be at least 1, or None for twice `width`, but got {self.feedforward}"
            )
        for name, known in (("norm", Norm), ("latents", Latents), ("bodies", Bodies), ("head", Head)):
            if getattr(self, name) not in get_args(known):
                raise InputError(
                    f"`{name}` must be one of {', '.join(get_args(known))}, but got {getattr(self, name)!r}"
                )
        if not 0 <= self.dropout < 1:
            raise InputError(f"`dropout` must lie in [0, 1), but got {self.dropout}")

    @property
    def hidden(self) -> int:
        """Return the width of an encoder layer's hidden layer."""
        return 2 * self.width if self.feedforward is None else self.feedforward
