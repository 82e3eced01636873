import numpy as np
import pandas as pd
import polars as pl
import pytest

from steelyard.data.series import read_series
from steelyard.errors import InputError

DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]


def frame(ds, y):
    return pl.DataFrame({"ds": ds, "y": y})


def test_files_frames_and_lists_agree(tmp_path):
    table = frame(DAYS, [0, 2, 0, 1])
    table.write_csv(tmp_path / "a.csv")
    table.write_parquet(tmp_path / "a.parquet")
    pandas = pd.DataFrame({"ds": pd.to_datetime(DAYS), "y": [0.0, 2.0, 0.0, 1.0]})
    sources = [table, pandas, tmp_path / "a.csv", str(tmp_path / "a.parquet")]
    assert len({read_series(source)[0].fingerprint for source in sources}) == 1
    for plain in ([0, 2, 0, 1], (0, 2.0, 0, 1), np.array([0, 2, 0, 1])):
        (series,) = read_series(plain)
        assert series.y.tolist() == [0, 2, 0, 1]
        assert series.step == "positions"
        assert series.steps_per_year is None


def test_series_of_one_table_may_be_interleaved():
    table = pl.DataFrame(
        {"unique_id": ["b", "a"] * 3, "ds": [day for day in DAYS[:3] for _ in "ab"], "y": [0, 1, 2, 3, 4, 5]}
    )
    first, second = read_series(table)
    assert (first.unique_id, first.y.tolist()) == ("b", [0, 2, 4])
    assert (second.unique_id, second.y.tolist()) == ("a", [1, 3, 5])


def test_columns_can_be_named():
    table = pl.DataFrame({"shop": ["x"] * 3, "day": DAYS[:3], "sold": [0, 1, 0]})
    (series,) = read_series(table, unique_id="shop", ds="day", y="sold")
    assert series.unique_id == "x"


def test_a_gap_needs_a_rule():
    table = frame([DAYS[0], DAYS[1], "2024-01-05", "2024-01-06"], [1, 0, 3, 0])
    for rule in (None, "error"):
        with pytest.raises(
            InputError, match=r"2 of 6 dates are missing, the first after 2024-01-02.*--missing zero"
        ) as caught:
            read_series(table, missing=rule)
    assert "not a zero" in str(caught.value)
    (zero,) = read_series(table, missing="zero")
    assert zero.y.tolist() == [1, 0, 0, 0, 3, 0]
    assert zero.ds[2] == np.datetime64("2024-01-03")
    (drop,) = read_series(table, missing="drop")
    assert drop.y.tolist() == [1, 0, 3, 0]
    assert zero.missing == drop.missing == 2
    assert zero.fingerprint != drop.fingerprint


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (frame([DAYS[1], DAYS[0], DAYS[2]], [0, 1, 2]), "row 2 2024-01-01 comes after 2024-01-02; sort"),
        (frame([DAYS[0], DAYS[0], DAYS[2]], [0, 1, 2]), "row 2 2024-01-01 comes twice"),
        (frame(DAYS, [0, 0, 0, 0]), "is always 0"),
        (frame(DAYS, [3, 3, 3, 3]), "is always 3"),
        (frame(DAYS[:2], [0, 1]), "at least 3 rows, but has 2"),
        (frame(DAYS, [0, 1, -2, 0]), "row 3 is -2, negative"),
        (frame(DAYS, ["0", "1", "x", "0"]), "row 3 is 'x', not a number"),
        ([0, 1, 2**63, 0], "row 3 is 9.223372036854776e\\+18, too large"),
        ([0, 1, 2**64, 0], "row 3 is .*, too large"),
        (np.array([0, 2**64 - 1, 0], dtype=np.uint64), "row 2 is 18446744073709551615, too large"),
        (frame([], []), "must have rows"),
        (pl.DataFrame({"ds": DAYS}), "must have a column 'y'"),
        (pl.DataFrame({"y": [0, 1, 0]}), "must have a column 'ds'"),
        ([], "must have rows"),
        (np.zeros((2, 2)), r"one dimension, but got shape \(2, 2\)"),
        ([0, "a", 1], "values of one type"),
        ([0, None, 1], "missing value is not a zero"),
        (42, "a path, a pandas or polars frame"),
    ],
)
def test_refuses(source, message):
    with pytest.raises(InputError, match=message):
        read_series(source)


def test_a_constant_series_among_others_is_kept_and_all_constant_ones_are_refused():
    quiet = pl.DataFrame({"unique_id": ["a"] * 4 + ["b"] * 4, "ds": DAYS * 2, "y": [0] * 4 + [0, 1, 0, 0]})
    assert [each.y.sum() for each in read_series(quiet)] == [0, 1]
    with pytest.raises(InputError, match="at least one series must change, but each of the 2 is constant"):
        read_series(quiet.with_columns(y=pl.lit(0)))


def test_series_may_be_in_different_zones():
    zones = {"berlin": ["+01:00", "+01:00", "+02:00", "+02:00"], "new york": ["-04:00"] * 4}
    days = ["2024-03-30", "2024-03-31", "2024-04-01", "2024-04-02"]
    table = pl.DataFrame(
        {
            "unique_id": [name for name in zones for _ in days],
            "ds": [
                f"{day}T00:00:00{zone}" for name in zones for day, zone in zip(days, zones[name], strict=True)
            ],
            "y": [0, 1, 0, 2] * 2,
        }
    )
    berlin, new_york = read_series(table)
    assert berlin.step == new_york.step == "daily"
    assert berlin.ds.tolist() == new_york.ds.tolist() == np.array(days, dtype="datetime64[us]").tolist()


def test_every_row_must_name_its_series():
    with pytest.raises(InputError, match="row 2 of column 'unique_id' is empty"):
        read_series(frame(DAYS, [0, 1, 0, 1]).with_columns(unique_id=pl.Series(["a", None, "a", "a"])))


def test_refuses_an_unknown_rule():
    with pytest.raises(InputError, match="`missing` must be one of zero, drop, error"):
        read_series([0, 1, 0], missing="guess")


def test_before_and_next_date():
    (series,) = read_series(frame(["2024-01-31", "2024-02-29", "2024-03-31"], [0, 1, 2]))
    assert series.next_date() == np.datetime64("2024-04-30")
    assert series.before("2024-03-01").y.tolist() == [0, 1]
    (plain,) = read_series([0, 1, 0])
    assert plain.next_date() == 3
