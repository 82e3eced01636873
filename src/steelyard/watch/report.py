"""What came of watching: how much was learnt beside the trivial predictor, per head, and the findings."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.watch.evidence import Evidence, Head
from steelyard.watch.finding import Finding, Severity
from steelyard.watch.judge import Outcome
from steelyard.watch.skill import Skill
from steelyard.weigh.digits import number
from steelyard.weigh.scale import ReferencePoint, Scale

LEVELS: tuple[Severity, ...] = ("info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What one head learnt.

    Args:
        head: its name.
        loss: what the loss is, empty if it wasn't recognised.
        skill: beside the trivial predictor, None if unknown.
        held_out: whether on validation data.
        sentence: the same in words.
    """

    head: str
    loss: str
    skill: Skill | None
    held_out: bool
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "head": self.head,
            "loss": self.loss,
            "skill": None if self.skill is None else self.skill.to_dict(),
            "held_out": self.held_out,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of watching a run.

    Args:
        steps: optimiser steps seen.
        learnt: per head.
        outcomes: of every rule.
        overhead: time spent looking as a share of the time since the beginning, None for logs.
        looks: steps that were looked at.
        problems: what went wrong inside the watching, each a sentence.
    """

    steps: int
    learnt: tuple[Learnt, ...]
    outcomes: tuple[Outcome, ...]
    overhead: float | None = None
    looks: int = 0
    problems: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings, the gravest first."""
        found = [each for outcome in self.outcomes for each in outcome.findings]
        return tuple(sorted(found, key=lambda each: -LEVELS.index(each.severity)))

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rules ended in each state."""
        counted = Counter(outcome.state for outcome in self.outcomes)
        return {state: counted[state] for state in ("finding", "passed", "not applicable", "muted", "error")}

    def reaches(self, severity: Severity) -> bool:
        """Return whether a finding is at least so grave."""
        return any(LEVELS.index(each.severity) >= LEVELS.index(severity) for each in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "steps": self.steps,
            "learnt": [each.to_dict() for each in self.learnt],
            "findings": [each.to_dict() for each in self.findings],
            "rules": [
                {
                    "code": each.code,
                    "name": each.name,
                    "state": each.state,
                    "missing": each.missing,
                    "error": each.error,
                }
                for each in self.outcomes
            ],
            "counts": self.counts,
            "overhead": self.overhead,
            "looks": self.looks,
            "problems": list(self.problems),
        }

    def plain(self) -> dict[str, Any]:
        """Return it as values that JSON has: nan and infinity become None."""
        made: dict[str, Any] = _plain(self.to_dict())
        return made

    def save(self, path: str | Path) -> None:
        """Write it as JSON."""
        Path(path).write_text(json.dumps(self.plain(), indent=2, allow_nan=False), encoding="utf-8")

    def __str__(self) -> str:
        """Return the report for people, a few lines."""
        lines = [each.sentence for each in self.learnt]
        lines += [f"{each.severity:<8}{each}" for each in self.findings]
        lines += [
            f"error   {each.code} {each.name} failed: {each.error}" for each in self.outcomes if each.error
        ]
        lines += [f"error   {each}" for each in self.problems]
        counts = self.counts
        told = [
            f"{count} {state}" for state, count in counts.items() if count or state in {"finding", "passed"}
        ]
        lines.append(f"{len(self.outcomes)} rules after {self.steps:,} steps: {', '.join(told)}")
        return "\n".join(lines)


def learnt_of(evidence: Evidence) -> tuple[Learnt, ...]:
    """Return what each head learnt."""
    return tuple(_learnt(head) for head in evidence.heads)


def _learnt(head: Head) -> Learnt:
    skill = head.held_out or head.skill
    loss = "" if head.objective is None else head.objective.kind
    return Learnt(
        head=head.name,
        loss=loss,
        skill=skill,
        held_out=head.held_out is not None,
        sentence=_sentence(head, skill),
    )


def _sentence(head: Head, skill: Skill | None) -> str:
    if skill is None:
        last = None if head.curve is None else float(head.curve.values[-1])
        shown = "no value" if last is None or not math.isfinite(last) else number(last)
        why = (
            "its targets weren't seen, so nobody knows what it means"
            if head.objective is None and head.batches is None
            else "too few examples were seen to say what it means"
        )
        return f"{head.name}: {shown}; {why}"
    place = f"{head.name}{' (validation)' if head.held_out is not None else ''}"
    unit = "" if head.objective is None else head.objective.unit
    scale = Scale(
        loss=head.name,
        unit=unit,
        baseline=ReferencePoint(
            name="trivial",
            value=skill.trivial,
            meaning=head.constant,
            quantity="the loss of " + head.constant,
            predictor=head.constant,
        ),
        floor=ReferencePoint(
            name="floor", value=min(skill.floor, skill.trivial), meaning="perfect foresight"
        ),
        references=(),
    )
    interval = f"skill {skill.estimate:.1%}, 95% interval {skill.low:.1%} to {skill.high:.1%}"
    verdict = {
        "better": "",
        "no better": "; no better than a trivial predictor",
        "undecided": "; too little was seen to tell it from a trivial predictor",
    }[skill.learning]
    if skill.learning != "better":
        shown = f"{number(skill.loss)} {unit}".strip()
        return f"{place}: {shown} where {head.constant} gets {number(skill.trivial)} ({interval}){verdict}"
    return f"{place}: {scale.place(skill.loss).sentence} ({interval})"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
