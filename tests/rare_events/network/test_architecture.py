"""Switches that can't be are refused by name."""

import pytest

from steelyard.errors import InputError
from steelyard.rare_events.network import Architecture


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        ({"front": "transformer"}, "`front` must be one of none, dense, cnn, but got 'transformer'"),
        ({"head": "mlp"}, "`head` must be one of"),
        ({"horizon": 0}, "`horizon` must be a whole number of at least 1, but got 0"),
        ({"hidden": 2.5}, "`hidden` must be a whole number"),
        ({"dropout": 1.0}, "`dropout` must lie in"),
        ({"autoencoder": "joint", "body": "separate"}, "an autoencoder must have one LSTM"),
        ({"autoencoder": "frozen", "encoder": "lags"}, "an autoencoder must have one LSTM"),
        ({"encoder": "lags", "front": "cnn"}, "must read the inputs themselves"),
    ],
)
def test_refused(switches, message):
    with pytest.raises(InputError, match=message):
        Architecture(**switches)
