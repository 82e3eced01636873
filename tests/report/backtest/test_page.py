import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from rich.console import Console

from steelyard.rare_events import TSB, LaggedLogistic, simulate
from steelyard.rare_events.backtest import backtest, evaluate
from steelyard.report.backtest.answer import answer
from steelyard.report.backtest.as_json import backtest_to_dict
from steelyard.report.backtest.charts import figures
from steelyard.report.backtest.page import render_backtest, write_backtest
from steelyard.report.backtest.table import print_backtest
from steelyard.report.document import figure_texts

SERIES = simulate(steps=900, seed=0).series
OTHER = replace(simulate(steps=900, seed=1).series, unique_id="<b>other</b>")


@pytest.fixture(scope="module", params=["one", "several"])
def found(request):
    if request.param == "one":
        result = backtest(SERIES, {"tsb": TSB(horizon=2)}, horizon=2, folds=2)
    else:
        result = backtest((SERIES, OTHER), {"</script><b>x": LaggedLogistic(lags=2)})
    return result, evaluate(result, repetitions=20)


class Page(HTMLParser):
    """The elements, tables and embedded JSON of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.json, self.ids, self._script = [], {}, [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]
        self._script = found.get("id") if found.get("type") == "application/json" else None

    def handle_data(self, text):
        if self._script:
            self.json[self._script] = json.loads(text)
            self._script = None


def test_the_page_holds_what_it_shows(found):
    result, evaluation = found
    html = render_backtest(
        result, evaluation, source="mine.csv", command="steelyard rare-events backtest mine.csv"
    )
    page = Page(html)
    drawn = figures(result, evaluation)
    assert list(page.json["chart-data"]) == [figure.name for figure in drawn]
    assert page.json["result-data"] == json.loads(
        json.dumps(
            backtest_to_dict(
                result, evaluation, source="mine.csv", command="steelyard rare-events backtest mine.csv"
            )
        )
    )
    assert len(page.ids) == len(set(page.ids))
    assert page.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not {"img", "link", "iframe"} & set(page.tags)
    assert "b" not in page.tags, "names are text"
    for heading in ("Scores", "The Brier score in parts", "How it was measured", "Folds", "always 0"):
        assert heading in html


def test_every_figure_has_its_values_as_a_table(found):
    for figure in figures(*found):
        texts = figure_texts(figure)
        assert texts["rows"], figure.name
        assert {len(row) for row in texts["rows"]} == {len(texts["columns"])}
        assert figure.caption


def test_forecasts_are_drawn_against_what_happened():
    result = backtest(SERIES, {"tsb": TSB(horizon=2)}, horizon=2, folds=2)
    by_name = {figure.name: figure for figure in figures(result, evaluate(result, repetitions=5))}
    assert list(by_name) == ["skill", "p-event", "range-tsb", "range-tsb-2", "reliability", "horizons"]
    rows = by_name["range-tsb"].rows
    assert len(rows) == 180
    assert [int(row[1]) for row in rows] == SERIES.y[-180:].tolist()
    assert rows[-1][0] == str(SERIES.ds[-1].astype("datetime64[D]"))
    forecast = result.folds[-1].forecasts["tsb"]
    near = forecast[forecast.horizon == 1]
    assert int(rows[-1][7]) == near.quantile(0.95)[-1]
    assert float(rows[-1][2]) == pytest.approx(near.p_event[-1], abs=5e-4)


def test_a_horizon_table_for_each_score_only_where_there_are_several(found):
    result, evaluation = found
    html = render_backtest(result, evaluation)
    assert ("PR-AUC by steps ahead" in html) == (result.horizon > 1)
    assert "was run from Python" in html


def test_the_page_is_written_whole(found, tmp_path):
    path = write_backtest(*found, tmp_path / "made" / "page.html")
    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_json_has_no_nan():
    result = backtest(SERIES, {}, start=SERIES.ds[-5])
    record = backtest_to_dict(result, evaluate(result, repetitions=5))
    json.dumps(record, allow_nan=False)
    assert record["scores"]["markov"]["log_score"]["low"] is None


def test_without_intervals_there_is_still_a_page():
    result = backtest(SERIES, {}, start=SERIES.ds[-5], horizon=2)
    evaluation = evaluate(result, repetitions=5)
    assert "There are no intervals" in render_backtest(result, evaluation)


def test_the_answer_names_the_best_and_what_it_beats(found):
    _, evaluation = found
    best = min(evaluation.overall.values(), key=lambda each: each.values["log_score"].value)
    assert answer(evaluation).startswith(f"The best log score is that of {best.forecaster}: ")
    assert ("Markov" in answer(evaluation)) == (best.forecaster != "markov")


def test_the_terminal_table_fits_80_columns(found, capsys):
    print_backtest(*found, Console(width=80, no_color=True), source="mine.csv")
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    flat = " ".join(said.split())
    for expected in (
        "log score",
        "over climatology",
        "over markov",
        "PR-AUC",
        "no skill",
        "Source: mine.csv.",
    ):
        assert expected in flat
    scores = [float(text) for text in re.findall(r"\b0\.\d{4}\b", said)]
    assert np.isclose(scores, found[1].overall["markov"].values["rps"].value, atol=5e-5).any()
