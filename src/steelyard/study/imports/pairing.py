"""From a long table of runs to paired outcomes: who is compared with whom, on which seeds, and what is missing."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steelyard.errors import ConfoundedError, InputError
from steelyard.stats.verdict import Contrast, PairedOutcomes

if TYPE_CHECKING:
    import polars as pl

_ROW = "row number in the file"
_MISSING = ("", "na", "n/a", "nan", "null", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedRuns:
    """Runs paired by seed, one entry a contrast.

    Args:
        outcomes: metric by seed on both sides; nan for a run whose metric is missing or not finite.
        remarks: what was left out of each contrast, sentences, in the order of `outcomes`.
        rows: rows used.
    """

    outcomes: tuple[PairedOutcomes, ...]
    remarks: tuple[tuple[str, ...], ...]
    rows: int


def pair_runs(
    frame: pl.DataFrame,
    *,
    factor: str,
    seed: str,
    metric: str,
    reference: str | None = None,
    where: Mapping[str, str] | None = None,
    ignore: Sequence[str] = (),
) -> PairedRuns:
    """Return the paired outcomes of every level against the reference.

    Args:
        frame: one row a run.
        factor: column of the levels.
        seed: column of the seeds; a seed pairs runs.
        metric: column of the metric.
        reference: the reference level; default the first in the table.
        where: column -> value; only rows that have it are used.
        ignore: columns that may differ between levels.

    Raises:
        InputError: a column, level or row that isn't there, a metric that isn't a number, two runs of one level and seed, one
            level, or no two seeds in common.
        ConfoundedError: another column is constant within each level and differs between levels.

    Example:
        >>> import polars as pl
        >>> runs = pl.DataFrame({"norm": ["a", "a", "b", "b"], "seed": [0, 1, 0, 1], "loss": [0.5, 0.6, 0.4, 0.5]})
        >>> pair_runs(runs, factor="norm", seed="seed", metric="loss").outcomes[0].level
        (0.4, 0.5)
    """
    import polars as pl  # noqa: PLC0415 - loaded when a table is read

    frame = frame.rename({name: name.strip() for name in frame.columns if name != name.strip()})
    named = {"factor": factor, "seed": seed, "metric": metric}
    _check_columns(frame, [*named.values(), *(where or {}), *ignore])
    doubled = [column for column in named.values() if list(named.values()).count(column) > 1]
    if doubled:
        raise InputError(
            f"factor, seed and metric must be different columns, but {doubled[0]!r} was given twice"
        )
    frame = frame.with_row_index(_ROW, offset=1)
    for column, value in (where or {}).items():
        frame = frame.filter(_text(pl.col(column)) == value.strip())
        if frame.height == 0:
            raise InputError(f"--where {column}={value} must leave rows, but none has that value")
    runs = frame.select(
        pl.col(_ROW),
        _text(pl.col(factor)).alias("level"),
        _text(pl.col(seed)).alias("seed"),
        _numbers(frame, metric).alias("metric"),
    )
    for column, role in (("level", factor), ("seed", seed)):
        empty = runs.filter(pl.col(column).is_null() | (pl.col(column) == ""))
        if empty.height:
            raise InputError(
                f"every row must have a {role!r}, but row {empty[_ROW][0]} has none ({empty.height} rows in all)"
            )
    levels = runs["level"].unique(maintain_order=True).to_list()
    if len(levels) < 2:
        raise InputError(
            f"{factor!r} must have at least two levels to compare, but only {levels[0]!r} occurs"
        )
    first = levels[0] if reference is None else reference.strip()
    if first not in levels:
        raise InputError(
            f"the reference must be a level of {factor!r} ({', '.join(levels)}), but got {first!r}"
        )
    _check_duplicates(frame, runs, factor=factor, seed=seed)
    used = {factor, seed, metric, _ROW, *(where or {}), *ignore}
    _check_confounding(
        frame, runs["level"], [column for column in frame.columns if column not in used], factor=factor
    )
    return _pair(runs, factor=factor, reference=first, levels=[level for level in levels if level != first])


def _pair(runs: pl.DataFrame, *, factor: str, reference: str, levels: Sequence[str]) -> PairedRuns:
    by_level: dict[str, dict[str, float]] = {}
    for level, seed, value in runs.select("level", "seed", "metric").iter_rows():
        by_level.setdefault(level, {})[seed] = value
    outcomes, remarks = [], []
    for level in levels:
        left, right = by_level[reference], by_level[level]
        shared = [seed for seed in left if seed in right]
        outcomes.append(
            PairedOutcomes(
                contrast=Contrast(factor=factor, reference=reference, level=level),
                seeds=tuple(shared),
                reference=tuple(left[seed] for seed in shared),
                level=tuple(right[seed] for seed in shared),
            )
        )
        remarks.append(
            tuple(
                f"{len(alone)} seed{'s' * (len(alone) != 1)} of {name} ({_some(alone)}) {'have' if len(alone) != 1 else 'has'} no run of "
                f"{other}: no pair"
                for name, other, alone in (
                    (reference, level, [seed for seed in left if seed not in right]),
                    (level, reference, [seed for seed in right if seed not in left]),
                )
                if alone
            )
        )
    if all(len(each.seeds) < 2 for each in outcomes):
        most = max(outcomes, key=lambda each: len(each.seeds))
        raise InputError(
            f"at least 2 seeds must have a run of both levels, but {most.contrast.level!r} and {reference!r} share {len(most.seeds)}; "
            "run both levels on the same seeds"
        )
    return PairedRuns(outcomes=tuple(outcomes), remarks=tuple(remarks), rows=runs.height)


def _check_columns(frame: pl.DataFrame, columns: Sequence[str]) -> None:
    for column in columns:
        if column not in frame.columns:
            close = difflib.get_close_matches(column, frame.columns, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise InputError(
                f"column {column!r} must be in the table; {hint}its columns are {', '.join(frame.columns)}"
            )


def _text(column: pl.Expr) -> pl.Expr:
    import polars as pl  # noqa: PLC0415 - loaded when a table is read

    return column.cast(pl.String).str.strip_chars()


def _numbers(frame: pl.DataFrame, metric: str) -> pl.Series:
    """Return the metric as floats, nan where it is missing or infinite."""
    import polars as pl  # noqa: PLC0415 - loaded when a table is read

    values = frame[metric]
    if not (values.dtype.is_numeric() or values.dtype in (pl.String, pl.Boolean, pl.Null)):
        raise InputError(f"the metric must be a number, but column {metric!r} holds {values.dtype}")
    if values.dtype == pl.String:
        text = values.str.strip_chars()
        missing = text.is_null() | text.str.to_lowercase().is_in(_MISSING)
        numbers = text.cast(pl.Float64, strict=False)
        wrong = (numbers.is_null() & ~missing).arg_true()
        if len(wrong):
            raise InputError(
                f"the metric must be a number, but column {metric!r} holds {values[wrong[0]]!r} in row {frame[_ROW][wrong[0]]} "
                f"({len(wrong)} such rows); leave a failed run's metric empty or nan"
            )
        values = numbers
    numbers = values.cast(pl.Float64, strict=False)
    finite = numbers.is_finite().fill_null(value=False)
    return numbers.to_frame("x").select(pl.when(finite).then(pl.col("x")).otherwise(float("nan")))["x"]


def _check_duplicates(frame: pl.DataFrame, runs: pl.DataFrame, *, factor: str, seed: str) -> None:
    twice = runs.filter(runs.select("level", "seed").is_duplicated())
    if not twice.height:
        return
    import polars as pl  # noqa: PLC0415 - loaded when a table is read

    level, which = twice["level"][0], twice["seed"][0]
    same = frame.filter((runs["level"] == level) & (runs["seed"] == which)).drop(_ROW)
    telling = [
        column
        for column in same.columns
        if same[column].n_unique() == same.height and column not in {factor, seed}
    ]
    discrete = [column for column in telling if not same[column].dtype.is_float()]
    hint = (
        f"columns that tell them apart: {', '.join(discrete or telling)}; pick one run of each with --where COLUMN=VALUE"
        if telling
        else "they are the same in every column; remove the copies"
    )
    pairs = twice.select(pl.struct("level", "seed").n_unique()).item()
    raise InputError(
        f"there must be one run a level and seed, but {level!r} has {same.height} runs of seed {which} ({pairs} such pairs in all); {hint}"
    )


def _check_confounding(frame: pl.DataFrame, level: pl.Series, others: Sequence[str], *, factor: str) -> None:
    """Refuse a column that is one value within each level and another between levels: it can't be told from the factor."""
    import polars as pl  # noqa: PLC0415 - loaded when a table is read

    for column in others:
        counts = (
            pl.DataFrame({"level": level, "other": frame[column]})
            .group_by("level", maintain_order=True)
            .agg(pl.col("other").n_unique().alias("values"), pl.col("other").first().alias("first"), pl.len())
        )
        if (counts["values"] == 1).all() and counts["first"].n_unique() > 1 and (counts["len"] > 1).all():
            shown = ", ".join(
                f"{value} with {name}" for name, value in counts.select("level", "first").head(4).iter_rows()
            )
            raise ConfoundedError(
                f"levels of {factor!r} must differ in nothing else, but column {column!r} is {shown}: which of the two matters can't "
                f"be told; compare runs with one value of it, or say that it doesn't matter with --ignore {column}"
            )


def _some(seeds: Sequence[str]) -> str:
    return ", ".join(seeds[:8]) + (", ..." if len(seeds) > 8 else "")
