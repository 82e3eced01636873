from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from steelyard.agents.looking import PARTS
from steelyard.agents.portrait import MEASURES, AgentPortrait
from steelyard.report.agents import chart_curve, chart_geometry
from steelyard.report.charts.figure import Figure
from steelyard.report.specification import specification


def rows_of(figure: Figure) -> list[dict[str, Any]]:
    return [row for rows in specification(figure.chart)["datasets"].values() for row in rows]


def test_the_curve_lies_between_all_references(shown: AgentPortrait) -> None:
    (figure,) = chart_curve.figures(shown)
    rows = rows_of(figure)
    exact = [(row["step"], row["return"]) for row in rows if row.get("level") == chart_curve.EXACT]
    assert exact == [(each.step, each.exact_return) for each in shown.history]
    across = {row["name"]: row["return"] for row in rows if "meaning" in row}
    assert across == {each.name: each.value for each in shown.scale.points}
    assert set(across) == {"uniform", "fixed order", "myopic", "optimal"}
    assert len(figure.rows) == len(exact) + 4


def test_long_curves_are_thinned_and_keep_their_end(
    shown: AgentPortrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_curve, "_MOST", 2)
    last = shown.history[-1]
    longer = tuple(replace(last, step=step, exact_return=step / 100) for step in range(1, 101))
    (figure,) = chart_curve.figures(replace(shown, history=longer))
    steps = [row["step"] for row in rows_of(figure) if row.get("level") == chart_curve.EXACT]
    assert steps == [1, 51, 100]


def test_no_curve_without_a_return(shown: AgentPortrait) -> None:
    untold = tuple(replace(each, exact_return=None, mean_return=None) for each in shown.history)
    assert chart_curve.figures(replace(shown, history=untold)) == []


def test_each_measure_is_drawn_for_every_part(shown: AgentPortrait) -> None:
    found = chart_geometry.figures(shown)
    assert [figure.name for figure in found] == ["mean-cosine", "centred-mean-cosine", "effective-rank"]
    for figure, measure in zip(found, MEASURES, strict=True):
        drawn = {(row["level"], row["step"]): row["value"] for row in rows_of(figure)}
        expected = {(part, each.step): each.values[part][measure] for each in shown.moments for part in PARTS}
        assert drawn == pytest.approx(expected)
        assert len(figure.rows) == len(shown.moments) * len(PARTS)


def test_both_cosines_have_the_same_axis(shown: AgentPortrait) -> None:
    raw, centred, _ = (specification(figure.chart) for figure in chart_geometry.figures(shown))
    low, high = raw["encoding"]["y"]["scale"]["domain"]
    assert low < 0
    assert high > 1
    assert centred["encoding"]["y"]["scale"]["domain"] == pytest.approx([low, high], abs=0.02)


def test_numbers_that_are_not_there_leave_gaps_and_one_look_is_no_curve(shown: AgentPortrait) -> None:
    first, *others = shown.moments
    gap = replace(first, values={part: dict.fromkeys(MEASURES) for part in PARTS})
    figure = chart_geometry.figures(replace(shown, moments=(gap, *others)))[0]
    assert first.step not in {row["step"] for row in rows_of(figure)}
    assert chart_geometry.figures(replace(shown, moments=(first,))) == []
