"""Tables end in a column that holds everything above, and sum to one, whatever the precision of the outputs."""

import numpy as np
import pytest
import torch

from steelyard.rare_events.objectives import objective
from steelyard.rare_events.tabulate import log_pmf_table


@pytest.mark.parametrize("loss", ["poisson", "negative-binomial", "zero-inflated-negative-binomial"])
def test_the_last_column_holds_what_a_longer_table_spells_out(loss):
    chosen = objective("one", loss)
    outputs = torch.randn(5, sum(chosen.heads), generator=torch.Generator().manual_seed(0))
    short, long = (np.exp(log_pmf_table(chosen, outputs, most=most)) for most in (3, 400))
    np.testing.assert_allclose(short[:, :3], long[:, :3], rtol=1e-6)
    np.testing.assert_allclose(short[:, 3], long[:, 3:].sum(axis=1), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(long.sum(axis=1), 1, atol=1e-12)
