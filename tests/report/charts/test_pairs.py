from collections.abc import Callable
from dataclasses import replace

from steelyard.report.charts.figure import Figure
from steelyard.report.charts.pairs import failures_by_seed, figures
from steelyard.stats.verdict import Verdict
from steelyard.study.result import StudyResult

RowsOf = Callable[[Figure], list[dict[str, object]]]
Make = Callable[..., Verdict]


def test_every_pair_is_drawn(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    drawn = [row["difference"] for row in rows_of(figure) if "difference" in row]
    assert drawn == [difference for verdict in result.verdicts for difference in verdict.differences]


def test_failed_seeds_are_marked_and_named(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    (failed,) = [row for row in rows_of(figure) if "failed" in row]
    assert (failed["seed"], failed["failed"]) == ("5", "focal")
    assert ("focal against mse", "5", "failed: focal") in figure.rows
    seeds = [row[1] for row in figure.rows if row[0] == "focal against mse"]
    assert seeds == [str(seed) for seed in range(8)]


def test_who_failed_is_told(make_verdict: Make) -> None:
    verdict = make_verdict((0.1,), seeds=(0,), failed_reference=(1, 2), failed_level=(2, 3))
    assert failures_by_seed(verdict) == {1: "mse", 2: "both sides", 3: "hurdle"}


def test_seeds_may_be_words(result: StudyResult, make_verdict: Make) -> None:
    verdict = make_verdict((0.1, 0.2), seeds=("a", "c"), failed_level=("b", 4))
    (figure,) = figures(replace(result, verdicts=(verdict,)))
    assert [row[1] for row in figure.rows] == ["4", "a", "b", "c"]


def test_rows_do_not_run_into_each_other(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    for index, verdict in enumerate(result.verdicts):
        places = [row["y"] for row in rows_of(figure) if verdict.contrast.level in str(row.get("contrast"))]
        assert places
        assert all(index < float(str(place)) < index + 1 for place in places)
