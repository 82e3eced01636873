from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from steelyard.report.charts.figure import Figure
from steelyard.report.charts.reliability import figures
from steelyard.study.result import StudyResult

RowsOf = Callable[[Figure], list[dict[str, object]]]


def with_table(result: StudyResult, table: Mapping[str, tuple[float | str, ...]]) -> StudyResult:
    return replace(result, trials=(replace(result.trials[0], tables={"reliability": table}),))


def test_every_bin_of_every_seed_is_drawn(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    assert len(rows_of(figure)) == len(figure.rows) == 23 * 9


@pytest.mark.parametrize(
    "table",
    [
        {"forecast": (0.1, 0.2), "observed": (0.15, 0.1), "count": (10.0, 0.0)},
        {"forecast": (0.1, 0.2), "observed": (0.15, float("nan")), "n": (10.0, 0.0)},
        {"p": ("0.1",), "observed_frequency": ("0.15",)},
    ],
)
def test_empty_bins_are_left_out_and_other_names_are_understood(
    result: StudyResult, table: dict[str, tuple[float | str, ...]], rows_of: RowsOf
) -> None:
    (figure,) = figures(with_table(result, table))
    (row,) = rows_of(figure)
    assert (row["forecast"], row["observed"]) == (0.1, 0.15)


def test_tables_of_another_kind_draw_nothing(result: StudyResult) -> None:
    assert figures(with_table(result, {"x": (1.0,)})) == []
    assert figures(with_table(result, {"forecast": ("high",), "observed": ("often",)})) == []
