from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import InputError
from steelyard.study.imports.table import MISSING_LEVEL, PairedTable, paired_outcomes

ROWS: dict[str, list[Any]] = {
    "norm": ["none", "none", "none", "layer", "layer", "layer"],
    "seed": [0, 1, 2, 0, 1, 2],
    "loss": [0.50, 0.55, 0.52, 0.40, 0.46, 0.41],
}


def pair(rows: dict[str, Any] | None = None, **options: Any) -> PairedTable:
    frame = pl.DataFrame(ROWS if rows is None else {**ROWS, **rows}, strict=False)
    return paired_outcomes(frame, **{"factor": "norm", "seed": "seed", "metric": "loss", **options})


def test_pairs_by_seed_with_the_first_level_as_reference() -> None:
    table = pair({"seed": [0, 1, 2, 2, 1, 0]})
    [outcomes] = table.outcomes
    assert table.levels == ("none", "layer")
    assert str(outcomes.contrast) == "norm: layer against none"
    assert outcomes.seeds == (0, 1, 2)
    assert outcomes.reference == (0.50, 0.55, 0.52)
    assert outcomes.level == (0.41, 0.46, 0.40)
    assert table.warnings == ((),)
    assert table.rows == 6


def test_reference_is_any_level_and_the_others_keep_their_order() -> None:
    rows = {"norm": ["a", "a", "b", "b", "c", "c"], "seed": [0, 1] * 3}
    assert pair(rows, reference="b").levels == ("b", "a", "c")
    with pytest.raises(InputError, match=r"did you mean 'a'\?|The levels are: a, b, c"):
        pair(rows, reference="aa")


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([1, 1, 1, 2, 2, 2], ("1", "2")),
        ([0.1, 0.1, 0.1, 1e-5, 1e-5, 1e-5], ("0.1", "1e-05")),
        ([True, True, True, False, False, False], ("True", "False")),
        ([" a", "a ", "a", "b", "b", "b"], ("a", "b")),
        (["b", "b", "b", None, "", " "], ("b", MISSING_LEVEL)),
    ],
)
def test_levels_of_every_type(levels: list[Any], expected: tuple[str, ...]) -> None:
    table = pair({"norm": levels})
    assert table.levels == expected
    assert len(table.outcomes[0].seeds) == 3


@pytest.mark.parametrize(("asked", "found"), [("0.10", "0.1"), ("TRUE", "True"), ("", MISSING_LEVEL)])
def test_reference_may_be_written_otherwise(asked: str, found: str) -> None:
    other = {"0.1": 0.5, "True": False, MISSING_LEVEL: "x"}[found]
    first = {"0.1": 0.1, "True": True, MISSING_LEVEL: None}[found]
    assert pair({"norm": [other] * 3 + [first] * 3}, reference=asked).reference == found


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [
        (["a", "b", "c"], ("a", "b", "c")),
        (["0", "1", "10"], (0, 1, 10)),
        (["00", "0", "1"], ("00", "0", "1")),
        ([0.0, 1.0, 2.0], (0, 1, 2)),
        ([0.5, 1.0, 2.0], ("0.5", "1.0", "2.0")),
        ([" s1", "s2 ", "s3"], ("s1", "s2", "s3")),
        ([2**63 - 1, 0, -1], (2**63 - 1, 0, -1)),
    ],
)
def test_seeds_of_every_type(seeds: list[Any], expected: tuple[Any, ...]) -> None:
    assert pair({"seed": seeds * 2}).outcomes[0].seeds == expected


def test_a_row_without_a_seed_is_named_by_its_place_in_the_file() -> None:
    rows = {"seed": [0, 1, 2, 0, None, 2], "lr": [1, 1, 1, 1, 1, 2]}
    with pytest.raises(InputError, match="data row 5"):
        pair(rows)
    with pytest.raises(InputError, match="data row 5"):
        pair({**rows, "lr": [2, 2, 1, 1, 1, 1]}, where=["lr=1"])


