from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from steelyard.cli.language.progress import counting_shown, described, training_shown
from steelyard.language.training import Progress

NOW = Progress(
    step=3,
    steps=6,
    epoch=1.5,
    tokens=300,
    train_nats=2.0,
    validation_nats=None,
    learning_rate=0.1,
    tokens_per_s=1000.0,
)


def test_a_line_an_epoch_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with training_shown(unit="word", unigram_nats=5.0) as show:
        show(NOW)
        show(replace(NOW, epoch=2.0, validation_nats=2.5))
    said = capsys.readouterr().err
    assert said == "epoch 2, 1,000 words/s, loss 2.000 nats (frequencies alone 5.000), validation 2.500\n"


def test_a_bar_where_somebody_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "150")
    with training_shown(unit="word", unigram_nats=5.0) as show:
        show(NOW)
    assert "1,000 words/s" in capsys.readouterr().err
    with counting_shown("measuring") as on_count:
        assert on_count is not None
        on_count(1, 4)
    assert "measuring" in capsys.readouterr().err


def test_the_first_epoch_has_number_one() -> None:
    assert described(replace(NOW, epoch=0.001), unit="word", unigram_nats=5.0).startswith("epoch 1,")
    assert described(replace(NOW, epoch=1.0), unit="word", unigram_nats=5.0).startswith("epoch 1,")
