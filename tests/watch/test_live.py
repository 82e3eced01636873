from __future__ import annotations

import pytest

from steelyard.watch.finding import Finding
from steelyard.watch.live import Live, described
from steelyard.watch.recording.head import HeadRecorder
from steelyard.watch.report import Report


def test_nothing_is_printed_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    live = Live()
    live.show(1, {"loss": HeadRecorder("loss")})
    live.close(Report(steps=1, learnt=(), outcomes=()))
    assert capsys.readouterr() == ("", "")


def test_a_warning_is_said_once_and_information_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    live = Live(on=True)
    words = {"name": "made-up", "meaning": "M.", "advice": "A."}
    live.say(
        [Finding(code="F98", severity="warning", **words), Finding(code="F97", severity="info", **words)] * 2
    )  # type: ignore[arg-type]
    said = capsys.readouterr().err
    assert said.count("F98") == 1
    assert "F97" not in said
    live.show(3, {"loss": HeadRecorder("loss")})
    live.close(Report(steps=3, learnt=(), outcomes=()))
    assert "0 rules after 3 steps" in capsys.readouterr().err


def test_a_head_is_described_by_its_last_loss() -> None:
    head = HeadRecorder("kind")
    assert described(head) == "kind ?"
    head.reported.add(1, 0.5)
    head.reported.fetch()
    assert described(head) == "kind 0.5"
