"""The answer of a backtest in one or two sentences."""

from __future__ import annotations

import math

from steelyard.rare_events.backtest.running import REFERENCES
from steelyard.rare_events.backtest.scored import Estimate, Evaluation
from steelyard.report.digits import number, percent, plural


def answer(evaluation: Evaluation) -> str:
    """Return which forecaster has the best log score, and whether it beats what needs no model.

    Args:
        evaluation: the scores.
    """
    overall = evaluation.overall
    best = min(overall.values(), key=lambda each: _or_infinity(each.values["log_score"].value))
    score = number(best.values["log_score"].value)
    said = (
        f"The best log score is that of {best.forecaster}: {score} nats a forecast, over {plural(best.steps, 'forecast')} from "
        f"{plural(evaluation.origins, 'date')}."
    )
    against = [
        _against(best.skill[each]["log_score"], each) for each in REFERENCES if each != best.forecaster
    ]
    return f"{said} It {'; it '.join(against)}."


def _against(skill: Estimate, reference: str) -> str:
    named = reference if reference != "markov" else "Markov"
    if math.isnan(skill.low):
        return f"has a skill of {percent(skill.value)} against {named}"
    ends = f"{percent(skill.value)} (interval {percent(skill.low)} to {percent(skill.high)})"
    if skill.low > 0:
        return f"is better than {named} by {ends}"
    return f"isn't clearly better than {named}: {ends}"


def _or_infinity(value: float) -> float:
    return value if math.isfinite(value) else math.inf
