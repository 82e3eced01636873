"""How far a network is from where it began: in its weights, and in what it makes of the same inputs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from steelyard.errors import InputError
from steelyard.watch.probes.latents import latents_of

if TYPE_CHECKING:
    from torch import Tensor


def weight_distance(now: Mapping[str, Tensor], initial: Mapping[str, Tensor]) -> dict[str, float]:
    """Return `|w - w0| / |w0|` of every part of a network, and of all of it under `all`.

    Args:
        now: `network.state_dict()`.
        initial: a copy taken before training: `{name: value.clone() for name, value in network.state_dict().items()}`.

    Returns:
        Part (a parameter's name up to its first dot) -> distance relative to the initial length; infinity where that was 0 and no longer is.

    Raises:
        InputError: other names or shapes than at the beginning.

    Example:
        >>> import torch
        >>> start = {"body.weight": torch.tensor([3.0, 4.0]), "head.weight": torch.tensor([1.0])}
        >>> weight_distance({**start, "body.weight": torch.tensor([3.0, 5.0])}, start)
        {'body': 0.2, 'head': 0.0, 'all': 0.19611...}

    When it is wrong: a distance isn't learning; noise with a large learning rate goes far too. A distance of 0 in a part says that it wasn't trained.
    """
    if now.keys() != initial.keys():
        odd = min(now.keys() ^ initial.keys())
        raise InputError(
            f"`initial` must have the same parameters as `now`, but {odd!r} is in one only; copy it from the same network"
        )
    moved: dict[str, float] = {}
    length: dict[str, float] = {}
    for name, value in now.items():
        before = initial[name]
        if value.shape != before.shape:
            raise InputError(
                f"{name!r} must have one shape, but has {tuple(before.shape)} and {tuple(value.shape)}"
            )
        if not value.dtype.is_floating_point:
            continue
        part = name.split(".", 1)[0]
        ahead, behind = value.detach().double(), before.detach().double()
        moved[part] = moved.get(part, 0.0) + float((ahead - behind).square().sum())
        length[part] = length.get(part, 0.0) + float(behind.square().sum())
    moved["all"], length["all"] = sum(moved.values()), sum(length.values())
    return {part: _ratio(moved[part], length[part]) for part in moved}


def latent_distance(now: Any, initial: Any, *, mask: Any = None) -> float:
    """Return 1 - linear CKA of two sets of latents of the same inputs (Kornblith et al. 2019, equation 4).

    Args:
        now: shape (samples, width) or (batch, n, width).
        initial: of the same inputs, from the network at initialisation (or any other); its width may differ.
        mask: True where there is a word.

    Returns:
        0 when the centred latents are the same up to rotation and scale, 1 when they have no linear relation; nan where one doesn't vary.

    Raises:
        InputError: another number of samples, and what the other probes raise.

    Example:
        >>> points = np.random.default_rng(0).standard_normal((50, 3))
        >>> turned = 4 * points[:, [1, 2, 0]] + 100
        >>> round(abs(latent_distance(points, turned)), 9)
        0.0

    When it is wrong: the directions of largest variance rule it. With fewer samples than some times `width` it is too small (near 0 for anything).

    References:
        Kornblith, Norouzi, Lee and Hinton (2019), Similarity of neural network representations revisited, ICML.
    """
    ahead, behind = (latents_of(each, mask=mask).centred() for each in (now, initial))
    if len(ahead) != len(behind):
        raise InputError(
            f"both must be latents of the same inputs, but got {len(ahead)} and {len(behind)} vectors"
        )
    shared, one, other = (
        float(np.square(a.T @ b).sum()) for a, b in ((ahead, behind), (ahead, ahead), (behind, behind))
    )
    return math.nan if one == 0 or other == 0 else max(1 - shared / math.sqrt(one * other), 0.0)


def _ratio(moved: float, length: float) -> float:
    if length == 0:
        return math.inf if moved > 0 else 0.0
    return math.sqrt(moved / length)
