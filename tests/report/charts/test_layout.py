import math

from hypothesis import given
from hypothesis import strategies as st

from steelyard.report.charts.layout import Band, clip, domain


@given(st.lists(st.floats(min_value=-1e12, max_value=1e12) | st.just(math.nan) | st.just(math.inf)))
def test_an_axis_shows_every_finite_value(values: list[float]) -> None:
    low, high = domain(values)
    assert math.isfinite(low)
    assert low < high
    assert all(clip(value, (low, high)) == value for value in values if math.isfinite(value))


def test_rows_follow_each_other() -> None:
    band = Band(row_px=60, rows=3)
    places = [
        place for row in range(3) for place in (band.name(row), band.at(row, share=0), band.at(row, share=1))
    ]
    assert places == sorted(places)
    assert band.height == 180
