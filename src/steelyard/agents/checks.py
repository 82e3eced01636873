"""What stands out in an agent's network: its wiring, and the geometry of its latents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from steelyard.agents.bags.bag import TensorBags
from steelyard.agents.network import SetActorCritic
from steelyard.watch.finding import Finding
from steelyard.watch.probes.findings import find
from steelyard.watch.probes.traps import (
    batch_leak,
    layers_begin_alike,
    order_matters,
    padding_is_read,
    ratio_off_one,
)

if TYPE_CHECKING:
    from steelyard.agents.bags import Bags
    from steelyard.agents.looking import Look


def wiring(
    network: SetActorCritic, bags: Bags, *, seed: int, initial: SetActorCritic | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong with how a network reads bags: `F07`, `F09`, `F10`, `F11`, `F12`, or nothing.

    Args:
        network: looked at and left as it was.
        bags: that it is asked about.
        seed: of what is shuffled and exchanged.
        initial: the network before its first update, to see how its layers began; None: not looked at.

    Example:
        >>> from steelyard.agents.playground import Playground
        >>> from steelyard.agents.sampling import sampled_bags
        >>> place = Playground.of("steelyard/SatchelSmall-v0", None)
        >>> made = {code: SetActorCritic(place.encoder.vocabulary, place.encoder.features, 6, position=code, seed=0) for code in (False, True)}
        >>> bags = sampled_bags(place, count=50)
        >>> wiring(made[False], bags, seed=0), [found.code for found in wiring(made[True], bags, seed=0)]
        ((), ['F09'])
    """
    given = bags.tensors(next(network.parameters()).device)
    features = () if given.features is None else (given.features,)
    inputs = (given.words, given.mask, *features)

    def asked(words: Tensor, mask: Tensor, features: Tensor | None = None) -> tuple[Tensor, Tensor]:
        logits, value = network(TensorBags(words=words, mask=mask, features=features))
        return logits, value

    def logits(words: Tensor, mask: Tensor, features: Tensor | None = None) -> Tensor:
        return asked(words, mask, features)[0]

    found = [
        batch_leak(asked, inputs, seed=seed, module=network),
        order_matters(asked, inputs, seed=seed, module=network),
        ratio_off_one(logits, inputs, seed=seed, module=network),
        None if initial is None else layers_begin_alike(initial),
    ]
    if not bool(given.mask.all()):
        found.append(padding_is_read(asked, inputs, mask=given.mask, seed=seed, module=network))
    return tuple(each for each in found if each is not None)


def geometry_findings(look: Look, *, better_than_baseline: bool | None = None) -> tuple[Finding, ...]:
    """Return what stands out in the geometry of the body's latents: `U01`, `U02`, `U03`, or nothing.

    Actor and critic aren't looked at: a critic may well vary along one line, its value.

    Args:
        look: at the network.
        better_than_baseline: whether it is known to get more than a trivial policy; see `watch.probes.find`.
    """
    return find(look.parts["body"], part="body", better_than_baseline=better_than_baseline, step=look.step)


def initial_of(network: SetActorCritic, *, seed: int) -> SetActorCritic:
    """Return the same network as it was before training."""
    with torch.random.fork_rng(devices=[]):
        return SetActorCritic.of(network.architecture, seed=seed)
