"""Short series get short windows and no season; what is asked for is kept."""

import numpy as np
import pytest

from steelyard.rare_events import RareEventForecaster, simulate
from steelyard.rare_events.defaults import default_seasons, default_span, default_window


@pytest.mark.parametrize(
    ("longest", "window", "span"), [(2, 1, 1), (39, 13, 13), (180, 54, 60), (1000, 54, 64)]
)
def test_window_and_span_are_at_most_a_third_of_the_longest_series(longest, window, span):
    assert (default_window(longest), default_span(longest)) == (window, span)


def test_a_season_must_have_been_seen_five_times():
    known = simulate(steps=1900, seed=0).series
    assert default_seasons([known.before(known.ds[1000]), known]) == ("year",)
    assert default_seasons([known.before(known.ds[1800])]) == ()


def test_none_lets_the_data_choose_and_anything_else_is_kept():
    known = simulate(steps=120, seed=0).series
    small = {"hidden": 4, "epochs": 1}
    chosen = RareEventForecaster(**small).fit(known)
    assert (chosen.plan_.window, chosen.plan_.span, chosen.features_.seasons) == (40, 40, ())
    kept = RareEventForecaster(**small, window=9, span=30, seasons=("week",), so_far=True).fit(known)
    assert (kept.plan_.window, kept.plan_.span, kept.features_.seasons) == (9, 30, ("week",))
    assert kept.features_.width == chosen.features_.width + 4 + 4
    assert np.isfinite(kept.predict(known, start=known.ds[60]).log_pmf).all()
