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


@pytest.fixture(scope="session")
def covariates_file(tmp_path_factory) -> Path:
    """Two driven series and one without any event, with known `promotion`, past `temperature` and static `region`."""
    tables = []
    for seed, region in enumerate(("north", "south", "nowhere")):
        series = simulate(steps=400, seed=seed, promotion=2.0, warmth=1.0).series
        tables.append(
            pl.DataFrame(
                {
                    "unique_id": [region] * 407,
                    "ds": series.dates_from(0, steps=407).astype("datetime64[D]"),
                    "y": [*(series.y * (seed < 2)).tolist(), *[None] * 7],
                    "promotion": series.known[:407, 0],
                    "temperature": [*series.past[:, 0].tolist(), *[None] * 7],
                    "region": [region] * 407,
                }
            )
        )
    path = tmp_path_factory.mktemp("covariates") / "counts.parquet"
    pl.concat(tables).write_parquet(path)
    return path
