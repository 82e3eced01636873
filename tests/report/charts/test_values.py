from collections.abc import Callable

from steelyard.report.charts.figure import Figure
from steelyard.report.charts.values import figures
from steelyard.study.result import StudyResult

RowsOf = Callable[[Figure], list[dict[str, object]]]


def test_every_trial_is_a_dot_or_a_cross(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    rows = rows_of(figure)
    assert sum("value" in row for row in rows) == 23
    (failed,) = [row for row in rows if "error" in row]
    assert failed["error"] == "FloatingPointError: loss is nan at step 12"
    assert len(figure.rows) == 24


def test_means_are_those_of_the_result(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    assert [row["x"] for row in rows_of(figure) if "mean" in row] == list(result.level_means.values())


def test_with_several_factors_configurations_are_named_and_have_no_mean(
    two_factors: StudyResult, rows_of: RowsOf
) -> None:
    (figure,) = figures(two_factors)
    names = list(dict.fromkeys(row[0] for row in figure.rows))
    assert names[:3] == ["loss mse, heads 1", "loss mse, heads 2", "loss hurdle, heads 1"]
    assert not [row for row in rows_of(figure) if "mean" in row]
