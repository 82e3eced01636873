"""Which configurations a study runs, and which of them each contrast sets side by side."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from steelyard.errors import ConfoundedError, InputError
from steelyard.stats.verdict import Contrast
from steelyard.study.factor import Factor
from steelyard.study.trial import LevelValue

Design = Literal["one-at-a-time", "factorial"]
Configuration = Mapping[str, LevelValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContrast:
    """A contrast and the configurations behind each side; a side's value is the mean over its configurations.

    Args:
        contrast: factor, reference and level.
        reference: configurations with the reference level.
        level: the same configurations with the other level, in the same order.
    """

    contrast: Contrast
    reference: tuple[Configuration, ...]
    level: tuple[Configuration, ...]

    @property
    def configurations(self) -> tuple[Configuration, ...]:
        """Return both sides' configurations."""
        return self.reference + self.level


def plan_contrasts(factors: Sequence[Factor], *, design: Design) -> tuple[PlannedContrast, ...]:
    """Return one contrast for each level that isn't a reference.

    Args:
        factors: the choices.
        design: `one-at-a-time` varies a factor with the others at their reference; `factorial` runs every combination, and a
            contrast is the factor's main effect (the mean over the others' combinations).

    Example:
        >>> factors = (Factor(name="a", levels=(0, 1)), Factor(name="b", levels=("x", "y")))
        >>> [len(each.configurations) for each in plan_contrasts(factors, design="one-at-a-time")]
        [2, 2]
        >>> [len(each.configurations) for each in plan_contrasts(factors, design="factorial")]
        [4, 4]
    """
    contrasts = []
    for factor in factors:
        others = [other for other in factors if other is not factor]
        backgrounds: list[dict[str, LevelValue]]
        match design:
            case "one-at-a-time":
                backgrounds = [{other.name: other.reference for other in others}]
            case "factorial":
                names = [other.name for other in others]
                combinations = itertools.product(*(other.levels for other in others))
                backgrounds = [dict(zip(names, levels, strict=True)) for levels in combinations]
            case _:
                assert_never(design)
        order = [each.name for each in factors]
        for level in factor.levels[1:]:
            planned = PlannedContrast(
                contrast=Contrast(factor=factor.name, reference=str(factor.reference), level=str(level)),
                reference=tuple(
                    _ordered({**each, factor.name: factor.reference}, order) for each in backgrounds
                ),
                level=tuple(_ordered({**each, factor.name: level}, order) for each in backgrounds),
            )
            for reference, other in zip(planned.reference, planned.level, strict=True):
                check_not_confounded(reference, other, factor=factor.name)
            contrasts.append(planned)
    return tuple(contrasts)


def distinct(contrasts: Sequence[PlannedContrast]) -> tuple[Configuration, ...]:
    """Return the configurations of contrasts, each once, in order of first use."""
    seen: dict[tuple[tuple[str, LevelValue], ...], Configuration] = {}
    for contrast in contrasts:
        for configuration in contrast.configurations:
            seen.setdefault(tuple(configuration.items()), configuration)
    return tuple(seen.values())


def check_not_confounded(first: Configuration, second: Configuration, *, factor: str) -> None:
    """Refuse to compare two configurations that differ in anything but the named factor.

    Raises:
        ConfoundedError: another factor differs, or the named one doesn't.
        InputError: the configurations have different factors.

    Example:
        >>> check_not_confounded({"norm": "none", "lr": 0.1}, {"norm": "layer", "lr": 0.1}, factor="norm")
        >>> check_not_confounded({"norm": "none", "lr": 0.1}, {"norm": "layer", "lr": 0.2}, factor="norm")
        Traceback (most recent call last):
        steelyard.errors.ConfoundedError: configurations compared on `norm` must differ in nothing else, but `lr` is 0.1 and 0.2; run
        one at the other's `lr`
    """
    if first.keys() != second.keys() or factor not in first:
        raise InputError(
            f"both configurations must give a level of `{factor}` and of the same other factors, but got {dict(first)} and "
            f"{dict(second)}"
        )
    differing = [name for name in first if str(first[name]) != str(second[name])]
    other = [name for name in differing if name != factor]
    if other:
        raise ConfoundedError(
            f"configurations compared on `{factor}` must differ in nothing else, but `{other[0]}` is {first[other[0]]} and "
            f"{second[other[0]]}; run one at the other's `{other[0]}`"
        )
    if not differing:
        raise ConfoundedError(
            f"configurations compared on `{factor}` must differ in it, but both have {first[factor]}"
        )


def _ordered(configuration: Configuration, names: Sequence[str]) -> Configuration:
    return {name: configuration[name] for name in names}