@pytest.mark.parametrize("failed", [None, math.nan, math.inf, -math.inf])
def test_a_metric_that_is_not_finite_is_a_failed_seed(failed: float | None) -> None:
    [outcomes] = pair({"loss": [0.5, 0.55, 0.52, failed, 0.46, 0.41]}).outcomes
    assert outcomes.seeds == (0, 1, 2)
    assert math.isnan(outcomes.level[0])


def test_seeds_of_one_side_make_no_pair_and_are_told() -> None:
    rows = {"norm": ["a"] * 4 + ["b"] * 2, "seed": [0, 1, 2, 3, 1, 0]}
    table = pair(rows)
    assert table.outcomes[0].seeds == (0, 1)
    [[warning]] = table.warnings
    assert warning.startswith("2 seeds of a (2, 3) have no row for b")


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ({}, {"factor": "nrom"}, r"--factor must name a column, but got 'nrom'; did you mean 'norm'\?"),
        ({}, {"metric": "accuracy"}, "The columns are: norm, seed, loss"),
        ({}, {"factor": "seed"}, "three columns"),
        (
            {"norm": ["none"] * 6, "seed": range(6)},
            {},
            "at least 2 levels to compare, but every row has none",
        ),
        ({"seed": range(6)}, {}, "share no seed"),
        ({"seed": [0, 1, 2, 2, 4, 5]}, {}, "share only seed 2"),
        (
            {"loss": ["0.5", "0,55", "0.5", "x", "1", "2"]},
            {},
            "data row 2 has '0,55' .*decimals with a point",
        ),
        ({"loss": ["0.5", "fast", "0.5", "1", "1", "2"]}, {}, "data row 2 has 'fast'"),
        ({"loss": [None] * 6}, {}, "none of its 6 is one"),
        ({"loss": [[0.5]] * 6}, {}, "type is List"),
        ({"norm": [["a"]] * 6}, {}, "unpack it"),
        ({}, {"where": ["norm"]}, "column=value"),
        ({}, {"where": ["nrm=none"]}, "did you mean 'norm'"),
        ({}, {"where": ["seed=9"]}, "none has seed=9; `seed` is 0, 1, 2"),
        ({}, {"ignore": ["lr"]}, "--ignore must name a column"),
    ],
)
def test_what_leaves_no_answer_is_said(rows: dict[str, Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        pair(rows, **options)


def test_only_a_header() -> None:
    with pytest.raises(InputError, match="only a header"):
        pair({"norm": [], "seed": [], "loss": []})


def test_too_many_levels_are_not_a_factor() -> None:
    frame = pl.DataFrame({"norm": range(2002), "seed": [0, 1] * 1001, "loss": [1.0] * 2002})
    with pytest.raises(InputError, match="is it the factor"):
        paired_outcomes(frame, factor="norm", seed="seed", metric="loss")


def test_a_file_with_semicolons_is_recognised() -> None:
    with pytest.raises(InputError, match="separated by ';'"):
        paired_outcomes(
            pl.DataFrame({"norm;seed;loss": ["a;0;1"]}), factor="norm", seed="seed", metric="loss"
        )


def test_where_values_of_one_column_are_alternatives() -> None:
    rows = {"norm": ["a", "a", "b", "b", "c", "c"], "seed": [0, 1] * 3}
    assert pair(rows, where=["norm=a", "norm=c"]).levels == ("a", "c")


@given(order=st.permutations(range(10)))
def test_the_order_of_rows_changes_no_pair(order: list[int]) -> None:
    frame = pl.DataFrame(
        {"norm": ["a"] * 5 + ["b"] * 5, "seed": [*range(5)] * 2, "loss": [float(i) for i in range(10)]}
    )[order]
    [outcomes] = paired_outcomes(frame, factor="norm", seed="seed", metric="loss", reference="a").outcomes
    found = {
        seed: (left, right)
        for seed, left, right in zip(outcomes.seeds, outcomes.reference, outcomes.level, strict=True)
    }
    assert found == {seed: (float(seed), 5.0 + seed) for seed in range(5)}
