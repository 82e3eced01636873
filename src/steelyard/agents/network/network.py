"""The network: a bag of words in, logits of actions and a value out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import torch
from torch import Tensor, nn

from steelyard.agents.network.architecture import Architecture, Bodies, Latents, Norm
from steelyard.agents.network.architecture import Head as HeadKind
from steelyard.agents.network.embedding import LinearEmbedding
from steelyard.agents.network.encoder import Encoder
from steelyard.agents.network.head import Head
from steelyard.agents.network.pooling import normalised
from steelyard.errors import InputError

_ACTOR_GAIN = 0.01
"""The untrained actor takes every action about as often as any other."""


class BagsOnDevice(Protocol):
    """Bags as the network reads them: tensors on its device."""

    @property
    def words(self) -> Tensor:
        """Return the words, shape (batch, n), int64."""
        ...

    @property
    def mask(self) -> Tensor:
        """Return where a word is, shape (batch, n), bool."""
        ...

    @property
    def features(self) -> Tensor | None:
        """Return the numbers that come with each word, shape (batch, n, features)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pass:
    """Everything that one pass through the network gives.

    Args:
        logits: of the actions, shape (batch, actions).
        value: shape (batch,).
        body: latents as the actor's head sees them, shape (batch, n, width).
        critic_body: as the critic's head sees them; the same tensor where the body is shared.
        actor: latents that the logits are read from, shape (batch, n, width).
        critic: latents that the value is read from, shape (batch, n, width).
    """

    logits: Tensor
    value: Tensor
    body: Tensor
    critic_body: Tensor
    actor: Tensor
    critic: Tensor


