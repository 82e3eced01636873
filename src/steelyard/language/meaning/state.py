"""A state of a model in its training, and what of a model the measurements ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from steelyard.language.stream import Stream
from steelyard.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    from steelyard.language.model import LanguageModel


class Predictor(Protocol):
    """What guesses the next token: a `LanguageModel`, or anything that has a vocabulary and log probabilities."""

    vocabulary_: Vocabulary

    def log_probabilities(self, stream: Stream) -> Iterator[NDArray[np.float32]]:
        """Give nats of all tokens, in chunks of shape (k, size), one row for each token after the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A model as it was at one step of its training.

    Args:
        step: of the optimiser; 0 before the first.
        tokens: tokens that it had been trained on.
        model: its weights of then.
    """

    step: int
    tokens: int
    model: Predictor


def states_of(model: LanguageModel) -> tuple[State, ...]:
    """Return the snapshots of a fitted model as states, in the order of training.

    Args:
        model: fitted with `snapshots` of 2 or more.
    """
    found: Sequence[State] = [
        State(step=each.step, tokens=each.tokens, model=model.at(each)) for each in model.snapshots_
    ]
    return tuple(found)
