import numpy as np
import pytest

from steelyard.errors import InputError
from steelyard.watch.probes.dormant import dormant_fraction


def test_counts_units_at_or_below_tau_times_the_layers_mean_activity():
    rows = np.array(
        [[1.0, -4.0, 0.0, 0.075], [-1.0, 4.0, 0.0, 0.05]]
    )  # activities 1, 4, 0, .0625; mean 1.265625
    assert dormant_fraction(rows) == 0.25
    assert dormant_fraction(rows, tau=0.0625 / 1.265625) == 0.5
    assert dormant_fraction(rows, tau=0.0) == 0.25
    assert dormant_fraction(rows, tau=0.9) == 0.75


def test_a_layer_of_zeros_sleeps_and_units_that_answer_alike_do_not():
    assert dormant_fraction(np.zeros((3, 4))) == 1
    assert dormant_fraction(np.random.default_rng(0).standard_normal((100, 8))) == 0


@pytest.mark.parametrize("tau", [-0.1, 1.0, float("nan")])
def test_refuses(tau):
    with pytest.raises(InputError, match="`tau` must lie in"):
        dormant_fraction(np.ones((2, 2)), tau=tau)
