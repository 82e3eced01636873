from datetime import date

import polars as pl

from steelyard.data.series import read_series
from steelyard.data.storms import storms


def test_the_series_is_whole():
    (series,) = read_series(storms())
    assert (series.step, series.missing, len(series)) == ("daily", 0, 24_765)
    assert (str(series.ds[0])[:10], str(series.ds[-1])[:10]) == ("1957-10-01", "2025-07-20")


def test_the_counts_are_those_of_a_storm_index():
    y = storms()["y"]
    assert y.value_counts(sort=False).sort("y").rows() == [
        (0, 21_055), (1, 1_616), (2, 829), (3, 495), (4, 291), (5, 204), (6, 131), (7, 78), (8, 66),
    ]  # fmt: skip


def test_known_storms_are_there():
    frame = storms()
    great = frame.filter(pl.col("ds").is_in([date(1989, 3, 13), date(2003, 10, 30), date(2024, 5, 11)]))
    assert great["y"].to_list() == [8, 7, 8]


def test_callers_cannot_change_each_others_copy():
    storms().replace_column(2, pl.Series("y", [0] * 24_765))
    assert storms()["y"].max() == 8
