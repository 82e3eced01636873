"""Covariates keep to their rows, and every one that isn't there is named."""

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from steelyard.data import read_series
from steelyard.errors import InputError

DAYS = [f"2024-01-0{day}" for day in range(1, 7)]
TABLE = pl.DataFrame(
    {
        "unique_id": ["a"] * 6,
        "ds": DAYS,
        "y": [0, 2, 0, 1, None, None],
        "promo": [False, True, False, False, True, False],
        "price": [1.5, 2.0, 1.5, 1.5, 2.5, 1.0],
        "temp": [3, 4, 5, 6, None, None],
        "region": ["north"] * 6,
        "size": [7] * 6,
    }
)
ROLES = {"known": ("promo", "price"), "past": ("temp",), "static": ("region", "size")}


def changed(column, values):
    return TABLE.with_columns(pl.Series(column, values, strict=False))


def test_each_column_has_its_role_and_reach():
    (series,) = read_series(TABLE, **ROLES)
    assert series.y.tolist() == [0, 2, 0, 1]
    assert series.known_names == ("promo", "price")
    assert series.known.tolist() == [[0, 1.5], [1, 2.0], [0, 1.5], [0, 1.5], [1, 2.5], [0, 1.0]]
    assert series.past.tolist() == [[3], [4], [5], [6]]
    assert series.static == {"region": "north", "size": 7.0}


def test_files_and_frames_agree(tmp_path):
    TABLE.write_csv(tmp_path / "a.csv")
    TABLE.write_parquet(tmp_path / "a.parquet")
    pandas = TABLE.to_pandas()
    nullable = pandas.astype({"y": "Int64"})
    text = TABLE.with_columns(pl.col("y").cast(pl.String), pl.col("region").cast(pl.Categorical))
    sources = [TABLE, pandas, nullable, text, tmp_path / "a.csv", tmp_path / "a.parquet"]
    assert len({read_series(source, **ROLES)[0].fingerprint for source in sources}) == 1


def test_series_may_be_interleaved_and_end_on_other_dates():
    other = TABLE.with_columns(
        pl.lit("b").alias("unique_id"), (pl.col("price") * 10).alias("price"), pl.lit("south").alias("region")
    ).with_columns(pl.Series("y", [1, 0, 1, 0, 3, None]), pl.Series("temp", [9, 8, 7, 6, 5, None]))
    both = pl.concat([TABLE, other]).sort("ds", maintain_order=True)
    a, b = read_series(both, **ROLES)
    assert a.fingerprint == read_series(TABLE, **ROLES)[0].fingerprint
    assert (b.y.tolist(), b.past[:, 0].tolist()) == ([1, 0, 1, 0, 3], [9, 8, 7, 6, 5])
    assert b.known[:, 1].tolist() == [15, 20, 15, 15, 25, 10]
    assert b.static["region"] == "south"


def test_the_past_of_a_date_knows_the_future_of_known_covariates_only():
    (series,) = read_series(TABLE, **ROLES)
    before = series.before("2024-01-03")
    assert before.past.tolist() == [[3], [4]]
    assert len(before.known) == 6
    assert before.fingerprint != replace(before, known=before.known[:5]).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"past": np.array([[3.0], [4.0], [5.0], [7.0]])},
        {"known": np.zeros((6, 2))},
        {"past_names": ("cold",)},
        {"static": {"region": "north", "size": 8.0}},
        {"static": {}},
    ],
    ids=str,
)
def test_the_fingerprint_is_of_the_covariates_too(change):
    (series,) = read_series(TABLE, **ROLES)
    assert replace(series, **change).fingerprint != series.fingerprint
    assert replace(series, past=series.past.copy()).fingerprint == series.fingerprint


def test_dropped_dates_drop_their_covariates():
    (series,) = read_series(TABLE[[0, 1, 3, 4, 5]], missing="drop", **ROLES)
    assert series.y.tolist() == [0, 2, 1]
    assert series.past[:, 0].tolist() == [3, 4, 6]
    assert series.known[:, 1].tolist() == [1.5, 2.0, 1.5, 2.5, 1.0]


