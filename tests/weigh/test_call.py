from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from steelyard.errors import InputError
from steelyard.weigh.call import weigh


@pytest.mark.parametrize(
    "value", [0.5, np.float32(0.5), np.array(0.5), torch.tensor(0.5, requires_grad=True), "0.5"]
)
def test_a_value_of_any_make(value: Any) -> None:
    placement = weigh(value, loss="bce", base_rate=0.05).placement
    assert placement is not None
    assert placement.value == 0.5


@pytest.mark.parametrize(
    ("value", "says"),
    [(math.nan, "nan"), ("high", "one number"), ([0.5, 0.6], "one number"), (torch.zeros(2), "one number")],
)
def test_a_value_that_is_no_number(value: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        weigh(value, loss="bce", base_rate=0.05)


@pytest.mark.parametrize(
    ("unit", "value"), [("nats", math.log(4)), ("bits", 2.0), ("perplexity", 4.0), (None, math.log(4))]
)
def test_units_of_the_value(unit: Any, value: float) -> None:
    placement = weigh(value, loss="cross-entropy", classes=16, unit=unit).placement
    assert placement is not None
    assert placement.skill == pytest.approx(0.5)
    assert placement.conversions == {"bits": pytest.approx(2), "perplexity": pytest.approx(4)}


def test_evidence_that_a_loss_cannot_use_is_refused() -> None:
    with pytest.raises(InputError, match="`smoothing`"):
        weigh(0.5, loss="bce", base_rate=0.05, smoothing=0.1)
    with pytest.raises(InputError, match="`base_rate`"):
        weigh(0.5, loss="mse", base_rate=0.05)
    with pytest.raises(InputError, match="bits"):
        weigh(0.5, loss="mae", targets=[0, 1, 2], unit="bits")


def test_a_sum_is_suspected_where_the_mean_would_be_usual() -> None:
    weighing = weigh(100.0, loss="bce", targets=[0, 0, 0, 1] * 50)
    assert weighing.remarks == ("If 100 is a sum over the 200 targets, the mean is 0.500.",)
    assert weigh(0.6, loss="bce", targets=[0, 0, 0, 1] * 50).remarks[0].startswith("0.600 nats is what")
