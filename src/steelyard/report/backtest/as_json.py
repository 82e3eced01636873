"""A backtest's scores as plain JSON values, for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from steelyard.rare_events.backtest.result import Backtest
from steelyard.rare_events.backtest.scored import Curve, Estimate, Evaluation, Scores
from steelyard.report.as_json import plain
from steelyard.report.backtest.answer import answer
from steelyard.report.backtest.words import show_date


def backtest_to_dict(
    backtest: Backtest, evaluation: Evaluation, *, source: str = "", command: str = ""
) -> dict[str, Any]:
    """Return a backtest's folds and scores as plain JSON values: no nan, no infinity (None instead), no tuples.

    Args:
        backtest: what was run.
        evaluation: its scores.
        source: where the series are from.
        command: what reproduces it.
    """
    record = {
        "answer": answer(evaluation),
        "source": source,
        "series": len(backtest.series),
        "horizon": backtest.horizon,
        "every": backtest.every,
        "train_window": backtest.window,
        "forecasts": len(backtest),
        "origins": evaluation.origins,
        "fits": len(backtest.folds) * len(backtest.forecasters),
        "reused": backtest.reused,
        "folds": [
            {
                "start": show_date(fold.start),
                "origins": fold.origins,
                "trained_until": show_date(fold.trained_until),
                "trained_steps": fold.trained_steps,
                "trained_events": fold.trained_events,
            }
            for fold in backtest.folds
        ],
        "threshold": evaluation.threshold,
        "intervals": {
            "level": evaluation.level,
            "blocks": evaluation.blocks,
            "block_length": evaluation.block_length,
            "repetitions": evaluation.repetitions,
            "seed": evaluation.seed,
        },
        "scores": {name: _scores(each) for name, each in evaluation.overall.items()},
        "by_horizon": {
            str(ahead): {name: _scores(each) for name, each in scores.items()}
            for ahead, scores in evaluation.by_horizon.items()
        },
        "notes": evaluation.notes,
        "command": command,
    }
    return {key: plain(value) for key, value in record.items()}


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        "steps": scores.steps,
        **{metric: _estimate(value) for metric, value in scores.values.items()},
        "mae_all_zero": scores.mae_all_zero,
        "gain_nats": {reference: _estimate(value) for reference, value in scores.gain.items()},
        "skill": {
            reference: {metric: _estimate(value) for metric, value in skills.items()}
            for reference, skills in scores.skill.items()
        },
        "warnings": asdict(scores.warned),
        **({} if scores.curve is None else {"reliability": _curve(scores.curve)}),
    }


def _estimate(estimate: Estimate) -> dict[str, float]:
    return asdict(estimate)


def _curve(curve: Curve) -> dict[str, Any]:
    return {name: getattr(curve, name).tolist() for name in ("forecast", "observed", "low", "high", "count")}
