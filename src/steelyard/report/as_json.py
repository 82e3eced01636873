"""A study's result as plain JSON values, for other programs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from steelyard.report.answer import answer
from steelyard.study.result import StudyResult
from steelyard.study.trial import TrialRecord


def result_to_dict(result: StudyResult) -> dict[str, Any]:
    """Return the result as plain JSON values: no nan, no infinity (None instead), no tuples.

    Curves, per-example scores and tables stay in the store; the key `contrasts` holds `Verdict.to_dict()` of each
    verdict.
    """
    record = {
        "name": result.name,
        "question": result.question,
        "answer": answer(result),
        "metric": result.metric,
        "direction": result.direction,
        "unit": result.unit,
        "margin": result.margin,
        "margin_reason": result.margin_reason,
        "factors": result.factors,
        "contrasts": [verdict.to_dict() for verdict in result.verdicts],
        "secondary": [verdict.to_dict() for verdict in result.secondary],
        "looks": [
            {"pairs": look.pairs, "contrasts": [verdict.to_dict() for verdict in look.verdicts]}
            for look in result.looks
        ],
        "levels": [_level(result, factor, level) for factor, level in result.level_means],
        "scale": None if result.scale is None else result.scale.to_dict(),
        "trials": [_trial(trial) for trial in result.trials],
        "plan": result.plan,
        "reproducible": result.reproducible,
        "variance": result.variance,
        "data": result.data,
        "command": result.command,
        "environment": result.environment,
        "started_at": result.started_at,
        "duration_s": result.duration_s,
        "reused": result.reused,
        "notes": result.notes,
    }
    return {key: plain(value) for key, value in record.items()}


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: numpy scalars become Python's, nan and infinity None, others text.

    >>> plain({"a": (1.0, float("nan")), 2: float("inf")})
    {'a': [1.0, None], '2': None}
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    to_list = getattr(value, "tolist", None)  # numpy scalars and arrays
    return plain(to_list()) if callable(to_list) else str(value)


def _level(result: StudyResult, factor: str, level: str) -> dict[str, Any]:
    mean = result.level_means[factor, level]
    place = result.scale.place(mean) if result.scale is not None and math.isfinite(mean) else None
    return {
        "factor": factor,
        "level": level,
        "mean": mean,
        "skill": None if place is None else place.skill,
        "conversions": {} if place is None else place.conversions,
        "sentence": "" if place is None else place.sentence,
    }


def _trial(trial: TrialRecord) -> dict[str, Any]:
    return {
        "key": trial.spec.key,
        "configuration": trial.spec.configuration,
        "seed": trial.spec.seed,
        "status": trial.status,
        "metrics": trial.metrics,
        "error": trial.error,
        "findings": trial.findings,
        "started_at": trial.started_at,
        "duration_s": trial.duration_s,
    }
