"""The charts of a backtest, in the order in which its page shows them."""

from __future__ import annotations

from steelyard.rare_events.backtest.result import Backtest
from steelyard.rare_events.backtest.scored import Evaluation
from steelyard.report.backtest.charts import forecasts, horizons, reliability, skill
from steelyard.report.charts.figure import Figure


def figures(backtest: Backtest, evaluation: Evaluation) -> tuple[Figure, ...]:
    """Return the figures of a backtest: skill, forecasts against what happened, reliability, scores by horizon."""
    return (
        skill.figure(evaluation),
        *forecasts.figures(backtest, evaluation),
        reliability.figure(evaluation),
        *horizons.figures(evaluation),
    )
