"""A study's trials as charts need them: their configurations in order, and what to call them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from steelyard.report.digits import number
from steelyard.stats.verdict import Contrast
from steelyard.study.result import StudyResult
from steelyard.study.trial import LevelValue, TrialRecord


def configuration_name(configuration: Mapping[str, LevelValue]) -> str:
    """Return what a configuration is called: its level, or each factor with its level where there are several.

    >>> configuration_name({"loss": "mse"}), configuration_name({"loss": "mse", "heads": 2})
    ('mse', 'loss mse, heads 2')
    """
    if len(configuration) == 1:
        return str(next(iter(configuration.values())))
    return ", ".join(f"{factor} {level}" for factor, level in configuration.items())


def configurations(result: StudyResult) -> list[str]:
    """Return the names of the configurations that were run, the all-reference one first."""
    seen = dict.fromkeys(configuration_name(trial.spec.configuration) for trial in result.trials)
    designed = (
        configuration_name(dict(zip(result.factors, levels, strict=True)))
        for levels in itertools.product(*result.factors.values())
    )
    ordered = dict.fromkeys(name for name in designed if name in seen)
    return list(ordered | seen)


def by_configuration(result: StudyResult) -> dict[str, list[TrialRecord]]:
    """Return the trials of each configuration, by seed."""
    groups: dict[str, list[TrialRecord]] = {name: [] for name in configurations(result)}
    for trial in sorted(result.trials, key=lambda trial: trial.spec.seed):
        groups[configuration_name(trial.spec.configuration)].append(trial)
    return groups


def contrast_name(contrast: Contrast, *, named_factor: bool) -> str:
    """Return what a contrast is called on a chart.

    >>> contrast_name(Contrast(factor="loss", reference="mse", level="hurdle"), named_factor=True)
    'loss: hurdle against mse'
    """
    return str(contrast) if named_factor else f"{contrast.level} against {contrast.reference}"


def as_number(value: object) -> float:
    """Return a table's value as a number, nan where it isn't one.

    >>> as_number("0.25"), as_number("none")
    (0.25, nan)
    """
    if isinstance(value, str | int | float):
        try:
            return float(value)
        except ValueError:
            return float("nan")
    return float("nan")


def metric_title(result: StudyResult) -> str:
    """Return the axis title of the study's metric."""
    unit = f" ({result.unit})" if result.unit else ""
    return f"{result.metric}{unit}, {result.direction} is better"


def difference_title(result: StudyResult) -> list[str]:
    """Return the axis title of differences in the study's metric, as two lines."""
    unit = f" ({result.unit})" if result.unit else ""
    arrow = "← better" if result.direction == "lower" else "better →"
    return [f"difference in {result.metric}{unit}", f"level minus reference, {arrow}"]


def seeds_text(seeds: tuple[int | str, ...]) -> str:
    """Return seeds as a list in words, "none" when empty.

    >>> seeds_text((3, 5)), seeds_text(())
    ('3, 5', 'none')
    """
    return ", ".join(str(seed) for seed in seeds) or "none"


def value_text(value: float) -> str:
    """Return a value for a table under a chart."""
    return number(value, zeros=True)
