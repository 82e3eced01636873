import math
from collections.abc import Callable
from dataclasses import replace

from steelyard.report.charts.figure import Figure
from steelyard.report.charts.verdicts import figures, shown_differences
from steelyard.stats.verdict import Verdict
from steelyard.study.result import StudyResult

RowsOf = Callable[[Figure], list[dict[str, object]]]
Make = Callable[..., Verdict]


def test_intervals_stand_where_the_verdicts_say(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    drawn = [row for row in rows_of(figure) if "estimate" in row]
    for verdict, row in zip(result.verdicts, drawn, strict=True):
        assert (row["low"], row["high"]) == verdict.interval
        assert (row["narrow_low"], row["narrow_high"]) == verdict.equivalence_interval
        assert row["estimate"] == verdict.estimate
        assert not row["open_low"]


def test_the_margin_is_drawn(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    assert {"low": -0.01, "high": 0.01, "zero": 0.0} in rows_of(figure)


def test_decisions_are_told_in_words_and_shapes(many_contrasts: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(many_contrasts)
    texts = [str(row["text"]) for row in rows_of(figure) if "text" in row]
    assert [text.split()[-1] for text in texts] == [verdict.decision for verdict in many_contrasts.verdicts]
    assert len({text.split()[-2] for text in texts}) == 4
    assert len(figure.rows) == 12


def test_an_interval_without_ends_gets_arrowheads(
    result: StudyResult, make_verdict: Make, rows_of: RowsOf
) -> None:
    odd = replace(result, verdicts=(make_verdict((0.002,)),))
    (row,) = [row for row in rows_of(figures(odd)[0]) if "estimate" in row]
    assert row["open_low"]
    assert row["open_high"]
    assert (row["low"], row["high"]) == shown_differences(odd)
    assert row["interval"] == "[-infinity, +infinity]"


def test_one_wide_interval_does_not_hide_the_others(result: StudyResult, make_verdict: Make) -> None:
    wide = make_verdict((-3.0, 3.0))
    low, high = shown_differences(replace(result, verdicts=(*result.verdicts, wide)))
    assert high - low < 0.3


def test_a_verdict_without_pairs_is_named_but_not_drawn(
    result: StudyResult, make_verdict: Make, rows_of: RowsOf
) -> None:
    (figure,) = figures(replace(result, verdicts=(make_verdict(()),)))
    assert not [row for row in rows_of(figure) if "estimate" in row]
    assert figure.rows[0][1:] == ("undecided", "n/a", "n/a", "n/a", "0")


def test_a_margin_without_end_is_not_drawn(result: StudyResult) -> None:
    shown = shown_differences(replace(result, margin=math.inf))
    assert all(map(math.isfinite, shown))
    assert figures(replace(result, margin=math.inf))