@pytest.mark.parametrize(
    ("source", "roles", "message"),
    [
        (TABLE, {"known": ("holiday",)}, "must have a column 'holiday'"),
        ([0, 1, 0], {"past": ("temp",)}, "list of counts must have a column 'temp'"),
        (
            TABLE,
            {"known": "promo"},
            r"must be a list of column names, but got the text 'promo'; write \('promo',\)",
        ),
        (TABLE, {"known": ("promo",), "past": ("promo",)}, "one role, but 'promo' has several"),
        (TABLE, {"past": ("y",)}, "one role, but 'y' has several"),
        (TABLE, {"past": ("temp",)}, "row 5 is missing; a missing value is not a zero"),
        (
            changed("temp", [3, None, 5, 6, 7, 8]),
            ROLES,
            "'temp' in every row, but row 2 has none; fill it in",
        ),
        (changed("price", [1, 2, 3, 4, 5, float("nan")]), ROLES, "'price' in every row, but row 6 has none"),
        (changed("price", [1, 2, float("inf"), 4, 5, 6]), ROLES, "'price' in every row, but row 3 is inf"),
        (changed("price", ["a"] * 6), ROLES, "covariate 'price' must hold numbers, but holds String"),
        (changed("region", ["north"] * 3 + [None] * 3), ROLES, "'region' in every row, but row 4 has none"),
        (
            changed("region", ["north"] * 5 + ["south"]),
            ROLES,
            "is 'north' and, in row 6, 'south'; give what changes",
        ),
        (changed("size", [1.0, float("nan"), 1, 1, 1, 1]), ROLES, "'size' in every row, but row 2 has none"),
        (changed("region", [[1]] * 6), ROLES, "must hold numbers or text, but holds List"),
        (changed("y", [0, None, 2, 0, 1, None]), ROLES, "row 2 is missing; a missing value is not a zero"),
        (changed("y", [None] * 6), ROLES, "series 'a' must have counts, but each of its rows is empty"),
        (changed("y", [0, 1] + [None] * 4), ROLES, "at least 3 rows, but has 2"),
        (
            TABLE[[0, 1, 2, 3, 5]],
            ROLES,
            "row 5 is of 2024-01-06 instead of 2024-01-05; give one row for each",
        ),
        (TABLE[[0, 1, 2, 3, 4, 4]], ROLES, "row 6 2024-01-05 comes twice"),
        (
            TABLE[[0, 1, 3, 4, 5]],
            {**ROLES, "missing": "zero"},
            "a row for every date, since nothing is known of the",
        ),
    ],
)
def test_refuses(source, roles, message):
    with pytest.raises(InputError, match=message):
        read_series(source, **roles)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"past": np.zeros((3, 1))},
            r"must have 4 rows and a column for each of the names \('temp',\), but have shape \(3, 1\)",
        ),
        ({"known": np.zeros((3, 2))}, "must have at least 4 rows"),
        ({"known": np.zeros((6, 3))}, "a column for each of the names"),
        ({"known": np.zeros(6)}, "a column for each of the names"),
        ({"past": None}, "must have values, but got none"),
        ({"known_names": ("promo", "promo")}, "must have distinct names"),
        ({"past": np.array([[1.0], [np.nan], [0.0], [0.0]])}, "must be finite, but 'temp' is nan in row 2"),
        ({"static": {"size": np.inf}}, "'size' of series 'a' must be finite"),
    ],
)
def test_a_series_that_is_made_by_hand_is_checked_too(change, message):
    (series,) = read_series(TABLE, **ROLES)
    with pytest.raises(InputError, match=message):
        replace(series, **change)


def test_pandas_nan_marks_the_future():
    frame = pd.DataFrame({"ds": [1, 2, 3, 4], "y": [0, 1, 0, np.nan], "x": [1.0, 2.0, 3.0, 4.0]})
    (series,) = read_series(frame, known=("x",))
    assert (series.y.tolist(), series.known[:, 0].tolist()) == ([0, 1, 0], [1, 2, 3, 4])
