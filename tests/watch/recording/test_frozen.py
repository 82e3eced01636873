from __future__ import annotations

from typing import Any

import pytest
from torch import nn

from steelyard.errors import InputError
from steelyard.watch.recording.frozen import Frozen


def model() -> Any:
    return nn.ModuleDict({"body": nn.Linear(2, 2), "body2": nn.Linear(2, 2), "head": nn.Linear(2, 1)})


def names(network: Any, frozen: Frozen) -> list[str]:
    return [name for name, each in network.named_parameters() if frozen.has(name, each)]


def test_a_name_stands_for_all_below_it_and_no_more() -> None:
    network = model()
    assert names(network, Frozen(network, ["body"])) == ["body.weight", "body.bias"]
    assert names(network, Frozen(network, "body")) == ["body.weight", "body.bias"]


def test_patterns_modules_and_parameters() -> None:
    network = model()
    assert names(network, Frozen(network, ["body*.bias"])) == ["body.bias", "body2.bias"]
    assert names(network, Frozen(network, [network["head"]])) == ["head.weight", "head.bias"]
    assert names(network, Frozen(network, [network["head"].bias])) == ["head.bias"]


def test_a_name_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"no parameter is 'trunk' or below it; they are body\.weight"):
        Frozen(model(), ["trunk"])
