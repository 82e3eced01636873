import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steelyard.rare_events.segments import cut


@st.composite
def asked(draw):
    span = draw(st.integers(1, 40))
    each = st.tuples(st.integers(0, 50), st.integers(1, 200), st.integers(0, span - 1))
    first, length, offset = np.array(draw(st.lists(each, min_size=1, max_size=4))).T
    return {"first": first, "stop": first + length, "offset": offset, "span": span}


@given(asked(), st.integers(1, 30))
def test_every_row_is_scored_once_after_its_warm_up(asked, warm_up):
    segments = cut(**asked, warm_up=warm_up)
    for series, (first, stop) in enumerate(zip(asked["first"], asked["stop"], strict=True)):
        mine = segments.series == series
        scored = segments.rows[mine][segments.scored[mine]]
        assert scored.tolist() == list(range(first, stop))
    assert not segments.scored[:, :warm_up].any()
    assert segments.scored.any(axis=1).all()
    inside = segments.rows >= 0
    steps = np.diff(segments.rows, axis=1)[inside[:, :-1]]
    assert (steps == 1).all()


@given(asked())
def test_a_series_is_cut_as_if_it_were_alone(asked):
    together = cut(**asked, warm_up=3)
    for series in range(len(asked["first"])):
        one = {name: asked[name][series : series + 1] for name in ("first", "stop", "offset")}
        alone = cut(**one, span=asked["span"], warm_up=3)
        mine = together.series == series
        np.testing.assert_array_equal(together.rows[mine], alone.rows)
        np.testing.assert_array_equal(together.scored[mine], alone.scored)


def test_no_series_have_no_segments():
    nothing = np.zeros(0, dtype=np.int64)
    assert cut(first=nothing, stop=nothing, warm_up=2, span=3, offset=nothing).rows.shape == (0, 5)
