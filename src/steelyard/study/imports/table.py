"""From a table in long form, one row a trial, to what both sides of each contrast got, seed by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from steelyard.errors import InputError
from steelyard.stats.verdict import Contrast, PairedOutcomes
from steelyard.study.imports._base import count, some
from steelyard.study.imports.columns import as_number, closest, find_column, pick_rows, tidy_names
from steelyard.study.imports.confounding import Sides, check_confounding
from steelyard.study.imports.duplicates import refuse_duplicates
from steelyard.study.imports.labels import labels, seeds
from steelyard.study.imports.metric import metric_values

MISSING_LEVEL = "(missing)"
"""The level of rows whose factor is null or blank."""
MOST_LEVELS = 1000
_ROW = "\0row"
_FEWEST_PAIRS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedTable:
    """A table's trials, paired by seed.

    Args:
        factor: name of the factor's column; `seed` of the seed's; `metric` of the metric's.
        levels: the factor's levels, the reference first, the others in the order of the rows.
        outcomes: one a level that isn't the reference; seeds in the order of the reference's rows.
        warnings: for each of the outcomes, reasons to doubt its pairs, each a sentence.
        notes: what to know about the table, each a sentence.
        rows: how many trials were read.
    """

    factor: str
    seed: str
    metric: str
    levels: tuple[str, ...]
    outcomes: tuple[PairedOutcomes, ...]
    warnings: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    rows: int

    @property
    def reference(self) -> str:
        """Return the level that the others are held against."""
        return self.levels[0]


def paired_outcomes(
    frame: pl.DataFrame,
    *,
    factor: str,
    seed: str,
    metric: str,
    reference: str | None = None,
    where: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> PairedTable:
    """Return a table's trials paired by seed, one contrast a level.

    A metric that isn't finite marks a failed trial and stays in its pair as nan. A seed that only one side has makes no
    pair; a warning tells which.

    Args:
        frame: one row a trial.
        factor: column of the factor; a row without one has the level `(missing)`.
        seed: column of the seed.
        metric: column of the metric.
        reference: the reference level; default: the first row's.
        where: `column=value` conditions that rows have to meet.
        ignore: columns that may differ between the levels.

    Raises:
        ConfoundedError: another column changes together with the factor.
        InputError: unknown or unfit columns, repeated rows, one level, an unknown reference, or fewer than 2 seeds
            that two levels share.

    Example:
        >>> frame = pl.DataFrame({
        ...     "norm": ["none", "none", "layer", "layer"], "seed": [0, 1, 0, 1], "loss": [0.5, 0.6, 0.4, 0.5]})
        >>> table = paired_outcomes(frame, factor="norm", seed="seed", metric="loss")
        >>> table.reference, table.outcomes[0].level
        ('none', (0.4, 0.5))
    """
    frame = tidy_names(frame)
    names = frame.columns
    factor = find_column(names, factor, role="--factor")
    seed = find_column(names, seed, role="--seed")
    metric = find_column(names, metric, role="--metric")
    ignored = {find_column(names, name, role="--ignore") for name in ignore}
    if len({factor, seed, metric}) < 3:
        raise InputError(
            f"--factor, --seed and --metric must be three columns, but got `{factor}`, `{seed}` and `{metric}`"
        )
    if frame.height == 0:
        raise InputError("the table must have rows, but got only a header")
    frame = pick_rows(frame.with_row_index(_ROW), where)
    others = [name for name in names if name not in {factor, seed, metric}]
    rows = frame[_ROW]
    trials = pl.DataFrame(
        {
            "level": labels(frame[factor], column=factor).fill_null(MISSING_LEVEL),
            "seed": seeds(frame[seed], column=seed, rows=rows),
            "value": metric_values(frame[metric], column=metric, rows=rows),
            "row": rows,
        }
    )
    levels = _levels(trials["level"], factor=factor, reference=reference)
    refuse_duplicates(trials, frame, factor=factor, seed=seed, others=others)
    trials = trials.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))
    sides, outcomes, warnings = _pair(trials, levels, factor=factor)
    if all(len(each.seeds) < _FEWEST_PAIRS for each in outcomes):
        raise _too_few(trials, outcomes, factor=factor, seed=seed)
    doubts = check_confounding(
        frame, sides, factor=factor, columns=[name for name in others if name not in ignored]
    )
    return PairedTable(
        factor=factor,
        seed=seed,
        metric=metric,
        levels=levels,
        outcomes=tuple(outcomes),
        warnings=tuple((*first, *then) for first, then in zip(warnings, doubts.warnings, strict=True)),
        notes=doubts.notes,
        rows=trials.height,
    )


def _levels(values: pl.Series, *, factor: str, reference: str | None) -> tuple[str, ...]:
    """Return the levels, the reference first."""
    distinct = values.unique(maintain_order=True)
    levels: list[str] = distinct.head(MOST_LEVELS).to_list()
    if len(distinct) < 2:
        raise InputError(
            f"`{factor}` must have at least 2 levels to compare, but every row has {levels[0]}; check --factor and --where"
        )
    if len(distinct) > MOST_LEVELS:
        raise InputError(
            f"`{factor}` must have at most {MOST_LEVELS} levels, but has {len(distinct)}; is it the factor? pick levels "
            "with --where"
        )
    if reference is None:
        return tuple(levels)
    chosen = _find_level(levels, reference)
    if chosen is None:
        raise InputError(
            f"--reference must be a level of `{factor}`, but got {reference!r}; {closest(reference, levels)}The levels "
            f"are: {some(levels, most=40)}"
        )
    return (chosen, *(level for level in levels if level != chosen))


def _find_level(levels: Sequence[str], wanted: str) -> str | None:
    wanted = wanted.strip() or MISSING_LEVEL
    if wanted in levels:
        return wanted
    number = as_number(wanted)
    alike = [level for level in levels if as_number(level) == number or level.lower() == wanted.lower()]
    return alike[0] if len(alike) == 1 else None


def _pair(
    trials: pl.DataFrame, levels: Sequence[str], *, factor: str
) -> tuple[list[Sides], list[PairedOutcomes], list[tuple[str, ...]]]:
    """Return the pairs of each contrast, as positions and as values, and warnings about seeds without a pair."""
    by_level = {str(key[0]): rows for key, rows in trials.group_by("level")}
    left = by_level[levels[0]].sort("row")
    sides, outcomes, warnings = [], [], []
    for level in levels[1:]:
        right = by_level[level].sort("row")
        pairs = left.join(right, on="seed", how="inner", suffix="_level").sort("row")
        sides.append(
            Sides(
                reference=levels[0],
                level=level,
                seeds=pairs["seed"],
                reference_rows=pairs["row"],
                level_rows=pairs["row_level"],
            )
        )
        outcomes.append(
            PairedOutcomes(
                contrast=Contrast(factor=factor, reference=levels[0], level=level),
                seeds=tuple(pairs["seed"].to_list()),
                reference=tuple(pairs["value"].to_list()),
                level=tuple(pairs["value_level"].to_list()),
            )
        )
        alone = (
            (levels[0], level, left.join(right, on="seed", how="anti").sort("row")["seed"]),
            (level, levels[0], right.join(left, on="seed", how="anti").sort("row")["seed"]),
        )
        warnings.append(
            tuple(
                f"{count(len(lonely), 'seed')} of {has} ({some(lonely)}) {'has' if len(lonely) == 1 else 'have'} no row for "
                f"{lacks}: they make no pair; if those runs failed, add them with an empty metric"
                for has, lacks, lonely in alone
                if len(lonely)
            )
        )
    return sides, outcomes, warnings


def _too_few(
    trials: pl.DataFrame, outcomes: Sequence[PairedOutcomes], *, factor: str, seed: str
) -> InputError:
    most = max(outcomes, key=lambda each: len(each.seeds))
    told = "; ".join(
        f"{level} has {some(trials.filter(pl.col('level') == level)['seed'], most=4)}"
        for level in (most.contrast.reference, most.contrast.level)
    )
    shared = "no seed" if not most.seeds else f"only seed {most.seeds[0]}"
    why = "" if not most.seeds else ", and one pair has no spread to judge a difference by"
    return InputError(
        f"levels of `{factor}` must share at least 2 values of `{seed}` to be paired, but {most.contrast.reference} and "
        f"{most.contrast.level} share {shared} ({told}){why}; run both levels on the same seeds, or check --seed"
    )
