"""A factor: one choice, its levels, the first of which is the reference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steelyard.errors import InputError
from steelyard.study.trial import LevelValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One choice to compare.

    Args:
        name: the trial function's argument.
        levels: what it is given; the first is the reference. Strings, numbers or booleans that print differently.

    Raises:
        InputError: fewer than two levels, two that print alike, or one of another type.

    Example:
        >>> Factor(name="norm", levels=("none", "layer")).reference
        'none'
    """

    name: str
    levels: tuple[LevelValue, ...]

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name in {"seed", "run"}:
            raise InputError(
                f"a factor must be named like an argument of the trial function (not `seed` or `run`), but got {self.name!r}"
            )
        levels: tuple[object, ...] = self.levels  # callers may not check types
        for level in levels:
            if not isinstance(level, str | int | float | bool) or (
                isinstance(level, float) and not math.isfinite(level)
            ):
                raise InputError(
                    f"levels of `{self.name}` must be strings, finite numbers or booleans, but got {level!r}; name the level "
                    "and build the object from the name inside the trial function"
                )
        labels = [str(level) for level in self.levels]
        if len(labels) < 2 or len(set(labels)) != len(labels):
            raise InputError(
                f"`{self.name}` must have at least two different levels, but got {list(self.levels)}"
            )

    @property
    def reference(self) -> LevelValue:
        """Return the level that the others are held against."""
        return self.levels[0]


def as_factors(factors: Mapping[str, Sequence[LevelValue]] | Sequence[Factor]) -> tuple[Factor, ...]:
    """Return factors from a mapping of names to levels, or as they are.

    Raises:
        InputError: none, two of one name, or levels given as one string.

    Example:
        >>> as_factors({"norm": ["none", "layer"]})
        (Factor(name='norm', levels=('none', 'layer')),)
    """
    if isinstance(factors, Mapping):
        for name, levels in factors.items():
            if isinstance(levels, str) or not isinstance(levels, Sequence):
                raise InputError(f"levels of `{name}` must be a list, but got {levels!r}")
        found = tuple(Factor(name=name, levels=tuple(levels)) for name, levels in factors.items())
    else:
        found = tuple(factors)
    names = [factor.name for factor in found]
    if not names or len(set(names)) != len(names):
        raise InputError(f"a study must have at least one factor, each named once, but got {names}")
    return found
