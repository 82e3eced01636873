"""`steelyard agents cosine`: whether cosines go along with the return, over all runs of `agents.cosine` in the store."""

from __future__ import annotations

import json
import math
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from steelyard.cli.agents.source import AsJson

if TYPE_CHECKING:
    from steelyard.stats.rank_correlation import RankCorrelation
    from steelyard.study.trial import TrialRecord

STORE = Path("steelyard-results") / "store.db"


def cosine_command(
    store: Annotated[
        str | None,
        typer.Option(
            help="Store: a file, or a postgresql:// URL; default: steelyard-results/store.db.",
            show_default=False,
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full/--quick", help="The runs of the full or of the quick setting.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print rank correlations of cosines, rank and words read with the return: along training, and across runs.

    It reads what `steelyard run agents.cosine` left in the store; every seed there has settings of its own.

    For example: steelyard run agents.cosine && steelyard agents cosine
    """
    from steelyard.agents.correlations import correlations

    trials = _trials(store, setting="full" if full else "quick")
    found = correlations(trials)
    seeds = len({each.spec.seed for each in trials if each.status == "finished"})
    if as_json:
        typer.echo(
            json.dumps(
                {"runs": seeds, "correlations": [each.to_dict() for each in found]}, indent=2, allow_nan=False
            )
        )
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("rank correlation with the return")
    for heading in ("along training", "95%", "across runs", "95%"):
        table.add_column(heading, justify="right")
    for each in found:
        table.add_row(
            each.measure, *_cells(each.along), *(("", "") if each.across is None else _cells(each.across))
        )
    console = Console()
    console.print(table)
    console.print(
        f"{seeds} runs. Along training: the mean of one correlation a run. Whatever only rises while the return rises correlates with it, as the "
        "step's number does.",
        highlight=False,
    )


def _trials(store: str | None, *, setting: str) -> list[TrialRecord]:
    from steelyard.agents.questions import prepare_cosine
    from steelyard.errors import InputError
    from steelyard.study.question import Ask
    from steelyard.study.store import open_store

    if store is None and not STORE.exists():
        raise InputError(
            f"there must be a store of runs, but {STORE} isn't there; run `steelyard run agents.cosine` first, or name one with --store"
        )
    key = prepare_cosine(Ask(setting="full" if setting == "full" else "quick")).study.key
    with closing(open_store(store or STORE)) as opened:
        return opened.trials(key)


def _cells(found: RankCorrelation) -> tuple[str, str]:
    if math.isnan(found.rho):
        return "never changes", ""
    return f"{found.rho:+.2f}", f"{found.low:+.2f} to {found.high:+.2f}"
