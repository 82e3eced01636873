"""The whole network: standardised inputs, encoders, heads, and a decoder where there is an autoencoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from steelyard.rare_events.features import SIGNALS
from steelyard.rare_events.network.architecture import Architecture
from steelyard.rare_events.network.decoder import Decoder
from steelyard.rare_events.network.encoder import make_encoder
from steelyard.rare_events.network.heads import HorizonHead


class Network(nn.Module):
    """Reads the past of a series and says, at every step, the outputs of the next steps.

    With `skip` the heads also see the step's own inputs: a generalised linear model of the recent past is then the least that the
    network can be.

    Args:
        inputs: number of inputs a step.
        known: how many of them, the last ones, are known in advance.
        heads: outputs of each head.
        architecture: what it is made of.
        seed: of the initial weights; the global generator isn't touched.
        mix: whether heads of far steps read state and what is known of their step together, through a layer of `hidden` units
            (for covariates, whose effect may depend on the state); else the two are only added up.
    """

    centre: Tensor
    spread: Tensor

    def __init__(
        self,
        *,
        inputs: int,
        known: int,
        heads: tuple[int, ...],
        architecture: Architecture,
        seed: int,
        mix: bool = False,
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            super().__init__()
            bodies = len(heads) if architecture.body == "separate" else 1
            encoders = [make_encoder(inputs, architecture) for _ in range(bodies)]
            self.encoders = nn.ModuleList(encoders)
            self.heads = nn.ModuleList(
                HorizonHead(
                    state=encoders[0].width + (architecture.head == "chain" and place > 0),
                    inputs=inputs if architecture.skip else 0,
                    known=known if (architecture.skip or mix) and architecture.horizon > 1 else 0,
                    horizon=architecture.horizon,
                    outputs=outputs,
                    lstm=None if architecture.head == "linear" else architecture.hidden,
                    mixed=architecture.hidden if mix and architecture.horizon > 1 else None,
                )
                for place, outputs in enumerate(heads)
            )
            self.decoder = Decoder(architecture.hidden) if architecture.autoencoder != "none" else None
        self.architecture = architecture
        self.known = known
        self.register_buffer("centre", torch.zeros(inputs))
        self.register_buffer("spread", torch.ones(inputs))

    def standardise(self, past: Tensor, *, flags: slice = slice(0, 0)) -> None:
        """Set centre and spread of the inputs from those it is trained on, shape (steps, inputs).

        Flags, which are 1 for one category and else 0, keep their scale: divided by its spread, a rare one would be huge.
        """
        self.centre.copy_(past.mean(0))
        spread = past.std(0)
        spread[flags] = 1.0
        self.spread.copy_(torch.where(spread > 1e-6, spread, 1.0))

    def begin(self, biases: Tensor) -> None:
        """Start the heads, with small weights, from outputs that fit without inputs, shape (outputs,)."""
        first = 0
        for head in self._heads:
            head.begin(biases[first : first + head.outputs])
            first += head.outputs

    def scaled(self, inputs: Tensor) -> Tensor:
        """Return standardised inputs."""
        return (inputs - self.centre) / self.spread

    def forward(
        self, inputs: Tensor, *, scored: Tensor, known: Tensor, generator: torch.Generator | None = None
    ) -> Tensor:
        """Return the outputs of all heads side by side, shape (scored steps, horizon, outputs).

        Args:
            inputs: not standardised yet, shape (batch, time, inputs).
            scored: the steps that outputs are wanted of, shape (batch, time).
            known: what is known of the steps they forecast, not standardised yet, shape (scored steps, horizon, known).
            generator: draws the dropout while training; None drops nothing.
        """
        scaled = self.scaled(inputs)
        bodies = [self._dropped(encoder(scaled), generator) for encoder in self.encoders]
        ahead = (known - self.centre[len(self.centre) - self.known :]) / self.spread[
            len(self.centre) - self.known :
        ]
        outputs: list[Tensor] = []
        chance: Tensor | None = None
        for place, head in enumerate(self._heads):
            states = bodies[place] if len(bodies) > 1 else bodies[0]
            if chance is not None:
                states = torch.cat([states, chance], dim=-1)
            read = self._features(head.states(states), scaled)
            outputs.append(head(read[scored], ahead))
            if self.architecture.head == "chain" and chance is None:
                chance = torch.sigmoid(head.linear(read)[..., :1])
        return torch.cat(outputs, dim=-1)

    def reconstruction(self, inputs: Tensor, *, at: Tensor, steps: int) -> Tensor:
        """Return the mean squared error of what the decoder says was read, a value a sequence, shape (batch,).

        Args:
            inputs: not standardised yet, shape (batch, time, inputs).
            at: the step whose state is the embedding, shape (batch,), at least `steps` - 1.
            steps: how many steps up to there are to be said.
        """
        assert self.decoder is not None
        scaled = self.scaled(inputs)
        batch = torch.arange(len(at), device=at.device)
        embedding = self.encoders[0](scaled)[batch, at]
        back = at[:, None] - torch.arange(steps, device=at.device)
        truth = scaled[batch[:, None], back][..., :SIGNALS]
        said: Tensor = self.decoder(embedding, steps=steps)
        return mse_loss(said, truth, reduction="none").mean((1, 2))

    def freeze_encoder(self) -> None:
        """Keep the encoder as it is from now on."""
        self.encoders.requires_grad_(requires_grad=False)

    @property
    def _heads(self) -> list[HorizonHead]:
        return [head for head in self.heads if isinstance(head, HorizonHead)]

    def _features(self, states: Tensor, scaled: Tensor) -> Tensor:
        return torch.cat([states, scaled], dim=-1) if self.architecture.skip else states

    def _dropped(self, states: Tensor, generator: torch.Generator | None) -> Tensor:
        share = self.architecture.dropout
        if generator is None or share == 0:
            return states
        keep = torch.rand(states.shape, generator=generator, device=states.device) >= share
        return states * keep / (1 - share)
