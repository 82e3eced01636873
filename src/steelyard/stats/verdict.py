"""What a comparison comes to: the contrast, the evidence, the decision."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from typing import Any, Literal, assert_never

Decision = Literal["better", "worse", "equivalent", "undecided"]
Direction = Literal["lower", "higher"]
"""Which way a metric improves: `lower` for losses, `higher` for scores."""


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
            raise ValueError(
                "`seeds`, `reference` and `level` must have equal lengths, but got "
                f"{len(self.seeds)}, {len(self.reference)} and {len(self.level)}; give nan for a failed trial"
            )
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"`seeds` must be distinct, but got {self.seeds}; a seed is one pair")


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
        pairs_needed: further pairs that would decide at the observed mean and spread; 0 when decided, None
            when the spread isn't known yet.
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
        """Say whether the whole interval lies inside the margin, whatever the decision."""
        low, high = self.equivalence_interval
        return -self.margin < low and high < self.margin

    @property
    def sentence(self) -> str:
        """Say the verdict in one sentence."""
        contrast = self.contrast
        numbers = f"{self.estimate:+.4g} [{self.interval[0]:+.4g}, {self.interval[1]:+.4g}] in {self.metric}"
        match self.decision:
            case "better" | "worse":
                tail = " (real, but within the margin)" if self.within_margin else ""
                return f"{contrast.level} is {self.decision} than {contrast.reference}{tail}: {numbers}."
            case "equivalent":
                return (
                    f"{contrast.level} and {contrast.reference} are equivalent: any difference is smaller than "
                    f"{self.margin:g}: {numbers}."
                )
            case "undecided":
                more = (
                    "the spread isn't known yet"
                    if self.pairs_needed is None
                    else f"about {self.pairs_needed} more pair{'s' * (self.pairs_needed != 1)} would decide"
                )
                return f"{contrast.level} against {contrast.reference} is undecided: {numbers}; {more}."
            case _:
                assert_never(self.decision)

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
        return value if abs(value) < float("inf") else None
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
