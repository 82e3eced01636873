"""The options that say where the series are, and reading them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steelyard.cli.run import Missing

if TYPE_CHECKING:
    from steelyard.data.series import CountSeries

EMBEDDED = "storms"

DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="[DATA]",
        help="CSV, TSV, Parquet or JSONL, a row a date; `storms` (or nothing): the embedded series.",
        show_default=False,
    ),
]
MissingOption = Annotated[Missing | None, typer.Option(help="What a missing date means.", show_default=False)]
IdOption = Annotated[
    str, typer.Option("--id-column", metavar="NAME", help="Column of the series' names; may be absent.")
]
DateOption = Annotated[str, typer.Option("--date-column", metavar="NAME", help="Column of the dates.")]
CountOption = Annotated[str, typer.Option("--count-column", metavar="NAME", help="Column of the counts.")]
KnownOption = Annotated[
    list[str] | None,
    typer.Option(
        "--known",
        metavar="COLUMN",
        help="Covariate known in advance, also in rows after the last count; may be repeated.",
        show_default=False,
    ),
]
PastOption = Annotated[
    list[str] | None,
    typer.Option(
        "--past",
        metavar="COLUMN",
        help="Covariate not known in advance; may be repeated.",
        show_default=False,
    ),
]
StaticOption = Annotated[
    list[str] | None,
    typer.Option(
        "--static",
        metavar="COLUMN",
        help="Column that never changes within a series; may be repeated.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def read(
    data: str,
    *,
    missing: Missing | None,
    unique_id: str,
    ds: str,
    y: str,
    known: list[str] | None = None,
    past: list[str] | None = None,
    static: list[str] | None = None,
) -> tuple[tuple[CountSeries, ...], str]:
    """Return the series, and one line that says where they are from.

    Raises:
        InputError: what `read_series` refuses; covariates of the embedded series, which has none.
    """
    from steelyard.data.series import read_series
    from steelyard.data.storms import STORMS_SOURCE, storms
    from steelyard.errors import InputError

    if data == EMBEDDED and not Path(data).exists():
        named = [*(known or ()), *(past or ()), *(static or ())]
        if named:
            raise InputError(
                f"--known, --past and --static must name columns of a table, but the embedded storms have no {', '.join(named)}; give "
                "DATA"
            )
        return read_series(storms()), STORMS_SOURCE
    series = read_series(
        Path(data),
        missing=None if missing is None else missing.value,
        unique_id=unique_id,
        ds=ds,
        y=y,
        known=known or (),
        past=past or (),
        static=static or (),
    )
    return series, data


def date_of(text: str | None, series: tuple[CountSeries, ...]) -> Any:
    """Return a start as the series' dates are: a date, or a position; None for None.

    Raises:
        InputError: text that isn't one.
    """
    from steelyard.errors import InputError

    if text is None:
        return None
    dated = series[0].ds.dtype.kind == "M"
    try:
        import numpy as np

        return np.datetime64(text, "us") if dated else int(text)
    except ValueError as error:
        wanted = "a date such as 2024-03-09" if dated else "a position, since the series have no dates"
        raise InputError(f"--start must be {wanted}, but got {text!r}") from error
