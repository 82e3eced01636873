"""Reports: what a study came to, as a page, charts, a terminal table or JSON; nothing here computes a statistic.

The names below load on first use, so that asking for the terminal table doesn't load the chart library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard.report.as_json import result_to_dict
    from steelyard.report.charts import charts
    from steelyard.report.export import export_charts
    from steelyard.report.page import render_report, write_report
    from steelyard.report.table import print_result, verdict_table, verdicts_table
    from steelyard.report.writing import check_writable

_HOMES = {
    "charts": "charts",
    "check_writable": "writing",
    "export_charts": "export",
    "print_result": "table",
    "render_report": "page",
    "result_to_dict": "as_json",
    "verdict_table": "table",
    "verdicts_table": "table",
    "write_report": "page",
}

__all__ = [
    "charts",
    "check_writable",
    "export_charts",
    "print_result",
    "render_report",
    "result_to_dict",
    "verdict_table",
    "verdicts_table",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
