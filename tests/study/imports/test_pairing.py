from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from steelyard.errors import ConfoundedError, InputError
from steelyard.study.imports.pairing import PairedRuns, pair_runs


def table(**changes: Any) -> pl.DataFrame:
    columns: dict[str, Any] = {
        "norm": ["none"] * 3 + ["layer"] * 3,
        "seed": [0, 1, 2] * 2,
        "loss": [0.5, 0.6, 0.55, 0.4, 0.5, 0.45],
    }
    return pl.DataFrame({**columns, **changes})


def pair(frame: pl.DataFrame, **options: Any) -> PairedRuns:
    return pair_runs(frame, **{"factor": "norm", "seed": "seed", "metric": "loss", **options})


def test_pairs_by_seed_whatever_the_order_of_rows() -> None:
    [plain] = pair(table()).outcomes
    [shuffled] = pair(table().sort("loss"), reference="none").outcomes
    assert plain.reference == (0.5, 0.6, 0.55)
    assert dict(zip(shuffled.seeds, shuffled.level, strict=True)) == {"0": 0.4, "1": 0.5, "2": 0.45}
    assert str(plain.contrast) == "norm: layer against none"


@pytest.mark.parametrize("bad", [None, float("nan"), float("inf"), float("-inf")])
def test_a_missing_metric_is_a_failed_seed(bad: float | None) -> None:
    [outcome] = pair(table(loss=[0.5, 0.6, 0.55, bad, 0.5, 0.45])).outcomes
    assert math.isnan(outcome.level[0])
    assert outcome.seeds == ("0", "1", "2")


@pytest.mark.parametrize("missing", ["", " ", "NaN", "NA", "null"])
def test_numbers_as_text_are_read(missing: str) -> None:
    [outcome] = pair(table(loss=["0.5", " 0.6", "0.55", missing, "5e-1", ".45"])).outcomes
    assert outcome.level[1:] == (0.5, 0.45)
    assert math.isnan(outcome.level[0])


def test_seeds_of_one_level_only_make_no_pair_and_are_told() -> None:
    paired = pair(table(seed=[0, 1, 2, 1, 2, 3]))
    assert paired.outcomes[0].seeds == ("1", "2")
    assert paired.remarks[0] == (
        "1 seed of none (0) has no run of layer: no pair",
        "1 seed of layer (3) has no run of none: no pair",
    )


def test_levels_may_be_numbers_booleans_or_padded_text() -> None:
    assert pair(table(norm=[1, 1, 1, 2, 2, 2])).outcomes[0].contrast.level == "2"
    assert pair(table(norm=[False] * 3 + [True] * 3)).outcomes[0].contrast.reference == "false"
    assert pair(table(norm=["a", " a", "a "] + ["b"] * 3)).outcomes[0].seeds == ("0", "1", "2")


@pytest.mark.parametrize(
    ("frame", "options", "says"),
    [
        (table(), {"factor": "nrom"}, "did you mean 'norm'"),
        (table(), {"metric": "seed"}, "given twice"),
        (table(loss=["0.5", "0.6", "high", "1", "2", "3"]), {}, "'high' in row 3"),
        (table(loss=[[1.0]] * 6), {}, "List"),
        (table(norm=["none"] * 6, seed=range(6)), {}, "at least two levels"),
        (table(norm=["none"] * 3 + [None] * 3), {}, "row 4 has none"),
        (table(seed=[0, 1, None, 0, 1, 2]), {}, "row 3 has none"),
        (table(seed=[0, 0, 1, 0, 1, 2]), {}, "'none' has 2 runs of seed 0"),
        (table(seed=[0, 1, 2, 2, 4, 5]), {}, "share 1"),
        (table(), {"reference": "batch"}, "none, layer"),
        (table(), {"where": {"lr": "1"}}, "'lr' must be in the table"),
        (table(lr=[1] * 6), {"where": {"lr": "2"}}, "none has that value"),
        (table(), {"ignore": ["gone"]}, "'gone'"),
    ],
)
def test_tables_without_an_answer_say_why(frame: pl.DataFrame, options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        pair(frame, **options)


def test_duplicates_name_the_column_that_tells_them_apart() -> None:
    frame = pl.concat([table(lr=[0.1] * 6, name=["x"] * 6), table(lr=[0.2] * 6, name=["y"] * 6)])
    with pytest.raises(InputError, match="tell them apart: name"):
        pair(frame)
    assert len(pair(frame, where={"name": "y"}).outcomes[0].seeds) == 3


def test_a_column_that_moves_with_the_factor_is_refused_until_ignored() -> None:
    frame = table(lr=[0.1] * 3 + [0.2] * 3)
    with pytest.raises(ConfoundedError, match=r"'lr' is 0.1 with none, 0.2 with layer.*--ignore lr"):
        pair(frame)
    assert pair(frame, ignore=["lr"]).outcomes
    assert pair(table(lr=[0.1] * 6, seconds=[1.0, 2, 3, 4, 5, 6], id=list("abcdef"))).outcomes


def test_many_rows_are_no_trouble() -> None:
    n = 200_000
    frame = pl.DataFrame(
        {"norm": ["a", "b"] * n, "seed": [i // 2 for i in range(2 * n)], "loss": [0.5] * (2 * n)}
    )
    assert len(pair(frame).outcomes[0].seeds) == n
