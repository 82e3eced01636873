"""Backtests: forecast again and again from where one stood, never knowing what came after, and score what came of it."""

from steelyard.rare_events.backtest.evaluation import evaluate
from steelyard.rare_events.backtest.result import Backtest, FoldForecasts
from steelyard.rare_events.backtest.running import Progress, backtest
from steelyard.rare_events.backtest.scored import Estimate, Evaluation, Scores

__all__ = [
    "Backtest",
    "Estimate",
    "Evaluation",
    "FoldForecasts",
    "Progress",
    "Scores",
    "backtest",
    "evaluate",
]
