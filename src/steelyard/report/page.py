"""A self-contained page: one file that shows a study's result and loads nothing from anywhere."""

from __future__ import annotations

from pathlib import Path

from steelyard.report.as_json import result_to_dict
from steelyard.report.charts import figures
from steelyard.report.document import render
from steelyard.report.view import view_of
from steelyard.report.writing import check_writable, write_whole
from steelyard.study.result import StudyResult

__all__ = ["check_writable", "render_report", "write_report"]


def write_report(result: StudyResult, path: Path) -> Path:
    """Write a result as one HTML file and return its path; readers see the old file or the new one, never half.

    Args:
        result: what to show.
        path: where to write; missing folders are created, an existing file is replaced.

    Raises:
        InputError: the file can't be written there; `check_writable` says so before a long run.
    """
    return write_whole(path, render_report(result).encode("utf-8", errors="replace"))


def render_report(result: StudyResult) -> str:
    """Return a result as one HTML page that needs no network; `document.render` says what keeps it safe."""
    drawn = figures(result)
    return render("report.html.j2", view=view_of(result, drawn), figures=drawn, record=result_to_dict(result))
