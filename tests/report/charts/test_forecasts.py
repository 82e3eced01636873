import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from steelyard.report.charts.figure import Figure
from steelyard.report.charts.forecasts import figures
from steelyard.report.specification import specification
from steelyard.study.result import StudyResult

RowsOf = Callable[[Figure], list[dict[str, object]]]
Table = Mapping[str, tuple[float | str, ...]]


def with_table(result: StudyResult, table: Table) -> StudyResult:
    return replace(result, trials=tuple(replace(t, tables={"forecasts": table}) for t in result.trials))


def test_one_seed_of_every_level_is_drawn(result: StudyResult, rows_of: RowsOf) -> None:
    probability, mean = figures(result)
    lines = [row for row in rows_of(probability) if "value" in row]
    assert len(lines) == 3 * 112
    assert "seed 0;" in probability.caption
    assert mean.columns == ("date", "happened", "mse", "hurdle", "focal")
    assert len(mean.rows) == 112


@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (("2025-01-02", "2025-01-03"), "temporal"),
        ((9.0, 10.0), "quantitative"),
        (("Monday", "Tuesday"), "ordinal"),
    ],
)
def test_dates_numbers_and_words_are_told_apart(
    result: StudyResult, days: tuple[float | str, ...], kind: str
) -> None:
    table: Table = {"ds": days, "y": (0.0, 1.0), "p_event": (0.2, 0.3)}
    (figure,) = figures(with_table(result, table))
    assert f'"type": "{kind}"' in json.dumps(specification(figure.chart))
    assert [row[0] for row in figure.rows] == [str(day) for day in days]


def test_only_the_last_days_of_a_long_table_are_drawn(result: StudyResult, rows_of: RowsOf) -> None:
    many = tuple(float(day) for day in range(2000))
    (figure,) = figures(with_table(result, {"ds": many, "y": many, "mean": many}))
    assert len(figure.rows) == 365
    assert figure.rows[-1][0] == "1999.0"


def test_without_such_a_table_there_is_no_chart(result: StudyResult) -> None:
    assert figures(with_table(result, {"ds": (1.0,), "y": (1.0,)})) == []
    assert figures(with_table(result, {})) == []
