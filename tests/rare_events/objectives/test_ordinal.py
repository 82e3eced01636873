import pytest
import torch

from steelyard.errors import InputError
from steelyard.rare_events.objectives.ordinal import Ordinal

Y = torch.tensor([0.0] * 80 + [1.0] * 12 + [2.0] * 6 + [5.0] * 2, dtype=torch.float64)


def test_the_last_category_is_the_largest_that_five_counts_reach():
    chosen = Ordinal().prepare(Y)
    assert chosen.last == 2
    assert chosen.tail == pytest.approx((6 + 0.5) / (6 + 8 + 1))
    assert Ordinal().prepare(Y.clamp(max=1)).last == 1
    assert Ordinal(last=4).prepare(Y).last == 4
    assert Ordinal().prepare(torch.full((10,), 900.0)).last == 30


def test_starts_at_the_shares_of_the_categories_and_counts_beyond_keep_a_probability():
    chosen = Ordinal().prepare(Y)
    masses = chosen.log_pmf(chosen.start(Y), most=200).exp()
    torch.testing.assert_close(masses[:2], torch.tensor([0.8, 0.12], dtype=torch.float64))
    assert masses[2:].sum().item() == pytest.approx(0.08)
    assert (masses[:30] > 0).all()


def test_the_last_category_must_be_found_first():
    with pytest.raises(InputError, match="call `prepare`"):
        _ = Ordinal().heads
