"""What a backtest's page shows, in its order and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from steelyard.rare_events.backtest.result import Backtest
from steelyard.rare_events.backtest.running import REFERENCES
from steelyard.rare_events.backtest.scored import Evaluation, Scores
from steelyard.report.backtest.answer import answer
from steelyard.report.backtest.words import COLUMNS, PARTS, ends, ranked, score, share, show_date
from steelyard.report.charts.figure import Figure
from steelyard.report.digits import number, percent, plural
from steelyard.report.document import figure_texts

Cell = tuple[str, str]
"""A number and the small print below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the page.

    Args:
        title: what it shows.
        caption: how to read it.
        columns: headings; the first one is of the rows' names.
        rows: name and cells.
    """

    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page's contents; see `templates/backtest.html.j2` for where each goes."""

    question: str
    answer: str
    facts: tuple[str, ...]
    scores: Table
    further: tuple[Table, ...]
    figures: tuple[Mapping[str, Any], ...]
    horizons: tuple[Table, ...]
    measured: tuple[tuple[str, str], ...]
    folds: Table
    notes: tuple[str, ...]
    command: str


def view_of(
    backtest: Backtest,
    evaluation: Evaluation,
    figures: tuple[Figure, ...],
    *,
    source: str,
    command: str,
) -> View:
    """Return a backtest as the texts of a page.

    Args:
        backtest: what was run.
        evaluation: its scores.
        figures: its charts.
        source: where the series are from.
        command: what reproduces it.
    """
    steps = plural(backtest.horizon, "step")
    return View(
        question=f"What would the forecasts have been worth, {'1' if backtest.horizon == 1 else '1 to ' + str(backtest.horizon)} "
        f"{'step' if backtest.horizon == 1 else 'steps'} ahead?",
        answer=answer(evaluation),
        facts=(
            plural(len(backtest.forecasters), "forecaster"),
            plural(len(backtest.folds), "training"),
            plural(len(backtest), "forecast"),
            f"up to {steps} ahead",
        ),
        scores=_scores(evaluation),
        further=(_parts(evaluation), _warnings(evaluation)),
        figures=tuple(figure_texts(figure) for figure in figures),
        horizons=tuple(_horizon_tables(evaluation)) if backtest.horizon > 1 else (),
        measured=tuple(_measured(backtest, evaluation, source=source)),
        folds=_folds(backtest),
        notes=evaluation.notes,
        command=command,
    )


def _cell(scores: Scores, metric: str) -> Cell:
    estimate = scores.values[metric]
    return score(estimate.value), ends(estimate)


def _skill(scores: Scores, reference: str) -> Cell:
    if scores.forecaster == reference:
        return "", ""
    text, _, interval = share(scores.skill[reference]["log_score"]).partition(" ")
    return text, interval.strip("()")


def _scores(evaluation: Evaluation) -> Table:
    rows = [
        (
            each.forecaster,
            (
                *(_cell(each, metric) for metric, _ in COLUMNS),
                *(_skill(each, reference) for reference in REFERENCES),
            ),
        )
        for each in ranked(evaluation.overall)
    ]
    first = next(iter(evaluation.overall.values()))
    nothing = ("", "")
    rows.append(
        (
            "no skill",
            (
                *(nothing, nothing, nothing),
                (score(first.values["base_rate"].value), "base rate"),
                (score(0.0), "chance"),
                (score(first.mae_all_zero), "always 0"),
                *(nothing for _ in REFERENCES),
            ),
        )
    )
    return Table(
        title="Scores",
        caption=(
            f"Over all horizons, with {percent(evaluation.level)} intervals. Log score in nats, RPS and MAE in counts, Brier: lower is "
            f"better; PR-AUC, SEDI and skill: higher is better. SEDI counts P(event) of {number(evaluation.threshold, digits=3)} or "
            "more as a warning. Skill is 1 - log score / the reference's, in percent; its interval is of the paired difference."
        ),
        columns=(
            "forecaster",
            *(heading for _, heading in COLUMNS),
            *(f"skill over {reference}" for reference in REFERENCES),
        ),
        rows=tuple(rows),
    )


