from dataclasses import replace

import vl_convert

from steelyard.report.charts import charts, figures
from steelyard.report.specification import specification
from steelyard.study.result import StudyResult


def test_only_charts_that_apply_are_given(result: StudyResult) -> None:
    assert list(charts(result)) == [
        "verdicts",
        "pairs",
        "values",
        "looks",
        "scale",
        "curve-train-loss",
        "reliability",
        "forecasts-p",
        "forecasts-mean",
    ]
    bare = replace(
        result, scale=None, looks=(), trials=tuple(replace(t, curves={}, tables={}) for t in result.trials)
    )
    assert list(charts(bare)) == ["verdicts", "pairs", "values"]
    assert charts(replace(bare, verdicts=(), trials=())) == {}


def test_every_chart_of_any_result_has_a_name_of_its_own_a_caption_and_a_table(
    odd_result: StudyResult,
) -> None:
    drawn = figures(odd_result)
    assert len({figure.name for figure in drawn}) == len(drawn)
    for figure in drawn:
        assert figure.caption.endswith(".")
        assert all(len(row) == len(figure.columns) for row in figure.rows)
        assert all(isinstance(cell, str) for row in figure.rows for cell in row)


def test_every_chart_compiles_to_vega(result: StudyResult) -> None:
    for figure in figures(result):
        compiled = vl_convert.vegalite_to_vega(specification(figure.chart))
        assert compiled["marks"], figure.name


def test_titles_stand_in_charts_that_stand_alone(result: StudyResult) -> None:
    spec = specification(charts(result)["verdicts"])
    assert spec["title"]["text"] == "Every contrast against the margin"
    assert " ".join(spec["title"]["subtitle"]).startswith(
        "Shaded: differences smaller than the margin of 0.01"
    )
