"""`steelyard compare`: verdicts from results that people already have."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from steelyard.stats.plan import LookPlan
    from steelyard.stats.verdict import Verdict
    from steelyard.study.imports.pairing import PairedRuns


class Taken(StrEnum):
    """Which value of a TensorBoard curve counts."""

    LAST = "last"
    MIN = "min"
    MAX = "max"


def compare_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Runs in long form, one row a run: CSV, Parquet or JSON Lines; or mlflow:URI, or a folder of TensorBoard runs.",
        ),
    ],
    factor: Annotated[str, typer.Option(help="Column of the levels to compare.")],
    seed: Annotated[str, typer.Option(help="Column of the seeds; runs on one seed make a pair.")],
    metric: Annotated[str, typer.Option(help="Column of the metric.")],
    margin: Annotated[
        float,
        typer.Option(
            help="Smallest difference in the metric that would change what you do; only you can know it."
        ),
    ],
    lower: Annotated[
        bool, typer.Option("--lower-is-better/--higher-is-better", help="Which way the metric improves.")
    ] = False,
    reference: Annotated[
        str | None,
        typer.Option(help="Level that the others are held against; default: the first in the file."),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Use only these rows; may be repeated.")
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A column that may differ between levels; may be repeated."),
    ] = None,
    looks: Annotated[
        str | None,
        typer.Option(help="Planned looks at these numbers of pairs, e.g. 5,10,20; the last is the maximum."),
    ] = None,
    anytime: Annotated[
        bool,
        typer.Option(
            "--anytime", help="Always-valid intervals, for results that were looked at without a plan."
        ),
    ] = False,
    alpha: Annotated[float, typer.Option(help="Rate of false verdicts of each kind.")] = 0.05,
    pattern: Annotated[
        str | None, typer.Option(help="How TensorBoard run folders are named, e.g. '{norm}_seed{seed}'.")
    ] = None,
    take: Annotated[Taken, typer.Option(help="Which value of a TensorBoard curve counts.")] = Taken.LAST,
    experiment: Annotated[
        str | None, typer.Option(help="MLflow experiment, where there are several.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say whether one level is better, worse or equivalent, from runs that are already there.

    Runs of one seed make a pair. All pairs are looked at once, unless --looks or --anytime says otherwise. Exit code 2
    where no answer is possible.
    """
    from dataclasses import replace

    from steelyard.errors import InputError
    from steelyard.stats.decide import weigh_contrasts
    from steelyard.study.imports.pairing import pair_runs
    from steelyard.study.imports.source import read_runs

    if not 0 < margin < float("inf"):
        raise InputError(
            f"--margin must be a positive number, but got {margin}; give the smallest difference that matters to you"
        )
    if not 0 < alpha < 0.5:
        raise InputError(f"--alpha must lie between 0 and 0.5, but got {alpha}; 0.05 is usual")
    frame = read_runs(
        source,
        factor=factor,
        seed=seed,
        metric=metric,
        pattern=pattern,
        take=take.value,
        experiment=experiment,
    )
    paired = pair_runs(
        frame,
        factor=factor,
        seed=seed,
        metric=metric,
        reference=reference,
        where=_conditions(where or []),
        ignore=tuple(ignore or ()),
    )
    plan = _plan(paired, looks=looks, anytime=anytime, alpha=alpha)
    verdicts = weigh_contrasts(
        paired.outcomes, metric=metric, direction="lower" if lower else "higher", margin=margin, plan=plan
    )
    verdicts = tuple(
        replace(verdict, warnings=(*remarks, *verdict.warnings))
        for verdict, remarks in zip(verdicts, paired.remarks, strict=True)
    )
    if all(verdict.pairs < 2 and not verdict.decided for verdict in verdicts):
        raise InputError(
            f"at least 2 seeds must have a finished run of both levels, but the best contrast has {max(v.pairs for v in verdicts)}; "
            f"{metric!r} is missing or not finite in the others"
        )
    _show(verdicts, source=source, seed=seed, plan=plan, as_json=as_json)


def _plan(paired: PairedRuns, *, looks: str | None, anytime: bool, alpha: float) -> LookPlan:
    from steelyard.errors import InputError
    from steelyard.stats import plan

    family = len(paired.outcomes)
    most = max(2, *(len(each.seeds) for each in paired.outcomes))
    if anytime and looks:
        raise InputError("--looks and --anytime must not be given together; looks were either planned or not")
    if anytime:
        return plan.anytime(max_pairs=max(most, 1_000_000), contrasts=family, alpha=alpha)
    if looks is None:
        return plan.fixed_sample(most, contrasts=family, alpha=alpha)
    try:
        planned = tuple(int(look) for look in looks.split(","))
        found = plan.planned_looks(planned[-1], looks=planned, contrasts=family, alpha=alpha)
    except ValueError as error:
        raise InputError(
            f"--looks must be increasing whole numbers from 2, e.g. 5,10,20, but got {looks!r}"
        ) from error
    if most > planned[-1]:
        raise InputError(
            f"--looks must end at the most pairs that were planned, but there are {most} seeds and the last look is at {planned[-1]}; "
            "use --anytime if the plan was exceeded"
        )
    return found


def _conditions(where: list[str]) -> dict[str, str]:
    from steelyard.errors import InputError

    conditions = {}
    for each in where:
        column, equals, value = each.partition("=")
        if not equals:
            raise InputError(f"--where must be COLUMN=VALUE, but got {each!r}")
        conditions[column.strip()] = value
    return conditions


def _show(verdicts: tuple[Verdict, ...], *, source: str, seed: str, plan: LookPlan, as_json: bool) -> None:
    first = verdicts[0]
    if as_json:
        described = {
            "source": source,
            "factor": first.contrast.factor,
            "seed": seed,
            "metric": first.metric,
            "direction": first.direction,
            "margin": first.margin,
            "plan": plan.describe(),
            "contrasts": [verdict.to_dict() for verdict in verdicts],
        }
        typer.echo(json.dumps(described, indent=2, allow_nan=False))
        return
    from rich.console import Console

    from steelyard.report.table import print_verdicts

    console = Console()
    print_verdicts(
        verdicts, console, notes=(f"{plan.describe()}; {first.direction} {first.metric} is better",)
    )
