from __future__ import annotations

import io
import math

import pytest
from rich.console import Console
from rich.progress import Progress as Bar

from steelyard.cli.topics.progress import Sweeps, described, sweeps_shown
from steelyard.topics.sampling import Progress


def told(sweep: int, *, chain: int = 0, stuck: int = 0) -> Progress:
    return Progress(chain=chain, chains=2, sweep=sweep, sweeps=10, log_joint=math.nan, stuck=stuck)


def test_nothing_is_drawn_where_nobody_looks() -> None:
    with sweeps_shown(chains=1, sweeps=1, tokens=1) as on_progress:
        assert on_progress is None


def test_the_bar_moves_through_all_chains() -> None:
    bar = Bar(console=Console(file=io.StringIO(), force_terminal=True))
    task = bar.add_task("", total=20)
    shown = Sweeps(bar, task, tokens=1000)
    for chain in range(2):
        for sweep in range(1, 11):
            shown(told(sweep, chain=chain))
    assert bar.tasks[0].completed == 20
    assert bar.tasks[0].description.startswith("chain 2 of 2")


def test_what_is_unknown_is_not_said() -> None:
    assert described(told(1), rate=0.0, tokens=5) == "chain 1 of 2"
    assert described(told(1, stuck=1234), rate=0.0, tokens=5).endswith("1,234 tokens without mass")


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    with sweeps_shown(chains=1, sweeps=3, tokens=100) as on_progress:
        assert on_progress is not None
        for sweep in range(1, 4):
            on_progress(Progress(chain=0, chains=1, sweep=sweep, sweeps=3, log_joint=-12.0, stuck=0))
    assert "log p(w, z) -12" in screen.getvalue()
