import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steelyard.rare_events.segments import cut


@given(st.integers(0, 50), st.integers(1, 200), st.integers(1, 30), st.integers(1, 40), st.data())
def test_every_row_is_scored_once_after_its_warm_up(first, length, warm_up, span, data):
    offset = data.draw(st.integers(0, span - 1))
    segments = cut(first=first, stop=first + length, warm_up=warm_up, span=span, offset=offset)
    assert sorted(segments.rows[segments.scored].tolist()) == list(range(first, first + length))
    assert not segments.scored[:, :warm_up].any()
    inside = segments.rows >= 0
    steps = np.diff(segments.rows, axis=1)[inside[:, :-1]]
    assert (steps == 1).all()


def test_an_empty_range_has_no_segments():
    assert cut(first=5, stop=5, warm_up=2, span=3).scored.sum() == 0
