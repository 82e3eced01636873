"""Everything that decides when to stop lies after everything that is trained on."""

import pytest

from steelyard.data import read_series
from steelyard.errors import InputError
from steelyard.rare_events.split import split_by_date


def test_one_date_parts_all_series():
    frame = {
        "unique_id": ["a"] * 100 + ["b"] * 60,
        "ds": [*range(100), *range(40, 100)],
        "y": [0, 1] * 80,
    }
    import polars as pl

    split = split_by_date(read_series(pl.DataFrame(frame)), window=10, validation_share=0.25)
    assert split.train == [(10, 80), (10, 40)]
    assert split.validation == [(80, 100), (40, 60)]


def test_a_series_shorter_than_the_window_gives_three_quarters_of_its_training_part():
    split = split_by_date(read_series([0, 1] * 20), window=54, validation_share=0.25)
    assert split.train == [(7, 30)]


@pytest.mark.parametrize(
    ("y", "part"), [([0] * 65 + [0, 1] * 8, "training"), ([0, 1] * 30 + [0] * 40, "validation")]
)
def test_a_part_without_events_is_refused(y, part):
    with pytest.raises(InputError, match=f"the {part} part must have steps with and without"):
        split_by_date(read_series(y), window=5, validation_share=0.2)
