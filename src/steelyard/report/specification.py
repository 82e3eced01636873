"""A chart as the plain JSON that Vega-Lite reads."""

from __future__ import annotations

import json
from typing import Any

import altair as alt


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return a chart as plain JSON values, checked against Vega-Lite's schema, its data as lists of rows."""
    record: dict[str, Any] = chart.to_dict(format="vega-lite")
    datasets = record.get("datasets", {})
    record["datasets"] = {
        name: json.loads(rows) if isinstance(rows, str) else rows for name, rows in datasets.items()
    }
    return record
