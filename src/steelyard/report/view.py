"""What the page shows, in its order and in words: everything is text before it meets the template."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.report.answer import answer
from steelyard.report.charts.colours import DECISION_SIGNS
from steelyard.report.charts.figure import Figure
from steelyard.report.charts.trials import configuration_name, contrast_name
from steelyard.report.digits import (
    UNKNOWN,
    decimals_for,
    duration,
    interval,
    number,
    percent,
    plural,
    signed,
    with_unit,
)
from steelyard.report.document import figure_texts
from steelyard.stats.verdict import Verdict
from steelyard.study.result import StudyResult

Texts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page's contents; see `templates/report.html.j2` for where each goes."""

    name: str
    question: str
    answer: str
    facts: tuple[str, ...]
    verdict_caption: str
    verdicts: tuple[Texts, ...]
    scale: Texts | None
    figures: tuple[Texts, ...]
    measured: tuple[tuple[str, str], ...]
    secondary: tuple[Texts, ...]
    variance: tuple[Texts, ...]
    notes: tuple[str, ...]
    failures: tuple[Texts, ...]
    findings: tuple[str, ...]
    command: str


def view_of(result: StudyResult, figures: tuple[Figure, ...]) -> View:
    """Return a result as the texts of a page.

    Args:
        result: what to show.
        figures: its charts.
    """
    failed = sum(trial.status == "failed" for trial in result.trials)
    unit = f" in {result.unit}" if result.unit else ""
    return View(
        name=result.name,
        question=result.question or result.name,
        answer=answer(result),
        facts=(
            f"margin {with_unit(number(result.margin), result.unit)}",
            plural(len({trial.spec.seed for trial in result.trials}), "seed"),
            plural(len(result.trials), "trial") + (f", {failed} failed" if failed else ""),
            duration(result.duration_s),
            result.started_at[:10],
        ),
        verdict_caption=f"Difference in {result.metric}{unit}, level minus reference; {result.direction} is better.",
        verdicts=tuple(_verdict(verdict, result) for verdict in result.verdicts),
        scale=_scale(result),
        figures=tuple(figure_texts(figure) for figure in figures),
        measured=tuple(measured(result)),
        secondary=tuple(_verdict(verdict, result) for verdict in result.secondary),
        variance=tuple(_variance(name, split) for name, split in result.variance.items()),
        notes=result.notes,
        failures=tuple(
            {
                "name": configuration_name(trial.spec.configuration),
                "seed": str(trial.spec.seed),
                "error": trial.error or "a metric is not finite",
            }
            for trial in result.trials
            if trial.status == "failed"
        ),
        findings=tuple(_findings(result)),
        command=result.command,
    )


def measured(result: StudyResult) -> list[tuple[str, str]]:
    """Return how a result was measured, as terms and what to say of each."""
    seeds = sorted({trial.spec.seed for trial in result.trials})
    took = [trial.duration_s for trial in result.trials if math.isfinite(trial.duration_s)]
    margin = with_unit(number(result.margin), result.unit)
    failed = sum(trial.status == "failed" for trial in result.trials)
    rows = [
        (
            "Metric",
            f"{with_unit(result.metric, f'({result.unit})' if result.unit else '')}, {result.direction} is better",
        ),
        ("Margin", f"{margin}{f': {result.margin_reason}' if result.margin_reason else ''}"),
        *(
            (
                f"Factor “{factor}”",
                ", ".join(f"{level}{' (reference)' * (not nth)}" for nth, level in enumerate(levels)),
            )
            for factor, levels in result.factors.items()
        ),
        ("Plan", result.plan),
        *(("Interval", method) for method in dict.fromkeys(verdict.method for verdict in result.verdicts)),
        ("Seeds", ", ".join(map(str, seeds)) if seeds else "none"),
        (
            "Trials",
            f"{len(result.trials) - failed} finished, {failed} failed; {result.reused} of them were in the store already",
        ),
        (
            "Durations",
            f"{duration(result.duration_s)} for this run; a trial took "
            f"{duration(min(took))} to {duration(max(took))}, all of them {duration(sum(took))}"
            if took
            else duration(result.duration_s),
        ),
        ("Reproducible", _reproducible(result.reproducible)),
        ("Started", result.started_at),
        *((f"Data: {name}", str(text)) for name, text in result.data.items()),
        ("Environment", "; ".join(f"{name} {text}" for name, text in result.environment.items())),
    ]
    return [(term, text) for term, text in rows if text]


def _reproducible(same: bool | None) -> str:
    if same is None:
        return "not checked"
    return (
        "yes: one seed was run twice and gave the same bits"
        if same
        else "no: one seed run twice gave other numbers"
    )


def _verdict(verdict: Verdict, result: StudyResult) -> Texts:
    decimals = decimals_for(*verdict.interval)
    needed = "unknown" if verdict.pairs_needed is None else str(verdict.pairs_needed)
    return {
        "metric": verdict.metric,
        "direction": verdict.direction,
        "name": contrast_name(verdict.contrast, named_factor=len(result.factors) > 1),
        "decision": verdict.decision,
        "sign": DECISION_SIGNS[verdict.decision],
        "note": "within the margin"
        if verdict.decision in {"better", "worse"} and verdict.within_margin
        else "",
        "estimate": _typeset(signed(verdict.estimate, decimals=decimals)),
        "interval": _typeset(interval(verdict.interval, decimals=decimals)),
        "pairs": str(verdict.pairs),
        "margin": number(verdict.margin),
        "needed": needed,
        "failed": str(verdict.failed),
        "warnings": verdict.warnings,
    }


def _typeset(text: str) -> str:
    """Return a number's text with a minus sign in place of the hyphen that keyboards have."""
    return text.replace("-", "\N{MINUS SIGN}")


def _scale(result: StudyResult) -> Texts | None:
    scale = result.scale
    if scale is None:
        return None
    levels = []
    for (factor, level), mean in result.level_means.items():
        if math.isfinite(mean):
            place = scale.place(mean)
            levels.append(
                {
                    "name": f"{factor} {level}" if len(result.factors) > 1 else level,
                    "mean": with_unit(number(mean, zeros=True), scale.unit),
                    "skill": "" if place.skill is None else percent(place.skill),
                    "sentence": place.sentence,
                }
            )
    points = [
        f"{skill} is the {role}{'' if point.name == role else f' “{point.name}”'}, {number(point.value)} ({point.meaning})"
        for skill, role, point in (("Skill 0%", "baseline", scale.baseline), ("100%", "floor", scale.floor))
    ]
    return {"levels": levels, "about": "; ".join(points) + ".", "notes": scale.notes}


def _variance(name: str, split: Mapping[str, Any]) -> Texts:
    ends = split.get("interval")
    known = (
        isinstance(ends, list | tuple)
        and len(ends) == 2
        and all(isinstance(end, int | float) for end in ends)
    )
    return {
        "name": name,
        "seeds": percent(_share(split.get("seeds"))),
        "examples": percent(_share(split.get("examples"))),
        "interval": interval((float(ends[0]), float(ends[1])), decimals=decimals_for(*ends))
        if known and ends
        else UNKNOWN,
    }


def _share(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _findings(result: StudyResult) -> list[str]:
    """Return each finding once, with how many trials it was made in."""
    seen: Counter[str] = Counter()
    for trial in result.trials:
        named = {
            " ".join(
                str(finding[key])
                for key in ("severity", "code", "name", "meaning", "message")
                if finding.get(key)
            )
            for finding in trial.findings
        }
        seen.update(text for text in named if text)
    return [f"{text} ({plural(count, 'trial')})" for text, count in seen.most_common()]
