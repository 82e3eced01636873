from __future__ import annotations

from dataclasses import replace

from steelyard.report.topics.view import view_of
from steelyard.topics.convergence import Convergence
from steelyard.topics.portrait import Portrait
from steelyard.watch.finding import Finding

FOUND = Finding(
    code="T05",
    name="too-few-sweeps",
    severity="warning",
    evidence={"rhat": 1.4},
    meaning="It has not settled.",
    advice="More.",
)


def test_the_answer_says_what_stands_out_or_that_nothing_does(shown: Portrait) -> None:
    settled = Convergence(rhat=1.01, ess_bulk=90.0, ess_tail=80.0, chains=3, draws=12)
    healthy = view_of(replace(shown, findings=(), convergence=settled), (), command="", notes=())
    assert healthy.answer.endswith("Nothing stands out in the sampling, split R-hat 1.01.")
    ill = view_of(replace(shown, findings=(FOUND,)), (), command="", notes=())
    assert ill.answer.endswith("It has not settled.")
    assert ill.findings[0]["evidence"] == "rhat 1.4"


def test_the_largest_topic_fills_its_bar(shown: Portrait) -> None:
    view = view_of(shown, (), command="", notes=())
    bars = [float(topic["bar"]) for topic in view.topics]
    assert bars[0] == 100
    assert bars == sorted(bars, reverse=True)
    assert view.several_chains


def test_how_it_was_fitted_in_words(shown: Portrait) -> None:
    told = dict(view_of(shown, (), command="", notes=()).measured)
    assert told["Alpha"].endswith("in sum; learned")
    assert told["Beta"] == "0.05 for every word"
    assert "61 documents, 1 of them without tokens" in told["Corpus"]
    assert told["Corpus fingerprint"] == shown.fingerprint
