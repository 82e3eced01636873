"""What each level of each question means to `RareEventForecaster`; loads nothing heavy.

The first level of each is the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Levels = Mapping[str, Mapping[str, Any]]

HEADS: Levels = {
    "two": {},
    "two LSTMs": {"body": "separate"},
    "one": {"heads": "one", "loss": "mse"},
    "product": {"heads": "product", "loss": "bce+mse"},
}
LOSS: Levels = {
    "hurdle-negative-binomial": {},
    "hurdle-poisson": {"loss": "hurdle-poisson"},
    "bce+mse": {"loss": "bce+mse"},
    "focal": {"loss": "focal-hurdle-negative-binomial"},
    "class-weighted": {"loss": "weighted-hurdle-negative-binomial"},
    "zero-inflated-negative-binomial": {"heads": "one", "loss": "zero-inflated-negative-binomial"},
    "negative-binomial": {"heads": "one", "loss": "negative-binomial"},
    "poisson": {"heads": "one", "loss": "poisson"},
    "tweedie": {"heads": "one", "loss": "tweedie"},
    "ordinal": {"heads": "one", "loss": "ordinal"},
    "mse": {"heads": "one", "loss": "mse"},
}
FRONT: Levels = {"none": {}, "dense": {"front": "dense"}, "cnn": {"front": "cnn"}}
ENCODER: Levels = {"lstm": {}, "lags": {"encoder": "lags"}}
_EMBEDDING_ONLY = {"skip": False}
AUTOENCODER: Levels = {
    "none": _EMBEDDING_ONLY,
    "joint": {**_EMBEDDING_ONLY, "autoencoder": "joint"},
    "frozen": {**_EMBEDDING_ONLY, "autoencoder": "frozen"},
}
_DESCRIBED = {"loss": "bce+mse", "head": "chain", "autoencoder": "joint", "skip": False}
WEIGHTS: Levels = {
    "equal": _DESCRIBED,
    "little reconstruction": {
        **_DESCRIBED,
        "weights": {"occurrence": 1.0, "strength": 1.0, "reconstruction": 0.1},
    },
    "mostly occurrence": {
        **_DESCRIBED,
        "weights": {"occurrence": 1.0, "strength": 0.1, "reconstruction": 0.1},
    },
    "uncertainty": {**_DESCRIBED, "weights": "uncertainty"},
}
