"""What a comparison comes to: the contrast, the evidence, the decision."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from numbers import Integral
from typing import Any, Literal, assert_never

from steelyard.errors import InputError

Decision = Literal["better", "worse", "equivalent", "undecided"]
Direction = Literal["lower", "higher"]
"""Which way a metric improves: `lower` for losses, `higher` for scores."""

BY_FAILURES = "failed seeds (binomial e-process on seeds where one side failed)"
"""The `method` of a verdict that rests on failed seeds alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One level of a factor held against that factor's reference level."""

    factor: str
    reference: str
    level: str

    def __str__(self) -> str:
        """Show the contrast as people say it.

        >>> str(Contrast(factor="loss", reference="mse", level="hurdle"))
        'loss: hurdle against mse'
        """
        return f"{self.factor}: {self.level} against {self.reference}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedOutcomes:
    """What both sides of a contrast got, seed by seed; the input of every verdict.

    Args:
        contrast: what is compared.
        seeds: the blocks, in the order in which they were run.
        reference: the reference's metric per seed; nan for a failed trial.
        level: the level's metric per seed; nan for a failed trial.
    """

    contrast: Contrast
    seeds: tuple[int | str, ...]
    reference: tuple[float, ...]
    level: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.seeds) == len(self.reference) == len(self.level):
            raise InputError(
                "`seeds`, `reference` and `level` must have equal lengths, but got "
                f"{len(self.seeds)}, {len(self.reference)} and {len(self.level)}; give nan for a failed trial"
            )
        if len(set(self.seeds)) != len(self.seeds):
            raise InputError(f"`seeds` must be distinct, but got {self.seeds}; a seed is one pair")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to "does this level matter?", with all that is needed to doubt it.

    Args:
        contrast: what was compared.
        metric: name of the metric.
        direction: which way the metric improves.
        decision: `better` or `worse` (the level against the reference), `equivalent` or `undecided`.
        estimate: mean paired difference, level minus reference, in the metric's unit (nan without pairs).
        interval: interval for the mean difference; it excludes 0 when the metric decided better or worse.
        equivalence_interval: the narrower interval (two one-sided tests); inside the margin means equivalent.
        level_two_sided: nominal two-sided error level of `interval` at this look.
        level_equivalence: nominal one-sided error level of `equivalence_interval` at this look.
        margin: smallest difference that would change what one does, in the metric's unit.
        pairs: seeds on which both sides finished.
        pairs_needed: further pairs that would decide at the observed mean and spread; 0 when decided, None when the
            spread isn't known yet or more pairs alone would not decide (one side fails more often).
        failed_reference: seeds on which the reference failed.
        failed_level: seeds on which the level failed.
        seeds: seed of each difference.
        differences: every paired difference, level minus reference.
        family: number of contrasts that share the error rates.
        method: how the interval was made, in one line.
        warnings: reasons to doubt the verdict, each a sentence.
    """

    contrast: Contrast
    metric: str
    direction: Direction
    decision: Decision
    estimate: float
    interval: tuple[float, float]
    equivalence_interval: tuple[float, float]
    level_two_sided: float
    level_equivalence: float
    margin: float
    pairs: int
    pairs_needed: int | None
    failed_reference: tuple[int | str, ...] = ()
    failed_level: tuple[int | str, ...] = ()
    seeds: tuple[int | str, ...]
    differences: tuple[float, ...]
    family: int = 1
    method: str
    warnings: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """Count the seeds on which either side failed."""
        return len(set(self.failed_reference) | set(self.failed_level))

    @property
    def decided(self) -> bool:
        """Say whether the contrast is decided."""
        return self.decision != "undecided"

    @property
    def within_margin(self) -> bool:
        """Say whether the whole interval lies inside the margin; that of the decision, if there is one.

        For better or worse that is the wider `interval`: with the narrower one the chance of a wrong "within the margin"
        would come on top of that of a wrong "equivalent", and together they would exceed the error rate.
        """
        low, high = self.interval if self.decision in {"better", "worse"} else self.equivalence_interval
        return -self.margin < low and high < self.margin

    @property
    def sentence(self) -> str:
        """Say the verdict in one sentence."""
        level, reference = self.contrast.level, self.contrast.reference
        match self.decision:
            case "better" | "worse" if self.method == BY_FAILURES:
                return (
                    f"{level} is {self.decision} than {reference}: it failed on {len(self.failed_level)} seeds, {reference} on "
                    f"{len(self.failed_reference)}."
                )
            case "better" | "worse":
                tail = " (real, but within the margin)" if self.within_margin else ""
                return f"{level} is {self.decision} than {reference}{tail}: {self._numbers}."
            case "equivalent":
                return f"{level} and {reference} are equivalent: any difference is smaller than {self.margin:g}: {self._numbers}."
            case "undecided":
                return f"{level} against {reference} is undecided: {self._numbers}; {self._outlook}."
            case _:
                assert_never(self.decision)

    @property
    def _numbers(self) -> str:
        if self.pairs == 0:
            return "no seed on which both finished"
        (low, high), unit = self.interval, f"in {self.metric}"
        if high - low == float("inf"):
            return f"{self.estimate:+.4g} {unit}, no interval yet"
        return f"{self.estimate:+.4g} [{low:+.4g}, {high:+.4g}] {unit}"

    @property
    def _outlook(self) -> str:
        if self.pairs_needed is not None:
            return f"about {self.pairs_needed} more pair{'s' * (self.pairs_needed != 1)} would decide"
        return "the spread isn't known yet" if self.pairs < 2 else "more pairs alone would not decide"

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain JSON values; nan and infinity become None."""
        record = asdict(self)
        contrast = record.pop("contrast")
        ordered = {
            **contrast,
            **record,
            "failed": self.failed,
            "within_margin": self.within_margin,
            "sentence": self.sentence,
        }
        return {key: _plain(value) for key, value in ordered.items()}

    def _repr_html_(self) -> str:
        """Show the verdict in a notebook."""
        warnings = "".join(f"<li>{html.escape(warning)}</li>" for warning in self.warnings)
        return (
            f"<div><strong>{html.escape(self.decision)}</strong>: {html.escape(self.sentence)}"
            f"<br><small>{html.escape(self.method)}; {self.pairs} pairs, {self.failed} failed, "
            f"margin {self.margin:g}</small>{f'<ul>{warnings}</ul>' if warnings else ''}</div>"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(value) if abs(value) < float("inf") else None
    if isinstance(value, Integral):
        return int(value)  # seeds read from a table are numpy's
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
