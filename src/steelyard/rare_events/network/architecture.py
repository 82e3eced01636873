"""Which network: every alternative that people ask about, as a switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from steelyard.errors import InputError

Front = Literal["none", "dense", "cnn"]
Encoder = Literal["lstm", "lags"]
Body = Literal["shared", "separate"]
Head = Literal["linear", "lstm", "chain"]
Autoencoder = Literal["none", "frozen", "joint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """What a network is made of; see `RareEventForecaster` for what each switch means.

    Args:
        front: what the inputs pass before the encoder.
        encoder: what reads the past.
        body: one front and encoder for all heads, or one each.
        head: what each head is made of.
        autoencoder: whether the encoder also has to say what it read.
        skip: the heads also see the step's own inputs.
        hidden: size of the LSTM's state.
        lags: steps that `encoder="lags"` reads.
        dropout: share of the state dropped before the heads while training.
        horizon: how many steps ahead there are outputs for.

    Raises:
        InputError: an unknown switch, or two that exclude each other.
    """

    front: Front = "none"
    encoder: Encoder = "lstm"
    body: Body = "shared"
    head: Head = "linear"
    autoencoder: Autoencoder = "none"
    skip: bool = True
    hidden: int = 32
    lags: int = 15
    dropout: float = 0.2
    horizon: int = 1

    def __post_init__(self) -> None:
        for name, choices in (
            ("front", Front),
            ("encoder", Encoder),
            ("body", Body),
            ("head", Head),
            ("autoencoder", Autoencoder),
        ):
            if getattr(self, name) not in get_args(choices):
                raise InputError(
                    f"`{name}` must be one of {', '.join(get_args(choices))}, but got {getattr(self, name)!r}"
                )
        for name in ("hidden", "lags", "horizon"):
            if not (isinstance(getattr(self, name), int) and getattr(self, name) >= 1):
                raise InputError(
                    f"`{name}` must be a whole number of at least 1, but got {getattr(self, name)!r}"
                )
        if not 0 <= self.dropout < 1:
            raise InputError(f"`dropout` must lie in [0, 1), but got {self.dropout}")
        if self.autoencoder != "none" and (self.body == "separate" or self.encoder == "lags"):
            raise InputError(
                f'an autoencoder must have one LSTM to train, but got body={self.body!r} and encoder={self.encoder!r}; use "shared" '
                'and "lstm"'
            )
        if self.encoder == "lags" and self.front != "none":
            raise InputError(
                f'encoder="lags" must read the inputs themselves, but got front={self.front!r}; use front="none"'
            )
