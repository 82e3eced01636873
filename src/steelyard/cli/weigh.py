"""`steelyard weigh`: what a loss value means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.weigh.losses import LOSSES

if TYPE_CHECKING:
    from rich.table import Table

    from steelyard.weigh.units import LogUnit
    from steelyard.weigh.weighing import Weighing


def weigh_command(
    loss: Annotated[str, typer.Option(help=f"The loss: {', '.join(LOSSES)}.")],
    value: Annotated[
        float | None,
        typer.Option(help="Its value, a mean over examples; without it only the reference points are shown."),
    ] = None,
    base_rate: Annotated[
        float | None, typer.Option(help="How often the target is 1, e.g. 0.05 (bce, brier, cross-entropy).")
    ] = None,
    classes: Annotated[int | None, typer.Option(help="Number of classes (cross-entropy, brier).")] = None,
    frequencies: Annotated[
        str | None,
        typer.Option(
            help="How often each class occurs, shares or counts: 0.6,0.3,0.1 (cross-entropy, brier)."
        ),
    ] = None,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The targets: CSV, Parquet or JSON Lines; any loss.")
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Column of the targets; may be left out if there is only one.")
    ] = None,
    n: Annotated[
        int | None, typer.Option("--n", help="How many targets --base-rate or shares come from.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="Unit of the value: nats, bits or perplexity; default: the scale's.")
    ] = None,
    smoothing: Annotated[
        float, typer.Option(help="Label smoothing that the loss was computed with (cross-entropy).")
    ] = 0.0,
    ordered: Annotated[
        bool, typer.Option("--ordered", help="The targets are ordered in time (mse, rmse, mae).")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="The loss includes ln y!, as torch's full=True (poisson).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say what a loss value means: its place between a trivial predictor and the best attainable.

    For example: steelyard weigh --loss bce --value 0.5 --base-rate 0.05
    """
    from steelyard.weigh.call import weigh

    weighing = weigh(
        value,
        loss=loss,
        base_rate=base_rate,
        classes=classes,
        frequencies=None if frequencies is None else _numbers(frequencies),
        targets=_column(targets, column),
        n=n,
        unit=_unit(unit),
        smoothing=smoothing,
        ordered=ordered,
        full=full,
    )
    if as_json:
        typer.echo(json.dumps(weighing.to_dict(), indent=2, allow_nan=False))
    else:
        _show(weighing)


def _numbers(text: str) -> list[float]:
    from steelyard.errors import InputError

    try:
        return [float(each) for each in text.split(",")]
    except ValueError as error:
        raise InputError(
            f"--frequencies must be numbers with commas between, e.g. 0.6,0.3,0.1, but got {text!r}"
        ) from error


def _unit(unit: str | None) -> LogUnit | None:
    from steelyard.errors import InputError

    match unit:
        case None | "nats" | "bits" | "perplexity":
            return unit
        case _:
            raise InputError(
                f"--unit must be nats, bits or perplexity, but got {unit!r}; leave it out for other units"
            )


def _column(path: Path | None, column: str | None) -> Any:
    """Return the column of the targets, None where no file was named."""
    from steelyard.errors import InputError

    if path is None:
        if column is not None:
            raise InputError(f"--column must come with --targets FILE, but got --column {column!r} alone")
        return None
    from steelyard.data.table import read_table

    frame = read_table(path)
    found = column if column is not None else frame.columns[0]
    if (column is None and frame.width > 1) or found not in frame.columns:
        got = "no --column" if column is None else f"--column {column!r}"
        raise InputError(
            f"--column must be one of {', '.join(frame.columns)} (the columns of {path}), but got {got}"
        )
    return frame[found]


def _show(weighing: Weighing) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    if weighing.placement is not None:
        console.print(Text(weighing.placement.sentence, style="bold"), soft_wrap=True)
        console.print()
    console.print(_table(weighing))
    for lead, texts in (("", weighing.remarks), ("Note: ", weighing.scale.notes)):
        for text in texts:
            console.print(Text.assemble((lead, "bold"), text), highlight=False)


def _table(weighing: Weighing) -> Table:
    """Return the reference points, the worst first, with the weighed value among them."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from steelyard.weigh.digits import number, way
    from steelyard.weigh.standing import skill_of
    from steelyard.weigh.units import conversions

    scale, placement = weighing.scale, weighing.placement
    rows = [(point.name, point.value, point.meaning) for point in scale.points]
    if placement is not None:
        at = sum(scale.gain(value, placement.value) >= 0 for _, value, _ in rows)
        rows.insert(at, ("this value", placement.value, placement.standing))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(scale.loss)
    for unit in (scale.unit or "value", *conversions(1.0, scale.unit), "skill"):
        table.add_column(unit, justify="right")
    table.add_column("what it is", overflow="fold")
    for name, value, meaning in rows:
        skill = skill_of(scale, value)
        table.add_row(
            Text(name),
            *(Text(number(each, digits=4)) for each in (value, *conversions(value, scale.unit).values())),
            Text("" if skill is None else way(skill)),
            Text(meaning),
            style="bold" if name == "this value" else "",
        )
    return table