class Body(nn.Module):
    """Embed the words and let them look at each other.

    Args:
        architecture: sizes and switches.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.how: Latents = architecture.latents
        self.embedding = LinearEmbedding(
            architecture.vocabulary,
            architecture.features,
            architecture.width,
            bias=architecture.embedding_bias,
            position=architecture.position,
        )
        self.encoder = Encoder(architecture, layers=architecture.layers)
        self.norm = nn.LayerNorm(architecture.width) if self.how == "layernorm" else None

    def forward(self, words: Tensor, features: Tensor | None, present: Tensor | None) -> Tensor:
        """Return the latents, shape (batch, n, width)."""
        latents = self.encoder(self.embedding(words, features), present)
        return normalised(latents, self.how, present=present, norm=self.norm)


class SetActorCritic(nn.Module):
    """Say what to do, and what is to be expected, from a bag of words.

    Linear embedding, encoder layers (the body), and for actor and critic each one more encoder layer, the mean over the words, and a
    linear map. Without `position`, and with `mask`, the order of the words and the padding change nothing.

    Args:
        vocabulary: different words, word 0 (none) included; this and all up to `dropout` are those of `architecture.Architecture`.
        features: numbers that come with each word.
        actions: to choose from.
        width: of a latent vector.
        attention_heads: of each encoder layer.
        feedforward: hidden width of an encoder layer; None: twice `width`.
        layers: of a body.
        norm: `pre` or `post`.
        latents: `none`, `l2`, `layernorm` or `centre`.
        embedding_bias: whether one vector is added to every word.
        mask: whether padding is left out.
        bodies: `shared` or `separate`.
        head: `encoder` or `linear`.
        position: whether a code of the place in the list is added.
        dropout: share of the features dropped in training mode.
        seed: of the initial weights.

    Example:
        >>> from types import SimpleNamespace
        >>> network = SetActorCritic(5, 0, 3, width=8, seed=0)
        >>> words = torch.tensor([[1, 4, 0]])
        >>> logits, value = network(SimpleNamespace(words=words, mask=words > 0, features=None))
        >>> logits.shape, value.shape
        (torch.Size([1, 3]), torch.Size([1]))
    """

    def __init__(
        self,
        vocabulary: int,
        features: int,
        actions: int,
        *,
        width: int = 64,
        attention_heads: int = 4,
        feedforward: int | None = None,
        layers: int = 2,
        norm: Norm = "pre",
        latents: Latents = "none",
        embedding_bias: bool = True,
        mask: bool = True,
        bodies: Bodies = "shared",
        head: HeadKind = "encoder",
        position: bool = False,
        dropout: float = 0.0,
        seed: int,
    ) -> None:
        super().__init__()
        self.architecture = Architecture(
            vocabulary=vocabulary,
            features=features,
            actions=actions,
            width=width,
            attention_heads=attention_heads,
            feedforward=feedforward,
            layers=layers,
            norm=norm,
            latents=latents,
            embedding_bias=embedding_bias,
            mask=mask,
            bodies=bodies,
            head=head,
            position=position,
            dropout=dropout,
        )
        with torch.random.fork_rng(
            devices=[]
        ):  # PyTorch's modules draw their weights from its global generator
            torch.manual_seed(seed)
            self.body = Body(self.architecture)
            self.critic_body = Body(self.architecture) if bodies == "separate" else None
            self.actor = Head(self.architecture, outputs=actions, gain=_ACTOR_GAIN)
            self.critic = Head(self.architecture, outputs=1)

    @classmethod
    def of(cls, architecture: Architecture, *, seed: int) -> Self:
        """Return a network of an architecture.

        Example:
            >>> SetActorCritic.of(Architecture(vocabulary=5, features=0, actions=3, width=8), seed=1).architecture.actions
            3
        """
        sizes = {name: getattr(architecture, name) for name in Architecture.__slots__}
        return cls(**sizes, seed=seed)

    def forward(self, bags: BagsOnDevice) -> tuple[Tensor, Tensor]:
        """Return the logits of the actions, shape (batch, actions), and the values, shape (batch,).

        Args:
            bags: on the network's device.

        Raises:
            InputError: bags that aren't of the architecture, or one without any word.
        """
        passed = self.passed(bags)
        return passed.logits, passed.value

    def latents(self, bags: BagsOnDevice) -> dict[str, Tensor]:
        """Return the latents of every word: `body`, `actor`, `critic`, each (batch, n, width), and the `mask`, (batch, n).

        Where the critic has a body of its own, its latents are there as `critic_body`.

        Raises:
            InputError: bags that aren't of the architecture, or one without any word.
        """
        passed = self.passed(bags)
        found = {"body": passed.body, "actor": passed.actor, "critic": passed.critic, "mask": bags.mask}
        if self.critic_body is not None:
            found["critic_body"] = passed.critic_body
        return found

    def passed(self, bags: BagsOnDevice) -> Pass:
        """Return everything that one pass gives.

        Raises:
            InputError: bags that aren't of the architecture, or one without any word.
        """
        self._check(bags)
        present = bags.mask if self.architecture.mask else None
        body: Tensor = self.body(bags.words, bags.features, present)
        critic_body: Tensor = (
            body if self.critic_body is None else self.critic_body(bags.words, bags.features, present)
        )
        logits, actor = self.actor(body, present)
        value, critic = self.critic(critic_body, present)
        return Pass(
            logits=logits,
            value=value.squeeze(-1),
            body=body,
            critic_body=critic_body,
            actor=actor,
            critic=critic,
        )

    def _check(self, bags: BagsOnDevice) -> None:
        sizes, words, mask = self.architecture, bags.words, bags.mask
        if words.ndim != 2 or mask.shape != words.shape:
            raise InputError(
                f"words and mask must both be of shape (batch, n), but got {tuple(words.shape)} and {tuple(mask.shape)}"
            )
        given = None if bags.features is None else tuple(bags.features.shape)
        if (given is not None or sizes.features > 0) and given != (*words.shape, sizes.features):
            raise InputError(f"features must be of shape {(*words.shape, sizes.features)}, but got {given}")
        if words.numel() == 0:
            raise InputError(f"bags must have words, but got the shape {tuple(words.shape)}")
        low, high = (int(each) for each in torch.aminmax(words))
        if low < 0 or high >= sizes.vocabulary:
            raise InputError(
                f"words must lie in 0 to {sizes.vocabulary - 1}, but got {low if low < 0 else high}; give the network a larger `vocabulary`"
            )
        if not bool(mask.any(dim=1).all()):
            empty = int((~mask.any(dim=1)).nonzero()[0, 0])
            raise InputError(
                f"every bag must have a word, but bag {empty} has none; add a word that stands for the bag itself, as Satchel's encoder does"
            )
