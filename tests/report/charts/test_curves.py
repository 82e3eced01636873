import math
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from steelyard.report.charts.curves import figures, thin
from steelyard.report.charts.figure import Figure
from steelyard.study.result import StudyResult
from steelyard.study.trial import Curve

RowsOf = Callable[[Figure], list[dict[str, object]]]


@given(st.integers(min_value=1, max_value=3000), st.integers(min_value=2, max_value=300))
def test_thinning_keeps_both_ends_and_about_as_many_as_asked(length: int, most: int) -> None:
    steps = tuple(float(step) for step in range(length))
    kept = thin(Curve(steps=steps, values=steps), most=most)
    assert kept[0] == (0.0, 0.0)
    assert kept[-1] == (steps[-1], steps[-1])
    assert len(kept) <= most + 1
    assert kept == sorted(set(kept))


def test_every_seed_is_drawn_and_a_failed_one_ends_early(result: StudyResult, rows_of: RowsOf) -> None:
    (figure,) = figures(result)
    rows = rows_of(figure)
    assert len({(row["level"], row["seed"]) for row in rows}) == 24
    failed = [row for row in rows if (row["level"], row["seed"]) == ("focal", "5")]
    assert max(float(str(row["step"])) for row in failed) == 10.0
    assert ("focal", "5", "0", "10", "failed") in [(*row[:3], row[4], row[6]) for row in figure.rows]


def test_long_curves_stay_small(result: StudyResult, rows_of: RowsOf) -> None:
    steps = tuple(float(step) for step in range(5000))
    long = replace(
        result,
        trials=tuple(replace(t, curves={"loss": Curve(steps=steps, values=steps)}) for t in result.trials),
    )
    (figure,) = figures(long)
    assert len(rows_of(figure)) <= 8000 + 24


def test_a_chart_for_each_name_with_files_apart(result: StudyResult) -> None:
    curve = Curve(steps=(0.0, 1.0), values=(1.0, math.nan))
    names = {"Loss/Train": curve, "loss train": curve, "потеря": curve}
    named = replace(result, trials=(replace(result.trials[0], curves=names),))
    assert [figure.name for figure in figures(named)] == [
        "curve-loss-train",
        "curve-loss-train-2",
        "curve-unnamed",
    ]


def test_a_curve_without_a_finite_value_is_left_out(result: StudyResult) -> None:
    curve = Curve(steps=(0.0, 1.0), values=(math.inf, math.nan))
    assert figures(replace(result, trials=(replace(result.trials[0], curves={"loss": curve}),))) == []
