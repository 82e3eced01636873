"""A state of a model in its training, and what of a model the measurements ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import InputError
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
    """Return the snapshots of a fitted model as states, in the order of training, the model itself as the last one.

    The model keeps the weights of its best validation loss; snapshots of later steps are left out, so that the last state is what is used.

    Args:
        model: fitted with `snapshots` of 2 or more.

    Raises:
        InputError: a model without snapshots (one that was loaded has none).
    """
    if not model.snapshots_:
        raise InputError("the model must have snapshots, but has none; fit it with `snapshots=8`")
    end = model.snapshots_[-1]
    validated = [each for each in model.history_ if each.validation_nats is not None]
    kept = min(validated, key=lambda each: each.validation_nats or 0.0, default=end)
    found = [
        State(step=each.step, tokens=each.tokens, model=model.at(each))
        for each in model.snapshots_
        if each.step < kept.step
    ]
    return (*found, State(step=kept.step, tokens=kept.tokens, model=model))
