"""Text drawn from a network, token by token."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from steelyard.errors import InputError
from steelyard.language.network import LanguageNetwork
from steelyard.language.precision import Arithmetic
from steelyard.language.scoring import read
from steelyard.language.vocabulary import DOCUMENT, UNKNOWN


def generated(
    network: LanguageNetwork,
    ids: Sequence[int],
    *,
    length: int,
    temperature: float,
    top_k: int | None,
    seed: int,
    arithmetic: Arithmetic,
) -> list[int]:
    """Return tokens drawn one after the other, neither unknown ones nor marks.

    Args:
        network: what guesses.
        ids: what has been read before, a mark first.
        length: how many to draw.
        temperature: logits are divided by it; 0 takes the likeliest.
        top_k: draw from this many likeliest tokens only; tokens as likely as the last of them are drawn too.
        seed: of the draws.
        arithmetic: number format and device.

    Raises:
        InputError: `length` or `top_k` below 1, `temperature` below 0.
    """
    if length < 1:
        raise InputError(f"`length` must be at least 1, but got {length}")
    if not 0 <= temperature < float("inf"):
        raise InputError(f"`temperature` must be at least 0 and finite, but got {temperature}")
    if top_k is not None and top_k < 1:
        raise InputError(f"`top_k` must be at least 1, or None for all tokens, but got {top_k}")
    generator = torch.Generator().manual_seed(seed)
    drawn: list[int] = []
    logs, state = read(network, ids, network.start(1), arithmetic=arithmetic)
    for _ in range(length):
        drawn.append(_draw(logs.cpu(), temperature=temperature, top_k=top_k, generator=generator))
        logs, state = read(network, drawn[-1:], state, arithmetic=arithmetic)
    return drawn


def _draw(logs: Tensor, *, temperature: float, top_k: int | None, generator: torch.Generator) -> int:
    logs = logs.double().clone()
    logs[[UNKNOWN, DOCUMENT]] = -torch.inf
    if temperature == 0:
        return int(logs.argmax())
    if top_k is not None and top_k < len(logs):
        logs[logs < logs.topk(top_k).values[-1]] = -torch.inf
    shares = torch.softmax((logs - logs.max()) / temperature, dim=0)
    return int(torch.multinomial(shares, 1, generator=generator))
