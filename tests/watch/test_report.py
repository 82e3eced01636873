"""The report: sentences for people, JSON for machines, and the gravest finding first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from training_runs.evidence import BCE, curve, head, skill

from steelyard.watch.evidence import Evidence
from steelyard.watch.finding import Finding, Severity
from steelyard.watch.judge import Outcome
from steelyard.watch.report import Report, learnt_of


def finding(severity: Severity) -> Finding:
    return Finding(
        code="G98", name="made-up", severity=severity, evidence={"x": float("nan")}, meaning="M.", advice="A."
    )


def report(*severities: Severity) -> Report:
    outcomes = [
        Outcome(code="G98", name="made-up", state="finding", findings=(finding(each),)) for each in severities
    ]
    return Report(steps=9, learnt=(), outcomes=(*outcomes, Outcome(code="G99", name="other", state="passed")))


def test_the_gravest_comes_first_and_decides() -> None:
    found = report("info", "error", "warning")
    assert [each.severity for each in found.findings] == ["error", "warning", "info"]
    assert found.reaches("error")
    assert not report("info").reaches("warning")
    assert not report().reaches("info")


def test_json_has_no_nan(tmp_path: Path) -> None:
    report("info").save(tmp_path / "watch.json")
    read = json.loads((tmp_path / "watch.json").read_text())
    assert read["findings"][0]["evidence"] == {"x": None}
    assert read["counts"] == {"finding": 1, "passed": 1, "not applicable": 0, "muted": 0, "error": 0}


@pytest.mark.parametrize(
    ("estimate", "half", "said"),
    [
        (0.4, 0.01, "40% of the way to the floor (0) (skill 40.0%, 95% interval 39.0% to 41.0%)"),
        (0.0, 0.005, "no better than a trivial predictor"),
        (0.0, 0.2, "too little was seen to tell it from a trivial predictor"),
    ],
)
def test_sentences(estimate: float, half: float, said: str) -> None:
    one = head(objective=BCE, constant="always predicting the base rate", skill=skill(estimate, half=half))
    [learnt] = learnt_of(Evidence(step=1, heads=(one,)))
    assert said in learnt.sentence
    assert "always predicting the base rate" in learnt.sentence


def test_an_unknown_loss_is_said_to_be_unknown() -> None:
    [learnt] = learnt_of(Evidence(step=1, heads=(head(curve=curve([0.5])),)))
    assert learnt.sentence == "loss: 0.500; its targets weren't seen, so nobody knows what it means"
