"""What to know before trusting a backtest's numbers, each a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from steelyard.rare_events.backtest.result import Backtest
from steelyard.rare_events.backtest.running import REFERENCES
from steelyard.rare_events.backtest.scored import Scores

LEAST_ORIGINS = 8
"""Origins that an interval needs."""
_FEW_BLOCKS = 20


def notes(backtest: Backtest, overall: Mapping[str, Scores], *, origins: int, length: int) -> list[str]:
    """Return the notes.

    Args:
        backtest: what was run.
        overall: scores by forecaster, over all horizons.
        origins: dates that were forecast from.
        length: origins a block of the bootstrap.
    """
    any_scores = next(iter(overall.values()))
    zero = any_scores.mae_all_zero
    lowest = min(overall.values(), key=lambda each: each.values["mae"].value)
    best = min(overall.values(), key=lambda each: each.values["log_score"].value)
    winner = (
        "no forecaster here has a lower one"
        if lowest.values["mae"].value >= zero
        else f"the lowest here is {lowest.values['mae'].value:.4f} ({lowest.forecaster})"
    )
    rate = any_scores.values["base_rate"].value
    found = [
        f"Zero on every step has a mean absolute error of {zero:.4f} and is worth nothing; {winner}. Don't choose by MAE.",
        f"A forecast without skill has a PR-AUC of {rate:.4f}, the share of forecast steps with an event.",
    ]
    if best.forecaster in REFERENCES:
        found.append(
            f"The best log score is that of {best.forecaster}, which needs no model; the others aren't worth their trouble here."
        )
    if origins < LEAST_ORIGINS:
        found.append(f"There are no intervals: they need {LEAST_ORIGINS} origins, and there are {origins}.")
    elif origins < _FEW_BLOCKS * length:
        found.append(
            f"The intervals are too narrow: {origins} origins make {origins / length:.0f} blocks of {length}, and about {_FEW_BLOCKS} "
            "are needed."
        )
    above = {
        name: int((backtest.each(name, lambda forecast, y: y > forecast.most)).sum()) for name in overall
    }
    beyond = {name: count for name, count in above.items() if count}
    if beyond:
        told = ", ".join(f"{name} {count}" for name, count in beyond.items())
        found.append(
            f"Some counts lie above what was tabulated, and are scored by the probability of the last column ({told})."
        )
    return found
