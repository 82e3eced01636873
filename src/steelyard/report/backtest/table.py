"""A backtest's scores as tables for the terminal, readable at 80 columns."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from steelyard.rare_events.backtest.result import Backtest
from steelyard.rare_events.backtest.running import REFERENCES
from steelyard.rare_events.backtest.scored import Evaluation
from steelyard.report.backtest.answer import answer
from steelyard.report.backtest.words import COLUMNS, ends, ranked, score, share, show_date
from steelyard.report.digits import percent, plural
from steelyard.report.table import printable


def print_backtest(backtest: Backtest, evaluation: Evaluation, console: Console, *, source: str = "") -> None:
    """Print a backtest's answer, scores, scores by horizon and notes."""
    console.print(Text(answer(evaluation), style="bold"))
    console.print()
    console.print(_skills(evaluation))
    console.print(_scores(evaluation))
    if backtest.horizon > 1:
        console.print(_horizons(evaluation))
    first, last = backtest.folds[0], backtest.folds[-1]
    until = show_date(first.trained_until)
    if len(backtest.folds) > 1:
        until += f" (the first) to {show_date(last.trained_until)} (the last)"
    facts = (
        (
            f"{plural(len(backtest.folds), 'training')} until {until}; {backtest.reused} of {len(backtest.folds) * len(backtest.forecasters)} fits were there "
            "already."
        ),
        (
            f"Intervals ({percent(evaluation.level)}): {evaluation.blocks} blocks of {plural(evaluation.block_length, 'origin')}, "
            f"{evaluation.repetitions:,} resamples."
        ),
        f"SEDI: a warning is P(event) of {evaluation.threshold:.3f} or more.",
    )
    for text in (*evaluation.notes, *facts, *((f"Source: {source}.",) if source else ())):
        console.print(Text.assemble(("Note: ", "bold"), printable(text)), highlight=False)


def _skills(evaluation: Evaluation) -> Table:
    table = _table("Log score in nats a forecast, lower is better; over a reference: its skill, in percent")
    table.add_column("forecaster", overflow="fold")
    table.add_column("log score", justify="right")
    table.add_column("interval", justify="right")
    for reference in REFERENCES:
        table.add_column(f"over {reference}", justify="right")
    for each in ranked(evaluation.overall):
        table.add_row(
            printable(each.forecaster),
            score(each.values["log_score"].value),
            ends(each.values["log_score"]),
            *("" if each.forecaster == ref else share(each.skill[ref]["log_score"]) for ref in REFERENCES),
        )
    return table


def _scores(evaluation: Evaluation) -> Table:
    table = _table("Other scores: RPS and MAE in counts; PR-AUC and SEDI higher is better")
    table.add_column("forecaster", overflow="fold")
    shown = (*COLUMNS[1:3], ("miscalibration", "miscal."), *COLUMNS[3:])
    for _, heading in shown:
        table.add_column(heading, justify="right")
    for each in ranked(evaluation.overall):
        table.add_row(printable(each.forecaster), *(score(each.values[metric].value) for metric, _ in shown))
    first = next(iter(evaluation.overall.values()))
    table.add_section()
    table.add_row(
        "no skill", "", "", "", score(first.values["base_rate"].value), score(0.0), score(first.mae_all_zero)
    )
    table.caption = "no skill: PR-AUC is the share of events, SEDI that of chance, MAE that of saying 0"
    table.caption_style = ""
    return table


def _horizons(evaluation: Evaluation) -> Table:
    table = _table("Log score by how many steps ahead")
    table.add_column("ahead", justify="right")
    names = [each.forecaster for each in ranked(evaluation.overall)]
    for name in names:
        table.add_column(printable(name), justify="right")
    for ahead, scores in evaluation.by_horizon.items():
        table.add_row(str(ahead), *(score(scores[name].values["log_score"].value) for name in names))
    return table


def _table(title: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.title = title
    table.title_style = "not italic"
    table.title_justify = "left"
    table.caption_justify = "left"
    return table
