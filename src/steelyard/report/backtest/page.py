"""A self-contained page of a backtest: forecasts against what happened, and what they were worth."""

from __future__ import annotations

from pathlib import Path

from steelyard.rare_events.backtest.result import Backtest
from steelyard.rare_events.backtest.scored import Evaluation
from steelyard.report.backtest.as_json import backtest_to_dict
from steelyard.report.backtest.charts import figures
from steelyard.report.backtest.view import view_of
from steelyard.report.document import render
from steelyard.report.writing import write_whole


def write_backtest(
    backtest: Backtest, evaluation: Evaluation, path: Path, *, source: str = "", command: str = ""
) -> Path:
    """Write a backtest as one HTML file and return its path; readers see the old file or the new one, never half.

    Args:
        backtest: what was run.
        evaluation: its scores.
        path: where to write; missing folders are created, an existing file is replaced.
        source: where the series are from.
        command: what reproduces it.

    Raises:
        InputError: the file can't be written there.
    """
    page = render_backtest(backtest, evaluation, source=source, command=command)
    return write_whole(path, page.encode("utf-8", errors="replace"))


def render_backtest(
    backtest: Backtest, evaluation: Evaluation, *, source: str = "", command: str = ""
) -> str:
    """Return a backtest as one HTML page that needs no network; `document.render` says what keeps it safe."""
    drawn = figures(backtest, evaluation)
    return render(
        "backtest.html.j2",
        view=view_of(backtest, evaluation, drawn, source=source, command=command),
        figures=drawn,
        record=backtest_to_dict(backtest, evaluation, source=source, command=command),
    )
