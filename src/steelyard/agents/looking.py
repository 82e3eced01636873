"""The geometry of an agent's latents: now, and along a training."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from steelyard.agents.network import SetActorCritic
from steelyard.errors import InputError
from steelyard.watch.probes.drift import latent_distance, weight_distance
from steelyard.watch.probes.geometry import Geometry, geometry_of

if TYPE_CHECKING:
    from steelyard.agents.bags import Bags
    from steelyard.agents.learning.progress import Progress

PARTS = ("body", "actor", "critic")
"""Whose latents are looked at: what the heads read, and what logits and value are read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a network's latents look like at one moment.

    Args:
        step: of the environments so far; 0 before training.
        expected_return: of an episode, where it was computed; else None.
        parts: geometry of the latents of `body`, `actor` and `critic`.
        weight_distance: `|w - w0| / |w0|` of all weights, from the network at initialisation.
        latent_distance: 1 - linear CKA of the body's latents, from those of the network at initialisation; None where one doesn't vary.
    """

    step: int
    expected_return: float | None
    parts: dict[str, Geometry]
    weight_distance: float
    latent_distance: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "step": self.step,
            "expected_return": self.expected_return,
            "parts": {part: geometry.to_dict() for part, geometry in self.parts.items()},
            "weight_distance": self.weight_distance,
            "latent_distance": self.latent_distance,
        }


def look(
    network: SetActorCritic,
    bags: Bags,
    *,
    seed: int,
    step: int = 0,
    expected_return: float | None = None,
) -> Look:
    """Return what a network's latents look like, beside the same network at initialisation.

    Args:
        network: looked at, in evaluation mode and without gradients; it is left as it was.
        bags: that it is asked about (`sampling.sampled_bags`).
        seed: that the network's weights began with.
        step: of the environments so far.
        expected_return: of an episode, to be kept beside it.

    Raises:
        InputError: latents that aren't finite.

    Example:
        >>> from steelyard.agents.playground import Playground
        >>> from steelyard.agents.sampling import sampled_bags
        >>> place = Playground.of("steelyard/SatchelSmall-v0", None)
        >>> network = SetActorCritic(place.encoder.vocabulary, place.encoder.features, 6, width=16, seed=0)
        >>> found = look(network, sampled_bags(place), seed=0)
        >>> found.weight_distance, round(found.latent_distance, 6), found.parts["body"].probe.reads
        (0.0, 0.0, True)
    """
    initial = SetActorCritic.of(network.architecture, seed=seed)
    device = next(network.parameters()).device
    now = _latents(network, bags, device)
    before = _latents(initial, bags, torch.device("cpu"))["body"]
    parts = {
        part: geometry_of(now[part], mask=bags.mask, words=bags.words if part == "body" else None)
        for part in PARTS
    }
    weights = {name: value.cpu() for name, value in network.state_dict().items()}
    apart = latent_distance(now["body"], before, mask=bags.mask)
    return Look(
        step=step,
        expected_return=expected_return,
        parts=parts,
        weight_distance=weight_distance(weights, initial.state_dict())["all"],
        latent_distance=None if math.isnan(apart) else apart,
    )


class Looks:
    """Look at a network every few updates: a callback of `Agent.fit`.

    Args:
        bags: that it is asked about.
        seed: the agent's.
        every: updates between two looks; the agent's `exact_every`, so that each has a return beside it.

    Attributes:
        taken: the looks so far; the first is of the untrained network, without a return.

    Example:
        >>> from steelyard.agents.agent import Agent
        >>> from steelyard.agents.playground import Playground
        >>> from steelyard.agents.sampling import sampled_bags
        >>> looks = Looks(sampled_bags(Playground.of("steelyard/SatchelSmall-v0", None)), seed=0, every=2)
        >>> agent = Agent("steelyard/SatchelSmall-v0", width=16, environments=64, seed=0)
        >>> agent = agent.fit(steps=3_000, exact_every=2, on_progress=looks)
        >>> [(each.step, each.expected_return is None) for each in looks.taken]
        [(0, True), (1536, False), (3072, False)]
    """

    def __init__(self, bags: Bags, *, seed: int, every: int) -> None:
        if every < 1:
            raise InputError(f"`every` must be at least 1 update, but got {every}")
        self.bags, self.seed, self.every = bags, seed, every
        self.taken: list[Look] = []

    def __call__(self, progress: Progress) -> None:
        """Take the progress after an update."""
        last = progress.last
        if not self.taken:
            self.taken.append(
                look(
                    SetActorCritic.of(progress.network.architecture, seed=self.seed),
                    self.bags,
                    seed=self.seed,
                )
            )
        if last.update % self.every == 0 or last.step >= last.steps:
            found = look(
                progress.network, self.bags, seed=self.seed, step=last.step, expected_return=last.exact_return
            )
            self.taken.append(found)


def _latents(network: SetActorCritic, bags: Bags, device: torch.device) -> dict[str, torch.Tensor]:
    training = network.training
    network.eval()
    try:
        with torch.no_grad():
            return {name: each.cpu() for name, each in network.latents(bags.tensors(device)).items()}
    finally:
        network.train(training)
