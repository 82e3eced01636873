"""A trial: one configuration run on one seed, and the record that is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TrialStatus = Literal["finished", "failed"]
LevelValue = str | int | float | bool
"""What a factor's level may be: something that prints, compares and is kept as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSpec:
    """What identifies a trial before it has run.

    Args:
        key: content key (hex SHA-256) of trial function, fixed parameters, configuration, seed, data and
            package version; equal keys mean equal results.
        study_key: content key of the study (everything above except configuration and seed).
        configuration: factor name -> level.
        seed: the block.
    """

    key: str
    study_key: str
    configuration: Mapping[str, LevelValue]
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A series logged during a trial: `values[i]` was seen at `steps[i]` (steps, epochs, days: say so in the name)."""

    steps: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRecord:
    """What is kept of a trial that ended; failed ones are outcomes too.

    Args:
        spec: what was run.
        status: `finished` or `failed` (an exception, or a metric that isn't finite).
        metrics: metric name -> value; empty when an exception ended the trial.
        curves: name -> series.
        scores: name -> per-example scores, shape (examples,), in the order of the test examples.
        tables: name -> column name -> values (all of one length), for a report to show.
        findings: what `watch` found, as JSON values.
        error: what went wrong, `""` when finished.
        environment: versions, processor, threads.
        started_at: ISO 8601, UTC.
        duration_s: wall time.
    """

    spec: TrialSpec
    status: TrialStatus
    metrics: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    scores: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, tuple[float | str, ...]]] = field(default_factory=dict)
    findings: tuple[Mapping[str, object], ...] = ()
    error: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    started_at: str
    duration_s: float
