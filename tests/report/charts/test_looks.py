from collections.abc import Callable
from dataclasses import replace

from steelyard.report.charts.figure import Figure
from steelyard.report.charts.looks import figures
from steelyard.study.result import StudyResult


def test_each_look_of_each_contrast_is_drawn(
    result: StudyResult, rows_of: Callable[[Figure], list[dict[str, object]]]
) -> None:
    (figure,) = figures(result)
    drawn = [row for row in rows_of(figure) if "estimate" in row]
    assert len(drawn) == 6
    assert [row[:2] for row in figure.rows] == [
        ("hurdle against mse", "4"),
        ("hurdle against mse", "6"),
        ("hurdle against mse", "8"),
        ("focal against mse", "4"),
        ("focal against mse", "5"),
        ("focal against mse", "7"),
    ]


def test_one_look_shows_no_narrowing(result: StudyResult) -> None:
    assert figures(replace(result, looks=result.looks[:1])) == []
