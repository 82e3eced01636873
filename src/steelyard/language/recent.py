"""Nats of tokens that are guessed from the last few before them and nothing else: what a network knows without its memory."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from steelyard.errors import InputError
from steelyard.language.network import LanguageNetwork
from steelyard.language.precision import Arithmetic
from steelyard.language.stream import Stream

_READ_TOGETHER = 16_384
"""Tokens that are read at a time, contexts times their length."""


def recent_nats(
    network: LanguageNetwork, stream: Stream, *, tokens: int, arithmetic: Arithmetic
) -> NDArray[np.float64]:
    """Return -log p of each token after the first, nats, shape (tokens,), each read from a zero state with the last few before it.

    Args:
        network: what guesses.
        stream: the documents; nothing is read from before the mark of a token's own.
        tokens: how many are read before each, at least 1; fewer where the document has fewer, its mark among them.
        arithmetic: number format and device.

    Raises:
        InputError: `tokens` below 1.

    When it is wrong: a network that was trained with its state carried on has seldom guessed from a state that young, and does worse than
    one that was trained so (`carry=False` with a window of `tokens`).
    """
    if tokens < 1:
        raise InputError(f"`tokens` must be at least 1, but got {tokens}")
    ids = stream.ids.astype(np.int64)
    places = np.arange(1, len(ids))
    marks = stream.starts_of_documents[
        np.searchsorted(stream.starts_of_documents, places - 1, side="right") - 1
    ]
    lengths = np.minimum(places - marks, tokens)
    nats = np.empty(len(places))
    with torch.inference_mode(), arithmetic.autocast():
        for length in np.unique(lengths).tolist():
            alike = places[lengths == length]
            for start in range(0, len(alike), max(1, _READ_TOGETHER // length)):
                some = alike[start : start + max(1, _READ_TOGETHER // length)]
                read = torch.from_numpy(ids[some - length + np.arange(length)[:, None]])
                right = torch.from_numpy(ids[some])[None]
                features, _ = network(read.to(arithmetic.device), network.start(len(some)))
                found = network.nats(features[-1:], right.to(arithmetic.device))
                nats[some - 1] = found[0].double().cpu().numpy()
    return nats