def _parts(evaluation: Evaluation) -> Table:
    return Table(
        title="The Brier score in parts",
        caption=(
            "Brier = miscalibration - discrimination + uncertainty (CORP). Miscalibration is what recalibrating would gain: 0 for "
            "probabilities that can be believed. Discrimination is what telling steps apart gains over the base rate."
        ),
        columns=("forecaster", "Brier", *(heading for _, heading in PARTS)),
        rows=tuple(
            (each.forecaster, (_cell(each, "brier"), *(_cell(each, metric) for metric, _ in PARTS)))
            for each in ranked(evaluation.overall)
        ),
    )


def _warnings(evaluation: Evaluation) -> Table:
    def counts(each: Scores) -> tuple[Cell, ...]:
        warned = each.warned
        numbers = (warned.hits, warned.misses, warned.false_alarms, warned.quiet)
        return tuple((f"{count:,.0f}", "") for count in numbers)

    return Table(
        title=f"Warnings at P(event) of {number(evaluation.threshold, digits=3)} or more",
        caption="What became of them. SEDI is 1 for perfect warnings and 0 for chance, however rare the event; n/a where nothing, or everything, was warned of.",
        columns=(
            "forecaster",
            *("hits", "misses", "false alarms", "quiet steps", "hit rate", "false alarm rate", "SEDI"),
        ),
        rows=tuple(
            (
                each.forecaster,
                (
                    *counts(each),
                    (percent(each.warned.hit_rate), ""),
                    (percent(each.warned.false_alarm_rate), ""),
                    _cell(each, "sedi"),
                ),
            )
            for each in ranked(evaluation.overall)
        ),
    )


def _horizon_tables(evaluation: Evaluation) -> list[Table]:
    names = [each.forecaster for each in ranked(evaluation.overall)]
    tables = []
    for metric, heading in COLUMNS:
        beside = {"mae": ("always 0", "mae_all_zero"), "pr_auc": ("base rate", "base_rate")}.get(metric)
        rows = []
        for ahead, scores in evaluation.by_horizon.items():
            cells = [_cell(scores[name], metric) for name in names]
            if beside is not None:
                first = scores[names[0]]
                value = first.mae_all_zero if metric == "mae" else first.values["base_rate"].value
                cells.append((score(value), ""))
            rows.append((str(ahead), tuple(cells)))
        tables.append(
            Table(
                title=f"{heading[0].upper()}{heading[1:]} by steps ahead",
                caption="",
                columns=("ahead", *names, *(() if beside is None else (beside[0],))),
                rows=tuple(rows),
            )
        )
    return tables


def _measured(backtest: Backtest, evaluation: Evaluation, *, source: str) -> list[tuple[str, str]]:
    series = backtest.series
    first, last = min(each.ds[0] for each in series), max(each.ds[-1] for each in series)
    zeros = float(np.mean(np.concatenate([each.y for each in series]) == 0))
    training = (
        f"the last {plural(backtest.window, 'date')} before a fold (sliding)"
        if backtest.window
        else "everything before a fold (expanding)"
    )
    fits = len(backtest.folds) * len(backtest.forecasters)
    return [
        ("Data", source or "given in Python"),
        (
            "Series",
            (
                f"{len(series)}; {sum(map(len, series)):,} steps ({series[0].step}), {show_date(first)} to {show_date(last)}, "
                f"{percent(zeros)} zeros"
            ),
        ),
        (
            "Origins",
            f"{plural(evaluation.origins, 'date')} from {show_date(backtest.folds[0].start)}, every {backtest.every}",
        ),
        ("Training", f"{training}; it never holds a step of its fold"),
        ("Fits", f"{fits}, {backtest.reused} of them found in the folder"),
        (
            "Looking ahead",
            "checked: each fold's first forecast stays the same when the counts after its origin are changed",
        ),
        (
            "Intervals",
            (
                f"{percent(evaluation.level)}, {evaluation.blocks} blocks of {plural(evaluation.block_length, 'origin')} with all their "
                f"series and horizons, {evaluation.repetitions:,} resamples, seed {evaluation.seed}; the same resamples for all"
            ),
        ),
    ]


def _folds(backtest: Backtest) -> Table:
    return Table(
        title="Folds",
        caption="",
        columns=("fold", "first origin", "origins", "trained until", "steps", "events"),
        rows=tuple(
            (
                str(fold.index + 1),
                (
                    (show_date(fold.start), ""),
                    (f"{fold.origins:,}", ""),
                    (show_date(fold.trained_until), ""),
                    (f"{fold.trained_steps:,}", ""),
                    (percent(fold.trained_events / fold.trained_steps), ""),
                ),
            )
            for fold in backtest.folds
        ),
    )
