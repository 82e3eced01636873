"""Backtests: forecast again and again from where one stood, never knowing what came after, and score what came of it."""

from steelyard.rare_events.backtest.evaluation import Estimate, Evaluation, Scores, evaluate
from steelyard.rare_events.backtest.result import Backtest, FoldForecasts
from steelyard.rare_events.backtest.running import Progress, backtest

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
