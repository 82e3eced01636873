"""The verdicts as tables for the terminal: readable at 80 columns, without colour and by a screen reader."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from steelyard.report.answer import answer, answer_verdicts
from steelyard.report.digits import decimals_for, interval, number, percent, plural, signed, with_unit
from steelyard.stats.verdict import Decision, Verdict
from steelyard.study.result import StudyResult

_STYLES: dict[Decision, str] = {
    "better": "bold bright_blue",
    "worse": "bold yellow",
    "equivalent": "bold green",
    "undecided": "bold",
}


def print_result(result: StudyResult, console: Console) -> None:
    """Print a study's question, answer, verdicts, scale, warnings and notes."""
    _say(console, result.question or result.name, style="bold")
    _say(console, answer(result))
    console.print()
    if result.verdicts:
        console.print(verdict_table(result))
    if result.scale is not None and result.level_means:
        console.print(scale_table(result))
    _print_remarks(console, result.verdicts, notes=result.notes, failures=_failures(result))


def print_verdicts(
    verdicts: Sequence[Verdict], console: Console, *, unit: str = "", notes: Sequence[str] = ()
) -> None:
    """Print verdicts that have no study behind them: the answer, the table, warnings and notes.

    Args:
        verdicts: what was decided, one a contrast.
        console: where to print.
        unit: the metric's unit, "" if none.
        notes: what to know before trusting them, each a sentence.
    """
    _say(console, answer_verdicts(verdicts, unit=unit, named_factors=_several_factors(verdicts)))
    console.print()
    if verdicts:
        console.print(verdicts_table(verdicts, unit=unit))
    _print_remarks(console, verdicts, notes=notes)


def verdict_table(result: StudyResult) -> Table:
    """Return the table of a study's verdicts."""
    return verdicts_table(result.verdicts, unit=result.unit)


def verdicts_table(verdicts: Sequence[Verdict], *, unit: str = "") -> Table:
    """Return a table with a row for each verdict.

    Args:
        verdicts: what was decided, one a contrast.
        unit: the metric's unit, "" if none.
    """
    table = _table(caption=_caption(verdicts, unit=unit))
    failed = any(verdict.failed for verdict in verdicts)
    several = _several_factors(verdicts)
    table.add_column("contrast", ratio=1, overflow="fold")
    table.add_column("decision", min_width=10, max_width=14)
    table.add_column("difference", justify="right", no_wrap=True)
    table.add_column("interval", justify="right", no_wrap=True)
    table.add_column("pairs", justify="right", no_wrap=True)
    if failed:
        table.add_column("failed", justify="right", no_wrap=True)
    table.add_column("needed", justify="right", no_wrap=True)
    for verdict in verdicts:
        contrast = verdict.contrast
        decimals = decimals_for(*verdict.interval)
        needed = "unknown" if verdict.pairs_needed is None else f"{verdict.pairs_needed}"
        inside = verdict.decision in {"better", "worse"} and verdict.within_margin
        table.add_row(
            printable(str(contrast) if several else f"{contrast.level} against {contrast.reference}"),
            Text(verdict.decision, style=_STYLES[verdict.decision]).append(
                " within the margin" if inside else "", style="not bold"
            ),
            Text(signed(verdict.estimate, decimals=decimals)),
            Text(interval(verdict.interval, decimals=decimals)),
            Text(f"{verdict.pairs}"),
            *([Text(f"{verdict.failed}")] if failed else []),
            Text("0" if verdict.decided else needed),
        )
    return table


def scale_table(result: StudyResult) -> Table:
    """Return a table that places each level's mean on the study's scale."""
    table = _table(caption=_scale_caption(result))
    table.add_column("level", ratio=1, overflow="fold")
    table.add_column("mean", justify="right", no_wrap=True)
    table.add_column("skill", justify="right", no_wrap=True)
    table.add_column("what it means", ratio=3, overflow="fold")
    several = len(result.factors) > 1
    for (factor, level), mean in result.level_means.items():
        place = result.scale.place(mean) if result.scale is not None and math.isfinite(mean) else None
        table.add_row(
            printable(f"{factor} {level}" if several else level),
            Text(number(mean, zeros=True)),
            Text("" if place is None or place.skill is None else percent(place.skill)),
            printable("" if place is None else place.sentence),
        )
    return table


def printable(text: str) -> Text:
    r"""Return text that can do nothing to a terminal: no markup, no control characters, one line.

    >>> printable("[red]a\x1b[2J\nb").plain
    '[red]a?[2J b'
    """
    line = " ".join(text.split())
    return Text("".join(character if character.isprintable() else "?" for character in line))


def _table(*, caption: str) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="bold",
        expand=True,
        title_justify="left",
    )
    table.title = printable(caption)
    table.title_style = "not italic"
    return table


def _caption(verdicts: Sequence[Verdict], *, unit: str) -> str:
    if not verdicts:
        return "no contrast"
    first = verdicts[0]
    margin = with_unit(number(first.margin), unit)
    return (
        f"Difference in {first.metric}, level minus reference; {first.direction} is better; margin {margin}; "
        "needed: further pairs that would decide"
    )


def _scale_caption(result: StudyResult) -> str:
    if result.scale is None:
        return result.metric
    points = (("skill 0%", result.scale.baseline), ("100%", result.scale.floor))
    told = ", ".join(f"{skill} is {point.name} ({number(point.value)})" for skill, point in points)
    return f"Mean {with_unit(result.metric, f'in {result.scale.unit}' if result.scale.unit else '')}; {told}"


def _several_factors(verdicts: Iterable[Verdict]) -> bool:
    return len({verdict.contrast.factor for verdict in verdicts}) > 1


def _failures(result: StudyResult) -> list[str]:
    failed = [trial for trial in result.trials if trial.status == "failed"]
    if not failed:
        return []
    told = next((trial.error for trial in failed if trial.error), "a metric is not finite")
    first = next((line for line in reversed(told.splitlines()) if line.strip()), told)
    return [f"{plural(len(failed), 'trial')} failed; the first: {first}"]


def _print_remarks(
    console: Console, verdicts: Sequence[Verdict], *, notes: Sequence[str], failures: Sequence[str] = ()
) -> None:
    warned: dict[str, list[str]] = {}
    for verdict in verdicts:
        for warning in verdict.warnings:
            warned.setdefault(warning, []).append(verdict.contrast.level)
    for failure in failures:
        _say(console, failure, lead="Warning: ")
    for warning, levels in warned.items():
        everywhere = len(verdicts) > 1 and len(levels) == len(verdicts)
        named = everywhere or all(level in warning for level in levels)
        _say(console, warning if named else f"{', '.join(levels)}: {warning}", lead="Warning: ")
    for note in notes:
        _say(console, note, lead="Note: ")


def _say(console: Console, text: str, *, lead: str = "", style: str = "") -> None:
    console.print(Text.assemble((lead, "bold"), printable(text), style=style), highlight=False)
