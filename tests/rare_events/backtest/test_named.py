import pytest

from steelyard.errors import InputError
from steelyard.rare_events.backtest.named import FORECASTERS, forecasters_named


def test_every_name_makes_a_forecaster_of_the_horizon():
    found = forecasters_named(list(FORECASTERS), horizon=3, network={"epochs": 2})
    assert list(found) == list(FORECASTERS)
    assert {each.horizon for each in found.values()} == {3}
    assert found["network"].epochs == 2


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError, match="must be one of network, logistic, "):
        forecasters_named(["prophet"], horizon=1)
