"""The embedded series: how many three-hour intervals of each day had a geomagnetic storm, 1957 to 2025."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

STORMS_SOURCE = "days of geomagnetic storm: three-hour intervals with Kp >= 5 (GFZ Potsdam, CC BY 4.0, doi:10.1029/2020SW002641)"
"""One line that names the embedded series and its source."""


def storms() -> pl.DataFrame:
    """Return the embedded daily series in long format: `unique_id` ("storms"), `ds` (date), `y` (0 to 8).

    `y` counts the day's three-hour intervals (UTC) with a planetary index Kp of 5o or above; 85.0% of the 24,765 days are
    zeros. Derived from the Kp index of GFZ Potsdam (Matzka et al. 2021, doi:10.1029/2020SW002641, CC BY 4.0); the file
    `ATTRIBUTION.md` beside it says how.

    Example:
        >>> frame = storms()
        >>> frame.columns, frame.height
        (['unique_id', 'ds', 'y'], 24765)
        >>> round((frame["y"] == 0).mean(), 3), frame["y"].max()
        (0.85, 8)
    """
    return _read().clone()


@cache
def _read() -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - slow to import

    content = (files("steelyard.data") / "embedded" / "storms.csv").read_bytes()
    frame = pl.read_csv(content, schema={"ds": pl.Date, "y": pl.Int64})
    return frame.select(pl.lit("storms").alias("unique_id"), "ds", "y")
