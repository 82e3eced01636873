"""A backtest's numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from steelyard.rare_events.backtest.scored import Estimate, Scores
from steelyard.report.digits import UNKNOWN, decimals_for, percent

COLUMNS = (
    ("log_score", "log score"),
    ("rps", "RPS"),
    ("brier", "Brier"),
    ("pr_auc", "PR-AUC"),
    ("sedi", "SEDI"),
    ("mae", "MAE"),
)
"""The scores that are shown side by side, with their headings; base rate and all-zero MAE are the row beside them."""
PARTS = (
    ("miscalibration", "miscalibration"),
    ("discrimination", "discrimination"),
    ("uncertainty", "uncertainty"),
)
"""The three parts of the Brier score."""


def show_date(date: Any) -> str:
    """Return a date without its midnight.

    >>> import numpy as np
    >>> show_date(np.datetime64("2024-03-09T00:00:00.000000"))
    '2024-03-09'
    """
    return str(date).removesuffix("T00:00:00.000000").removesuffix(".000000")


def score(value: float) -> str:
    """Return a score with four decimals.

    >>> score(0.36514), score(float("nan"))
    ('0.3651', 'n/a')
    """
    return UNKNOWN if math.isnan(value) else f"{value:.4f}"


def ends(estimate: Estimate) -> str:
    """Return an interval's ends, to two digits of its width.

    >>> ends(Estimate(value=1.0, low=0.5, high=1.5)), ends(Estimate(value=0.01, low=0.008, high=0.0123))
    ('0.5 to 1.5', '0.0080 to 0.0123')
    """
    if math.isnan(estimate.low):
        return UNKNOWN
    decimals = decimals_for(estimate.low, estimate.high)
    return f"{estimate.low:.{decimals}f} to {estimate.high:.{decimals}f}"


def share(estimate: Estimate) -> str:
    """Return a skill in percent with its interval.

    >>> share(Estimate(value=0.1, low=0.05, high=0.15))
    '10% (5.0 to 15)'
    """
    if math.isnan(estimate.low):
        return percent(estimate.value)
    low, high = (percent(end).removesuffix("%") for end in (estimate.low, estimate.high))
    return f"{percent(estimate.value)} ({low} to {high})"


def ranked(scores: Mapping[str, Scores]) -> list[Scores]:
    """Return the forecasters' scores, the best log score first."""
    return sorted(scores.values(), key=lambda each: each.values["log_score"].value)
