"""The contract of a store: every trial kept once, claimed by one process at a time, never half written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from steelyard.study.trial import TrialRecord, TrialSpec

ClaimOutcome = Literal["claimed", "done", "busy"]


class Store(Protocol):
    """Where studies and trials are kept.

    A store object may be pickled (its URL travels, its connections don't) and used from several processes and
    threads. Every method that writes does so in one transaction: after `kill -9` at any moment a trial is either
    there whole or not at all.

    Raises (all methods):
        StoreError: the database can't be reached, is not a Steelyard store, is damaged, or was written by a newer
            version. It is left as it was.
    """

    url: str

    def add_study(self, study_key: str, *, description: Mapping[str, Any]) -> Mapping[str, Any]:
        """Register a study if it is new and return the stored description (the first one registered wins).

        Args:
            study_key: content key of the study.
            description: JSON values: question, factors, metric, direction, margin, plan, ...
        """

    def note_study(self, study_key: str, *, name: str, value: Any) -> None:
        """Keep a JSON value beside a study under a name (e.g. `reproducible`), replacing an earlier one.

        Raises:
            StoreError: the study is not registered.
        """

    def study(self, study_key: str) -> Mapping[str, Any] | None:
        """Return `{"description": ..., "notes": {name: value}, "created_at": ...}`, or None."""

    def studies(self) -> list[Mapping[str, Any]]:
        """Return every study, newest first: `study_key`, `description`, `notes`, `created_at`, `trials` (count)."""

    def claim(self, spec: TrialSpec, *, retry_failed: bool = False) -> ClaimOutcome:
        """Try to become the one that runs a trial.

        Returns:
            `claimed` (run it; then `finish` or `release`), `done` (it is in the store already) or `busy` (another live
            process has it). A claim whose process died is taken over: at once when it was on this machine, after
            the lease ran out otherwise.
        """

    def renew(self, keys: Iterable[str]) -> None:
        """Extend this process's claims; called more often than the lease lasts while trials run."""

    def release(self, keys: Iterable[str]) -> None:
        """Give up this process's claims on trials that were not finished."""

    def finish(self, record: TrialRecord) -> None:
        """Keep a trial that ended and drop its claim, in one transaction.

        A second record of a key is ignored, except after this process claimed a failed trial with `retry_failed`:
        then it replaces the failed one.
        """

    def trial(self, key: str) -> TrialRecord | None:
        """Return the record of one trial, whole, or None."""

    def trials(self, study_key: str, *, heavy: bool = True) -> list[TrialRecord]:
        """Return the ended trials of a study by seed, then configuration; without curves/scores/tables if not `heavy`."""

    def done(self, keys: Sequence[str]) -> set[str]:
        """Return those of the keys whose trials have ended."""

    def close(self) -> None:
        """Close connections; the store object stays usable and reconnects."""
