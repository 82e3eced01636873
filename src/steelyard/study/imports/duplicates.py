"""Several rows for one trial: refused, with the columns that would tell them apart."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from steelyard.errors import InputError
from steelyard.study.imports._base import count, some
from steelyard.study.imports.labels import labels

_MOST_SUGGESTED = 4


def refuse_duplicates(
    trials: pl.DataFrame, frame: pl.DataFrame, *, factor: str, seed: str, others: Iterable[str]
) -> None:
    """Make sure that each level has at most one row for each seed.

    Args:
        trials: columns `level`, `seed`, `row`.
        frame: the whole table, a row for each of `trials`.
        factor: name of the factor, for the message.
        seed: name of the seed, for the message.
        others: columns that might tell repeated rows apart.

    Raises:
        InputError: repeated rows; the message names the first and suggests conditions.
    """
    keys = trials.select("level", "seed")
    repeated = keys.is_duplicated()
    if not repeated.any():
        return
    rows = trials.filter(repeated)
    first = rows.row(0, named=True)
    same = rows.filter((pl.col("level") == first["level"]) & (pl.col("seed") == first["seed"]))
    groups = rows.select("level", "seed").n_unique()
    raise InputError(
        f"each `{factor}` must have one row a `{seed}`, but {count(groups, 'pair')} of them have several, the first "
        f"{factor}={first['level']}, {seed}={first['seed']} ({same.height} rows: data rows {some(same['row'] + 1, most=4)}); "
        f"{_advice(rows, frame.filter(repeated), same, frame, others)}"
    )


def _advice(
    rows: pl.DataFrame, repeated: pl.DataFrame, same: pl.DataFrame, frame: pl.DataFrame, others: Iterable[str]
) -> str:
    """Say what to do: the columns that single out one row of each group, few values first."""
    telling: list[tuple[int, str]] = []
    varying: list[str] = []
    for name in others:
        if repeated[name].dtype.is_nested():
            continue
        keyed = rows.select("level", "seed").with_columns(other=labels(repeated[name], column=name))
        distinct = keyed["other"].n_unique()
        if distinct == 1:
            continue
        varying.append(name)
        if distinct < repeated.height and not keyed.is_duplicated().any():
            telling.append((distinct, name))
    if telling:
        telling.sort()
        names = [name for _, name in telling[:_MOST_SUGGESTED]]
        example = frame[names[0]].gather(same["row"])
        value = labels(example, column=names[0]).fill_null("")[-1]
        return f"{_list(names)} would tell them apart: pick one with --where {names[0]}={value}"
    if varying:
        return f"they differ in {_list(varying[:_MOST_SUGGESTED])}: pick one set with --where, or keep one row a trial"
    return "the rows don't differ in any other column: remove the repeated ones, or name the right --seed"


def _list(names: list[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
