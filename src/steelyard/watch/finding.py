"""A finding: one thing that stands out in a training, with the numbers that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that stands out, and what to do about it.

    Args:
        code: never reused once released, e.g. `T01`.
        name: reads after "allow": `topics-never-return`.
        severity: `info`, `warning` or `error`.
        evidence: the numbers it was seen by.
        meaning: what it means, one sentence.
        advice: what to try, one sentence.
        step: when it was first seen (sweep, epoch, optimiser step).

    Example:
        >>> found = Finding(code="T01", name="topics-never-return", severity="warning", evidence={"alpha": 0.0},
        ...     meaning="A topic that left a document can't return.", advice="Set alpha above 0.")
        >>> found.to_dict()["code"], str(found)
        ('T01', "T01 topics-never-return: A topic that left a document can't return. (alpha 0) Set alpha above 0.")
    """

    code: str
    name: str
    severity: Severity
    evidence: Mapping[str, float] = field(default_factory=dict)
    meaning: str
    advice: str
    step: int = 0

    def __str__(self) -> str:
        """Return it as one line for people."""
        numbers = ", ".join(f"{name} {value:.4g}" for name, value in self.evidence.items())
        return f"{self.code} {self.name}: {self.meaning}{f' ({numbers})' if numbers else ''} {self.advice}"

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON values, the way trials keep findings."""
        return {**asdict(self), "evidence": dict(self.evidence)}
