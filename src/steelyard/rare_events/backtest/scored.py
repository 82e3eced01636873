"""What an evaluation holds: numbers with intervals, a forecaster's scores, all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.rare_events.scores.sedi import Warnings
from steelyard.stats.bootstrap import Blocks

_Array = NDArray[np.float64]

SKILLED = ("log_score", "rps", "brier")
"""Scores whose best value is 0, so that 1 - score / reference is a skill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval; nan for the ends where there is none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """A CORP reliability curve with an interval at each of its blocks.

    Args:
        forecast: mean probability of a block, shape (blocks,), increasing.
        observed: frequency of events, shape (blocks,).
        low: lower end of the interval, shape (blocks,).
        high: upper end.
        count: forecasts in the block, shape (blocks,).
    """

    forecast: _Array
    observed: _Array
    low: _Array
    high: _Array
    count: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """One forecaster's scores, over all horizons or at one.

    Args:
        forecaster: its name.
        horizon: steps ahead; None for all together.
        steps: how many forecasts were scored.
        values: by metric (`weighted.METRICS`). `log_score` in nats, `rps` and `mae` in counts; `brier` = `miscalibration` -
            `discrimination` + `uncertainty`; `pr_auc` of a forecast without skill is `base_rate`.
        gain: by reference: its log score minus this one in nats, paired; above 0 is better than the reference.
        skill: by reference, then by metric (`SKILLED`): 1 - score / the reference's.
        mae_all_zero: the mean absolute error of saying 0 on every step.
        warned: what became of warnings at the evaluation's threshold.
        curve: reliability, over all horizons only.
    """

    forecaster: str
    horizon: int | None
    steps: int
    values: Mapping[str, Estimate]
    gain: Mapping[str, Estimate]
    skill: Mapping[str, Mapping[str, Estimate]]
    mae_all_zero: float
    warned: Warnings
    curve: Curve | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """The scores of a backtest.

    Args:
        overall: by forecaster, over all horizons.
        by_horizon: by horizon, then by forecaster.
        threshold: P(event) from which on a forecast counts as a warning (SEDI).
        level: coverage of the intervals.
        block_length: origins a block of the bootstrap.
        blocks: `circular` or `moving`.
        repetitions: resamples.
        seed: of the resamples.
        origins: dates that were forecast from.
        notes: what to know before trusting the numbers, each a sentence.
    """

    overall: Mapping[str, Scores]
    by_horizon: Mapping[int, Mapping[str, Scores]]
    threshold: float
    level: float
    block_length: int
    blocks: Blocks
    repetitions: int
    seed: int
    origins: int
    notes: tuple[str, ...]
