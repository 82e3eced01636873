from __future__ import annotations

import math

import polars as pl
import pytest

from steelyard.errors import InputError
from steelyard.report.page import render_report
from steelyard.study.imports import as_result as module
from steelyard.study.imports.as_result import as_result
from steelyard.study.imports.comparison import Comparison, compare_results


def comparison(seeds: list[object] | None = None) -> Comparison:
    frame = pl.DataFrame(
        {
            "norm": ["none"] * 4 + ["layer"] * 4,
            "seed": (seeds or [0, 1, 2, 3]) * 2,
            "loss": [0.5, 0.55, 0.52, 0.51, 0.40, 0.46, 0.41, None],
        }
    )
    return compare_results(frame, factor="norm", seed="seed", metric="loss", margin=0.01, direction="lower")


def test_trials_means_and_failures_are_kept() -> None:
    result = as_result(comparison(), source="runs.csv", command="steelyard compare runs.csv")
    assert len(result.trials) == 8
    assert [trial.spec.seed for trial in result.trials if trial.status == "failed"] == [3]
    assert result.level_means["norm", "none"] == pytest.approx((0.5 + 0.55 + 0.52) / 3)
    assert math.isnan(result.duration_s)
    assert len({trial.spec.key for trial in result.trials}) == 8


def test_seeds_that_are_text_are_numbered() -> None:
    result = as_result(comparison(["a", "b", "c", "d"]), source="runs.csv")
    assert sorted({trial.spec.seed for trial in result.trials}) == [0, 1, 2, 3]


def test_the_report_shows_it() -> None:
    page = render_report(as_result(comparison(), source="runs.csv"))
    assert "Does norm matter for loss?" in page
    assert "runs.csv" in page


def test_a_page_of_too_many_pairs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TRIALS", 4)
    with pytest.raises(InputError, match="at most 4 trials, but got 8"):
        as_result(comparison(), source="runs.csv")
