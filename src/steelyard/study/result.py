"""What a study came to: verdicts, the trials behind them, and how it was measured."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from steelyard.stats.verdict import Direction, Verdict
from steelyard.study.trial import LevelValue, TrialRecord
from steelyard.weigh.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The state of every contrast at one planned look, to draw how the interval narrowed."""

    pairs: int
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResult:
    """The answer to a question, ready to be shown: a report formats this and computes nothing.

    Args:
        name: the question's name (`rare-events.heads`) or a slug of the study's question.
        question: the question in words.
        metric: the metric decided on; `direction` says which way it improves; `unit` of the metric, "" if none.
        margin: smallest difference that would change what one does; `margin_reason` says why that one.
        factors: factor name -> levels, the reference first.
        verdicts: one a contrast, as of the last look.
        secondary: verdicts on other metrics, for information: not part of the family, never used to stop.
        looks: the verdicts at each look, in order.
        trials: every ended trial.
        level_means: mean metric by (factor, level) over the seeds that all levels finished.
        scale: what the metric's numbers mean, or None.
        plan: how looks and error rates were planned, in words.
        reproducible: the same seed gave the same bits when run twice; None when not checked.
        variance: share of the variance of each contrast's mean due to seeds and to test examples, where per-example
            scores were kept: contrast -> {"seeds": share, "examples": share, "interval": [lo, hi]}.
        data: what was the data (source, rows, fingerprint).
        command: the command or call that reproduces the result.
        environment: versions, processor, threads.
        started_at: ISO 8601 UTC; `duration_s`: wall time of this run; `reused`: trials found in the store.
        notes: what to know before trusting the result, each a sentence.
    """

    name: str
    question: str
    metric: str
    direction: Direction
    unit: str = ""
    margin: float
    margin_reason: str = ""
    factors: Mapping[str, tuple[LevelValue, ...]]
    verdicts: tuple[Verdict, ...]
    secondary: tuple[Verdict, ...] = ()
    looks: tuple[Look, ...] = ()
    trials: tuple[TrialRecord, ...]
    level_means: Mapping[tuple[str, str], float] = field(default_factory=dict)
    scale: Scale | None = None
    plan: str
    reproducible: bool | None = None
    variance: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    command: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    started_at: str
    duration_s: float
    reused: int = 0
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """Show the result in a notebook: the question, each verdict's sentence and numbers, the notes."""
        heads = "".join(
            f'<th style="text-align:left">{head}</th>'
            for head in ("contrast", "decision", "verdict", "pairs", "failed")
        )
        rows = "".join(
            f'<tr><td style="text-align:left">{html.escape(str(verdict.contrast))}</td>'
            f'<td style="text-align:left"><strong>{html.escape(verdict.decision)}</strong></td>'
            f'<td style="text-align:left">{html.escape(verdict.sentence)}'
            f"{''.join(f'<br><small>{html.escape(warning)}</small>' for warning in verdict.warnings)}</td>"
            f"<td>{verdict.pairs}</td><td>{verdict.failed}</td></tr>"
            for verdict in self.verdicts
        )
        about = (
            f"{self.metric}{f' ({self.unit})' if self.unit else ''}, {self.direction} is better; margin {self.margin:g}; "
            f"{len(self.trials)} trials"
        )
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<div><strong>{html.escape(self.question or self.name)}</strong><br><small>{html.escape(about)}</small>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{f'<ul>{notes}</ul>' if notes else ''}</div>"
        )
