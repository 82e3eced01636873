from collections.abc import Callable
from dataclasses import replace

from steelyard.report.charts.figure import Figure
from steelyard.report.charts.scale import figures
from steelyard.study.result import StudyResult


def test_levels_stand_among_the_reference_points_best_last(
    result: StudyResult, rows_of: Callable[[Figure], list[dict[str, object]]]
) -> None:
    (figure,) = figures(result)
    assert [row[0] for row in figure.rows] == [
        "base rate",
        "climatology",
        "mse",
        "focal",
        "markov",
        "hurdle",
        "floor",
    ]
    kinds = {str(row["name"]).split("  ", maxsplit=1)[0]: row["kind"] for row in rows_of(figure)}
    assert kinds["climatology"] == "baseline"
    assert kinds["floor"] == "floor"
    assert kinds["markov"] == "reference"
    assert kinds["hurdle"] == "level"
    assert "skill" in figure.rows[-2][2]


def test_no_scale_no_chart(result: StudyResult) -> None:
    assert figures(replace(result, scale=None)) == []
