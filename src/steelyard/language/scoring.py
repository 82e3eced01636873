"""What a network makes of given tokens: nats, guesses, probabilities."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steelyard.language.network import LanguageNetwork, State
from steelyard.language.precision import Arithmetic
from steelyard.language.stream import Stream
from steelyard.language.vocabulary import DOCUMENT

_WINDOW = 256
_TOGETHER = 64
"""Documents, or pieces of one, that are read side by side."""
WARM_UP = 256
"""Tokens that a piece reads before the first one that counts."""

Ids = NDArray[np.int32]


def stream_nats(network: LanguageNetwork, stream: Stream, *, arithmetic: Arithmetic) -> NDArray[np.float64]:
    """Return -log p of each token after the first, nats, shape (tokens,); every document is read from a zero state, from its mark on.

    Args:
        network: what guesses.
        stream: the documents.
        arithmetic: number format and device.
    """
    parts = _documents(stream.ids)
    nats = [np.empty(0)] * len(parts)
    by_length = sorted(range(len(parts)), key=lambda at: -len(parts[at]))
    for first in range(0, len(by_length), _TOGETHER):
        together = by_length[first : first + _TOGETHER]
        found = _read_together(network, [parts[at] for at in together], arithmetic=arithmetic)
        for at, values in zip(together, found, strict=True):
            nats[at] = values
    return np.concatenate(nats)


def piecewise_nats(network: LanguageNetwork, stream: Stream, *, arithmetic: Arithmetic) -> float:
    """Return about the mean of `stream_nats`, sooner: the stream is read in up to 64 pieces side by side.

    A piece begins 256 tokens before its first token that counts, from a zero state; what a network remembers from further back is
    missed. On a text of fewer than 16,384 tokens there are fewer pieces.

    Args:
        network: what guesses.
        stream: the documents.
        arithmetic: number format and device.
    """
    pieces = max(1, min(_TOGETHER, stream.tokens // WARM_UP))
    ends = np.linspace(0, stream.tokens, pieces + 1).round().astype(int)
    parts = [stream.ids[max(0, start - WARM_UP) : end + 1] for start, end in itertools.pairwise(ends)]
    found = _read_together(network, parts, arithmetic=arithmetic)
    counted = [
        values[len(values) - (end - start) :]
        for values, start, end in zip(found, ends[:-1], ends[1:], strict=True)
    ]
    return float(np.concatenate(counted).mean())


def log_probabilities(
    network: LanguageNetwork, ids: Ids, *, arithmetic: Arithmetic
) -> Iterator[NDArray[np.float32]]:
    """Give log p of every token of the vocabulary at each place after the first, in blocks of shape (places, size).

    Args:
        network: what guesses.
        ids: tokens beginning with a mark; the state is zero at every mark.
        arithmetic: number format and device.
    """
    with torch.inference_mode():
        for part in _documents(ids):
            state = network.start(1)
            for start in range(0, len(part) - 1, _WINDOW):
                stretch = part[start : min(start + _WINDOW, len(part) - 1)]
                with arithmetic.autocast():
                    features, state = network(_tensor(stretch, arithmetic)[:, None], state)
                    logs = network.log_probabilities(features[:, 0])
                yield logs.float().cpu().numpy()


def read(
    network: LanguageNetwork, ids: Sequence[int] | Ids, state: State, *, arithmetic: Arithmetic
) -> tuple[Tensor, State]:
    """Return log p of every token after the given ones, shape (size,), and the state."""
    with torch.inference_mode(), arithmetic.autocast():
        features, state = network(_tensor(np.asarray(ids), arithmetic)[:, None], state)
        return network.log_probabilities(features[-1, 0]).float(), state


def _documents(ids: Ids) -> list[Ids]:
    """Return what is read from each mark on: up to the next mark, which is guessed too."""
    marks = np.flatnonzero(ids[:-1] == DOCUMENT).tolist()
    ends = [*marks[1:], len(ids) - 1]
    return [ids[start : end + 1] for start, end in zip(marks, ends, strict=True)]


def _read_together(
    network: LanguageNetwork, parts: Sequence[Ids], *, arithmetic: Arithmetic
) -> list[NDArray[np.float64]]:
    """Return the nats of each part's tokens after its first; parts are read side by side from zero states."""
    lengths = np.array([len(part) - 1 for part in parts])
    longest = int(lengths.max())
    padded = np.full((longest + 1, len(parts)), DOCUMENT, dtype=np.int64)
    for column, part in enumerate(parts):
        padded[: len(part), column] = part
    ids = _tensor(padded, arithmetic)
    nats = np.empty((longest, len(parts)))
    with torch.inference_mode():
        state = network.start(len(parts))
        for start in range(0, longest, _WINDOW):
            stop = min(start + _WINDOW, longest)
            with arithmetic.autocast():
                features, state = network(ids[start:stop], state)
                nats[start:stop] = network.nats(features, ids[start + 1 : stop + 1]).double().cpu().numpy()
    return [nats[:length, column] for column, length in enumerate(lengths.tolist())]


def _tensor(ids: NDArray[np.integer], arithmetic: Arithmetic) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(ids, dtype=np.int64)).to(arithmetic.device)
