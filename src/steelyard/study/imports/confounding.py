"""What else differs between the two sides of a comparison: refused where it is a choice, warned of where it may be.

Only pairs are looked at, since only they are compared. A column is taken for a choice that was changed together with the
factor when the reference's value determines the level's value one-to-one, the two sides share no value, and every
value occurs in at least two pairs. A column that is constant within each level and differs between them is the simplest
case. Measurements (losses, durations, identifiers) vary from row to row and don't meet it.

When it is wrong: a measurement that comes out the same on every seed of a level (a parameter count, say) looks like a
choice, and with 2 pairs that isn't rare; a choice that nobody wrote down isn't seen at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from steelyard.errors import ConfoundedError
from steelyard.study.imports._base import count, some
from steelyard.study.imports.labels import labels

_FEWEST = 2
_FEWEST_FOR_WARNING = 4
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The pairs of one contrast as positions in the table.

    Args:
        reference: the reference's label; `level` the other's.
        seeds: the seed of each pair.
        reference_rows: position of the reference's row of each pair; `level_rows` of the level's.
    """

    reference: str
    level: str
    seeds: pl.Series
    reference_rows: pl.Series
    level_rows: pl.Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What isn't certain enough to refuse the comparison.

    Args:
        warnings: for each contrast, sentences about columns that differ within some of its pairs.
        notes: sentences about the whole table.
    """

    warnings: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def check_confounding(
    frame: pl.DataFrame, contrasts: Sequence[Sides], *, factor: str, columns: Iterable[str]
) -> Doubts:
    """Refuse a comparison in which another column changes together with the factor; return lesser doubts.

    A column that only repeats the level's name (`run-none`, `run-layer`) isn't another choice; one that is given on one
    side only (a parameter that the other side doesn't have) is noted.

    Args:
        frame: the table.
        contrasts: its pairs.
        factor: the factor's name.
        columns: the columns to look at.

    Raises:
        ConfoundedError: such a column; the message names its values and the way out.

    Example:
        >>> frame = pl.DataFrame({"norm": ["none"] * 2 + ["layer"] * 2, "lr": [0.1, 0.1, 0.2, 0.2]})
        >>> sides = Sides(
        ...     reference="none", level="layer", seeds=pl.Series([0, 1]),
        ...     reference_rows=pl.Series([0, 1]), level_rows=pl.Series([2, 3]))
        >>> check_confounding(frame, [sides], factor="norm", columns=["lr"])
        Traceback (most recent call last):
        steelyard.errors.ConfoundedError: levels of `norm` must differ in nothing else, but `lr` differs with them (0.1 for
        none, 0.2 for layer); compare runs at the same `lr`, or give --ignore lr if it can't matter
    """
    confounded: dict[str, str] = {}
    one_sided: list[str] = []
    warnings: list[list[str]] = [[] for _ in contrasts]
    for name in columns:
        if frame[name].dtype.is_nested() or frame[name].dtype in {pl.Binary, pl.Object}:
            continue
        values = labels(frame[name], column=name)
        for i, sides in enumerate(contrasts):
            pairs = pl.DataFrame(
                {
                    "reference": values.gather(sides.reference_rows),
                    "level": values.gather(sides.level_rows),
                    "seed": sides.seeds,
                }
            )
            if _given_on_one_side(pairs):
                one_sided.append(name)
            pairs = pairs.drop_nulls(["reference", "level"])
            if _changes_with_factor(pairs) and not _repeats_label(pairs, sides):
                confounded.setdefault(name, _told(pairs, sides))
            elif sentence := _differs_in_some(pairs, name, of=len(sides.seeds)):
                warnings[i].append(sentence)
    if confounded:
        raise ConfoundedError(_refusal(confounded, factor))
    notes = []
    if one_sided:
        names = ", ".join(f"`{name}`" for name in dict.fromkeys(one_sided))
        notes.append(f"Given for one side only, and not taken for another choice: {names}.")
    return Doubts(warnings=tuple(tuple(each) for each in warnings), notes=tuple(notes))


def _given_on_one_side(pairs: pl.DataFrame) -> bool:
    missing = {pairs["reference"].null_count(), pairs["level"].null_count()}
    return pairs.height >= _FEWEST and missing == {0, pairs.height}


def _changes_with_factor(pairs: pl.DataFrame) -> bool:
    """Say whether the reference's value determines the level's one-to-one, without a value in common."""
    if pairs.height < _FEWEST or (pairs["reference"] == pairs["level"]).any():
        return False
    combinations = pairs.group_by("reference", "level").len()
    reference, level = combinations["reference"], combinations["level"]
    one_to_one = reference.n_unique() == combinations.height == level.n_unique()
    repeated = bool((combinations["len"] >= _FEWEST).all())
    return one_to_one and repeated and not reference.is_in(level.to_list()).any()


def _repeats_label(pairs: pl.DataFrame, sides: Sides) -> bool:
    """Say whether both values become the same text when each side's label is taken out of them."""

    def without(column: str, label: str) -> pl.Series:
        word = f"(?i)(^|[^0-9a-z]){re.escape(label)}([^0-9a-z]|$)"
        return pairs[column].str.replace_all(word, "${1}\0${2}")

    reference, level = without("reference", sides.reference), without("level", sides.level)
    return bool((reference == level).all())


def _differs_in_some(pairs: pl.DataFrame, name: str, *, of: int) -> str:
    """Return a sentence when a column is equal within at least half of the pairs but not in all, "" otherwise.

    Fewer than 4 pairs, and yes-or-no columns (most often outcomes, such as "stopped early"), are equal by chance too
    often to be told.
    """
    differing = pairs.filter(pl.col("reference") != pl.col("level"))
    if differing.height == 0 or 2 * differing.height > pairs.height or pairs.height < _FEWEST_FOR_WARNING:
        return ""
    if pl.concat([pairs["reference"], pairs["level"]]).str.to_lowercase().is_in(["true", "false"]).all():
        return ""
    first = differing.row(0, named=True)
    return (
        f"`{name}` differs between the two sides in {differing.height} of {count(of, 'pair')} (seed {first['seed']}: "
        f"{first['reference']} and {first['level']}): those pairs may not compare like with like; see --where, or "
        f"--ignore {name} if it can't matter"
    )


def _told(pairs: pl.DataFrame, sides: Sides) -> str:
    reference, level = (pairs[side].unique(maintain_order=True) for side in ("reference", "level"))
    return f"{some(reference, most=3)} for {sides.reference}, {some(level, most=3)} for {sides.level}"


def _refusal(confounded: dict[str, str], factor: str) -> str:
    names = list(confounded)
    told = "; ".join(f"`{name}` differs with them ({confounded[name]})" for name in names[:_MOST_NAMED])
    more = f"; and {len(names) - _MOST_NAMED} more columns" if len(names) > _MOST_NAMED else ""
    ignore = " ".join(f"--ignore {name}" for name in names)
    same = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED])
    return (
        f"levels of `{factor}` must differ in nothing else, but {told}{more}; compare runs at the same {same}, or give "
        f"{ignore} if it can't matter"
    )
