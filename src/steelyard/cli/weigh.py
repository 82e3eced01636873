"""`steelyard weigh`: what a loss means."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from steelyard.weigh.call import Weighing


class LossName(StrEnum):
    """Losses that can be weighed."""

    BCE = "bce"
    BRIER = "brier"
    CROSS_ENTROPY = "cross-entropy"
    MSE = "mse"
    RMSE = "rmse"
    MAE = "mae"
    POISSON = "poisson"
    COUNT = "count"


class UnitName(StrEnum):
    """Units of a loss in nats."""

    NATS = "nats"
    BITS = "bits"
    PERPLEXITY = "perplexity"


def weigh_command(
    loss: Annotated[LossName, typer.Option(help="What the number is.")],
    value: Annotated[
        float | None, typer.Option(help="The number; without it only the reference points are shown.")
    ] = None,
    unit: Annotated[UnitName, typer.Option(help="Unit of the number, for losses in nats.")] = UnitName.NATS,
    base_rate: Annotated[float | None, typer.Option(help="Share of positives, 0 to 1 (bce, brier).")] = None,
    classes: Annotated[int | None, typer.Option(help="Number of classes (cross-entropy).")] = None,
    targets: Annotated[
        Path | None, typer.Option(help="File with the targets: CSV, Parquet or JSON Lines.")
    ] = None,
    column: Annotated[str | None, typer.Option(help="Column of the targets in that file.")] = None,
    smoothing: Annotated[float, typer.Option(help="Label smoothing, 0 to 1 (cross-entropy).")] = 0.0,
    ordered: Annotated[
        bool, typer.Option("--ordered", help="Targets are in order of time: persistence is a baseline.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="The Poisson loss keeps its log(y!) term.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say what a loss means: its place between a trivial predictor and the best attainable."""
    from steelyard.weigh.call import weigh

    weighing = weigh(
        value,
        loss=loss.value,
        unit=unit.value,
        base_rate=base_rate,
        classes=classes,
        targets=_targets(targets, column),
        smoothing=smoothing,
        ordered=ordered,
        full=full,
    )
    if as_json:
        typer.echo(json.dumps(weighing.to_dict(), indent=2, allow_nan=False))
    else:
        _print(weighing)


def _targets(path: Path | None, column: str | None) -> Any:
    from steelyard.errors import InputError

    if path is None:
        if column is not None:
            raise InputError(f"--column must come with --targets, but got only --column {column}")
        return None
    from steelyard.data.table import read_table

    frame = read_table(path)
    if column is None and frame.width == 1:
        column = frame.columns[0]
    if column is None or column not in frame.columns:
        raise InputError(
            f"--column must name a column of {path} ({', '.join(frame.columns)}), but got {column!r}"
        )
    return frame[column].to_numpy()


def _print(weighing: Weighing) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from steelyard.weigh.scale import convert, show

    scale, placement = weighing.scale, weighing.placement
    units = list(convert(0.0, unit=scale.unit))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("reference point")
    for name in (scale.unit, *units):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("meaning", overflow="fold")
    rows = [(point.value, point.name, point.meaning, "") for point in scale.references]
    if placement is not None:
        rows.append(
            (
                placement.value,
                "your number",
                f"skill {placement.skill:.1%}" if placement.skill is not None else "",
                "bold",
            )
        )
    rows.sort(key=lambda row: -row[0] if scale.direction == "lower" else row[0])
    for number, name, meaning, style in rows:
        converted = convert(number, unit=scale.unit)
        table.add_row(name, show(number), *(show(converted[each]) for each in units), meaning, style=style)
    console = Console()
    console.print(table)
    console.print(str(weighing), highlight=False, markup=False, soft_wrap=True)
    for note in scale.notes:
        console.print(f"Note: {note}", highlight=False, markup=False, soft_wrap=True)
