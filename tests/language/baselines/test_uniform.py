import math

import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.language.baselines.uniform import Uniform
from steelyard.language.stream import Stream


def test_every_token_costs_ln_size_whatever_it_is():
    nats = Uniform().fit(Stream.of([2, 2, 2]), size=10_000).score(Stream.of([0, 9_999, 2]))
    assert np.array_equal(nats, np.full(3, math.log(10_000)))


def test_no_token_at_all_is_refused():
    with pytest.raises(InputError, match="`size` must be at least 1 token, but got 0"):
        Uniform().fit(Stream.of([2]), size=0)
