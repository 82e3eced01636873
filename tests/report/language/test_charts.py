from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from steelyard.language.meaning.story import Story
from steelyard.report.charts.figure import Figure
from steelyard.report.language import chart_curve, chart_guesses, chart_known, chart_reliability
from steelyard.report.language.page import figures
from steelyard.report.specification import specification


def rows_of(figure: Figure) -> list[dict[str, Any]]:
    return [row for rows in specification(figure.chart)["datasets"].values() for row in rows]


def test_the_curve_has_every_state_but_the_untrained_one_and_every_yardstick(shown: Story) -> None:
    (figure,) = chart_curve.figures(shown)
    rows = rows_of(figure)
    dots = {row["tokens"]: row["nats"] for row in rows if row.get("level") == "held-out text"}
    assert dots == {state.tokens: pytest.approx(state.guesses.nats) for state in shown.states if state.tokens}
    marks = {row["name"]: row["nats"] for row in rows if "name" in row}
    assert marks == {
        each.name: pytest.approx(each.nats) for each in shown.yardsticks if each.nats is not None
    }
    assert len([row for row in rows if row.get("level") == "training"]) == 200
    assert len([row for row in rows if row.get("level") == "validation"]) == 4


def test_a_curve_without_reports(shown: Story) -> None:
    (figure,) = chart_curve.figures(replace(shown, curve=()))
    assert {row["level"] for row in rows_of(figure) if "level" in row} == {"held-out text"}


def test_shares_by_probability_sum_to_one_in_each_state(shown: Story) -> None:
    _, bands = chart_guesses.figures(shown)
    rows = rows_of(bands)
    for order in range(len(shown.states)):
        assert sum(row["share"] for row in rows if row["order"] == order) == pytest.approx(1)


def test_the_areas_are_entropy_and_divergence(shown: Story) -> None:
    assert shown.known is not None
    (figure,) = chart_known.figures(shown)
    rows = rows_of(figure)
    for state in shown.known.states[1:]:
        stacked = [row["nats"] for row in rows if row.get("tokens") == state.tokens and "kind" in row]
        assert sum(stacked) == pytest.approx(state.cross_entropy_nats)
    assert chart_known.figures(replace(shown, known=None)) == []


def test_a_model_that_is_not_faulty_is_not_said_to_be(shown: Story) -> None:
    fine = replace(shown.first_guess, error=0.01, low=0.0, high=0.02, by_chance=0.012)
    faulty = replace(shown.first_guess, error=0.09, low=0.07, high=0.11, by_chance=0.012, overconfidence=0.05)
    for found, said in (
        (fine, "No fault can be told from chance."),
        (faulty, "surer than it may be, by 5.0%"),
    ):
        first, _ = chart_reliability.figures(replace(shown, first_guess=found))
        assert said in first.caption


def test_every_figure_has_a_table_as_wide_as_its_headings(shown: Story, words: Story, odd: Story) -> None:
    for story in (shown, words, odd):
        for figure in figures(story):
            assert figure.rows
            assert {len(row) for row in figure.rows} == {len(figure.columns)}
