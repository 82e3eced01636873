from pathlib import Path

import polars as pl
import pytest

from steelyard.rare_events.simulation import simulate


@pytest.fixture(scope="session")
def counts_file(tmp_path_factory) -> Path:
    """Daily counts of 700 days whose truth is known, as a CSV in long format."""
    series = simulate(steps=700, seed=0).series
    path = tmp_path_factory.mktemp("counts") / "counts.csv"
    pl.DataFrame({"ds": series.ds.astype("datetime64[D]"), "y": series.y}).write_csv(path)
    return path
