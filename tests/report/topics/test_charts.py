from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from steelyard.report.specification import specification
from steelyard.report.topics import chart_chains, chart_distances, chart_map, chart_priors
from steelyard.topics.portrait import Portrait


def test_the_map_has_a_circle_a_topic_and_the_same_unit_on_both_axes(shown: Portrait) -> None:
    (figure,) = chart_map.figures(shown)
    spec = specification(figure.chart)
    (rows,) = spec["datasets"].values()
    assert [row["topic"] for row in rows] == [str(topic.number) for topic in shown.topics]
    areas = [row["area"] for row in rows]
    shares = [topic.share for topic in shown.topics]
    assert np.divide(areas, areas[0]) == pytest.approx(np.divide(shares, shares[0]))
    scales = [spec["layer"][0]["encoding"][axis]["scale"] for axis in "xy"]
    for scale in scales:
        assert scale["domainMin"]["expr"] == f"-{scale['domainMax']['expr']}"
    for width in (300, 1200):
        across, up = (_value(scale["domainMax"]["expr"], width) for scale in scales)
        assert across / width == pytest.approx(up / 460)
        assert across >= np.abs(shown.map.positions[:, 0]).max()
        assert up >= np.abs(shown.map.positions[:, 1]).max()
    assert len(figure.rows) == 4


def _value(expression: str, width: int) -> float:
    return float(eval(expression, {"max": max, "width": width}))


def test_the_matrix_has_every_pair_and_the_table_the_nearest(shown: Portrait) -> None:
    (figure,) = chart_distances.figures(shown)
    (rows,) = specification(figure.chart)["datasets"].values()
    found = {(row["one"], row["other"]): row["distance"] for row in rows}
    assert len(found) == 16
    for (one, other), distance in found.items():
        assert distance == pytest.approx(shown.map.distances[int(one), int(other)], abs=1e-4)
    first = shown.topics[0].number
    others = np.delete(shown.map.distances[first], first)
    assert figure.rows[0][2] == f"{others.min():.3f}"


def test_only_the_largest_topics_are_drawn_where_there_are_many(
    shown: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_distances, "_MOST", 2)
    (figure,) = chart_distances.figures(shown)
    (rows,) = specification(figure.chart)["datasets"].values()
    assert {row["one"] for row in rows} == {str(topic.number) for topic in shown.topics[:2]}
    assert "The 2 largest topics are drawn." in figure.caption


def test_prior_curves_are_probabilities_per_decade(shown: Portrait) -> None:
    alpha, beta = chart_priors.figures(shown)
    for figure, curve in ((alpha, shown.document_curve), (beta, shown.word_curve)):
        (rows,) = specification(figure.chart)["datasets"].values()
        for level, masses, below in (
            ("prior", curve.prior, curve.prior_below),
            ("given the words", curve.posterior, curve.posterior_below),
        ):
            densities = np.array([row["density"] for row in rows if row["level"] == level])
            assert (densities * np.diff(np.log10(curve.edges))).sum() == pytest.approx(masses.sum())
            assert masses.sum() + below == pytest.approx(1)


def test_traces_of_all_chains_with_the_shown_one_named(shown: Portrait) -> None:
    (figure,) = chart_chains.figures(shown)
    text = json.dumps(specification(figure.chart))
    assert f"chain {shown.best_chain} (shown)" in text
    assert len(figure.rows) == 3
    assert "Split R-hat" in figure.caption


def test_no_chart_of_traces_that_are_not_finite(shown: Portrait) -> None:
    assert chart_chains.figures(replace(shown, trace=np.full_like(shown.trace, -np.inf))) == []
