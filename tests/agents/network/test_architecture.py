from dataclasses import replace

import pytest

from steelyard.agents.network import Architecture
from steelyard.errors import InputError

GOOD = Architecture(vocabulary=10, features=1, actions=8)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vocabulary": 1}, "`vocabulary` must be at least 2"),
        ({"features": -1}, "`features` must be at least 0"),
        ({"actions": 1}, "`actions` must be at least 2"),
        ({"layers": 0}, "`layers` must be at least 1"),
        ({"width": 30}, "multiple of `attention_heads`, but got 30 and 4; try width=32"),
        ({"feedforward": 0}, "`feedforward` must be at least 1"),
        ({"norm": "both"}, "`norm` must be one of pre, post"),
        ({"latents": "unit"}, "`latents` must be one of none, l2, layernorm, centre"),
        ({"bodies": "two"}, "`bodies` must be one of shared, separate"),
        ({"head": "mlp"}, "`head` must be one of encoder, linear"),
        ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
    ],
)
def test_values_outside_their_range_are_refused(changes, said):
    with pytest.raises(InputError, match=said):
        replace(GOOD, **changes)


def test_the_hidden_layer_is_twice_the_width_unless_said():
    assert GOOD.hidden == 128
    assert replace(GOOD, feedforward=10).hidden == 10
