import numpy as np
import polars as pl
import pytest

from steelyard.errors import InputError
from steelyard.rare_events.dataset import load


def write(path, y, start="2020-01-01"):
    days = np.arange(start, np.datetime64(start) + len(y), dtype="datetime64[D]")
    pl.DataFrame({"ds": days, "y": y}).write_csv(path)
    return str(path)


def test_the_embedded_storms_are_split_by_time():
    dataset = load(None, None)
    history = dataset.history[0]
    assert len(history) + len(dataset.test_y) == 24_765
    assert len(dataset.test_y) / 24_765 == pytest.approx(0.2, abs=1e-4)
    assert history.ds[-1] < dataset.start
    assert dataset.validation_start < dataset.start
    described = dataset.describe()
    assert described["period"] == "1957-10-01 to 2025-07-20"
    assert described["zeros"].startswith("85.0%")


def test_a_file_is_read_once_and_recognised(counts_file):
    dataset = load(str(counts_file), None)
    assert load(str(counts_file), None) is dataset
    assert load(str(counts_file), None, dataset.fingerprint).fingerprint == dataset.fingerprint


def test_a_file_that_changed_is_refused(counts_file):
    with pytest.raises(InputError, match="must not change while a study runs"):
        load(str(counts_file), None, "0" * 64)


def test_series_share_one_test_period(tmp_path):
    days = np.arange("2020-01-01", "2021-12-31", dtype="datetime64[D]")
    y = np.arange(len(days)) % 3
    long = pl.concat(
        [
            pl.DataFrame({"unique_id": name, "ds": days, "y": np.roll(y, shift)})
            for name, shift in (("a", 0), ("b", 1))
        ]
    )
    long.write_parquet(tmp_path / "two.parquet")
    dataset = load(str(tmp_path / "two.parquet"), None)
    assert [each.ds[-1] for each in dataset.history] == [dataset.start - np.timedelta64(1, "D")] * 2
    assert len(dataset.test_y) == 2 * (len(days) - len(dataset.history[0]))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1] * 100, "at least 300 steps"),
        ([0, 0, 1] * 100 + [0] * 100, "the test part must have at least 5 steps with an event"),
        ([0] * 270 + [0, 1] * 65, "the training part must have at least 5 steps with an event"),
        ([0, 0, 5000] * 200, "must not exceed 1000"),
    ],
)
def test_refuses_data_that_cannot_answer(tmp_path, y, message):
    with pytest.raises(InputError, match=message):
        load(write(tmp_path / "y.csv", y), None)


def test_refuses_series_of_different_steps_and_series_that_ended(tmp_path):
    days = np.arange("2018-01-01", "2020-12-31", dtype="datetime64[D]")
    daily = pl.DataFrame({"unique_id": "daily", "ds": days, "y": np.arange(len(days)) % 4})
    weekly = pl.DataFrame({"unique_id": "weekly", "ds": days[::7], "y": np.arange(len(days[::7])) % 2})
    pl.concat([daily, weekly]).write_csv(tmp_path / "mixed.csv")
    with pytest.raises(InputError, match="must have the same step"):
        load(str(tmp_path / "mixed.csv"), None)
    ended = daily.head(300).with_columns(pl.lit("ended").alias("unique_id"))
    pl.concat([daily, ended]).write_csv(tmp_path / "ended.csv")
    with pytest.raises(InputError, match="'ended' ends on 2018-10-27"):
        load(str(tmp_path / "ended.csv"), None)
