from __future__ import annotations

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.weigh.evidence import Evidence, check_count, require_one


def test_defaults_are_not_given() -> None:
    assert Evidence().given() == frozenset()
    assert Evidence(targets=np.zeros(3), smoothing=0.1, full=True).given() == {"targets", "smoothing", "full"}
    assert Evidence(smoothing=0, ordered=False).given() == frozenset()


def test_exactly_one_must_be_given() -> None:
    with pytest.raises(InputError, match="none of them"):
        require_one(Evidence(), "base_rate", "targets", loss="bce")
    with pytest.raises(InputError, match="`targets` must be given for mse"):
        require_one(Evidence(), "targets", loss="mse")
    with pytest.raises(InputError, match="leave one out"):
        require_one(Evidence(base_rate=0.1, targets=[0, 1]), "base_rate", "targets", loss="bce")


def test_the_number_of_targets() -> None:
    check_count(Evidence(base_rate=0.1, n=1))
    with pytest.raises(InputError, match="at least 1"):
        check_count(Evidence(base_rate=0.1, n=0))
    with pytest.raises(InputError, match="counted"):
        check_count(Evidence(targets=[0, 1], n=2))
