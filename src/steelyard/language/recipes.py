"""Published trainings by name, and our own."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from steelyard.errors import InputError

RECIPES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "character": {
            "unit": "character",
            "layers": 1,
            "embedding": 128,
            "hidden": 512,
            "dropout": 0.4,
            "weight_dropout": 0.2,
            "batch": 32,
            "window": 128,
            "epochs": 16,
            "learning_rate": 0.003,
            "average": 0.998,
        },
        "word": {
            "unit": "word",
            "vocabulary": 10_000,
            "layers": 1,
            "embedding": 256,
            "hidden": 256,
            "tied": True,
            "dropout": 0.5,
            "embedding_dropout": 0.3,
            "batch": 32,
            "window": 48,
            "epochs": 20,
            "learning_rate": 0.003,
            "average": 0.995,
        },
        "char-rnn": {
            "unit": "character",
            "layers": 2,
            "embedding": None,
            "hidden": 128,
            "dropout": 0.0,
            "spread": 0.08,
            "batch": 50,
            "window": 50,
            "epochs": 50,
            "optimiser": "rmsprop",
            "learning_rate": 0.002,
            "schedule": "decay",
            "decay_after": 10,
            "decay_factor": 0.97,
            "clip": 5.0,
            "clip_by": "value",
            "validation_share": 0.05,
        },
        "zaremba-small": {
            "unit": "word",
            "words": "spaced",
            "vocabulary": 10_000,
            "min_count": 1,
            "layers": 2,
            "embedding": 200,
            "hidden": 200,
            "spread": 0.1,
            "batch": 20,
            "window": 20,
            "epochs": 13,
            "optimiser": "sgd",
            "learning_rate": 1.0,
            "schedule": "decay",
            "decay_after": 4,
            "decay_factor": 0.5,
            "clip": 5.0,
            "sum_over_time": True,
        },
        "zaremba-medium": {
            "unit": "word",
            "words": "spaced",
            "vocabulary": 10_000,
            "min_count": 1,
            "layers": 2,
            "embedding": 650,
            "hidden": 650,
            "dropout": 0.5,
            "embedding_dropout": 0.5,
            "spread": 0.05,
            "batch": 20,
            "window": 35,
            "epochs": 39,
            "optimiser": "sgd",
            "learning_rate": 1.0,
            "schedule": "decay",
            "decay_after": 6,
            "decay_factor": 1 / 1.2,
            "clip": 5.0,
            "sum_over_time": True,
        },
    }
)
"""Parameters of `LanguageModel` by a recipe's name.

- `zaremba-small`, `zaremba-medium`: Zaremba, Sutskever and Vinyals (2014), "Recurrent Neural Network Regularization", sections 4.1: two
  layers of 200 (650) units, weights uniform in [-.1, .1] ([-.05, .05]), no dropout (.5 on what goes up), 20 (35) steps, batches of 20,
  13 (39) epochs at rate 1, divided by 2 (1.2) after each epoch from the 4th (6th), the norm of the gradient, summed over the steps, held to
  5; on the Penn Treebank, whose tokens are spaced and whose vocabulary is of 10,000.
- `char-rnn`: the defaults of Karpathy's char-rnn (2015, train.lua): two layers of 128, one-hot inputs, RMSprop at .002 with smoothing .95,
  times .97 after each epoch from the 10th, 50 steps, batches of 50, gradients clipped at 5, a twentieth held out.
- `character`, `word`: our own, for texts of about a million characters.

Departures: the initial state is zero at every epoch's start; what remains when the text is cut into batches (fewer tokens than a batch has
stretches) is left out; the weights of the best validation loss are kept. char-rnn starts the forget gates' biases at 1, and drops the windows
of the last tenth of a batch's worth: here they are uniform as all others (Zaremba's are), and no window is dropped.
"""


def recipe(name: str) -> dict[str, Any]:
    """Return a recipe's parameters of `LanguageModel`.

    Raises:
        InputError: no recipe of that name.

    Example:
        >>> recipe("zaremba-small")["hidden"]
        200
    """
    if name not in RECIPES:
        close = difflib.get_close_matches(name, RECIPES, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise InputError(
            f"the recipe must be one of {', '.join(RECIPES)}, but got {name!r}; {hint}".rstrip("; ")
        )
    return dict(RECIPES[name])
