"""Run a study: whole blocks of trials up to the next look, until every contrast is decided or the seeds are spent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steelyard.errors import InputError, TrialError
from steelyard.stats.decide import weigh_contrasts
from steelyard.stats.plan import LookPlan, open_ended, planned_looks
from steelyard.stats.verdict import PairedOutcomes, Verdict
from steelyard.study.assemble import assemble
from steelyard.study.design import Configuration, distinct
from steelyard.study.engine import Backend, Engine, WorkerDiedError, available_cores
from steelyard.study.fingerprint import function_content
from steelyard.study.outcomes import paired_outcomes, place
from steelyard.study.portable import portable
from steelyard.study.progress import Progress, make_progress
from steelyard.study.result import Look, StudyResult
from steelyard.study.sources import StaleCodeError, digests
from steelyard.study.store import Store, open_store
from steelyard.study.trial import TrialRecord, TrialSpec
from steelyard.study.worker import Job, measure, run_named

if TYPE_CHECKING:
    from steelyard.study.study import Study
    from steelyard.weigh.scale import Scale

_WAIT_S = 0.2
_LONGEST_WAIT_S = 5.0


def run_study(
    study: Study,
    *,
    store: Store | str | Path,
    workers: int | None,
    backend: Backend,
    scheduler: str | None,
    threads: int,
    retry_failed: bool,
    progress: bool | None,
    on_trial: Callable[[TrialRecord], None] | None,
    scale: Scale | None,
    data: Mapping[str, str],
    command: str,
    notes: tuple[str, ...],
) -> StudyResult:
    """Run a study and return its result; see `Study.run`."""
    started_at, start = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    content = function_content(study.trial)
    if content.key != study.code_key:
        raise InputError(
            "the trial function and all it uses must be as they were when the study was built, but something was defined or "
            "changed since; build the Study last, and keep caches out of global variables (functools.cache may be used)"
        )
    workers = available_cores() if workers is None else workers
    engine = Engine(workers=workers, backend=backend, threads=threads, scheduler=scheduler)
    job = Job(
        trial=portable(study.trial, modules=content.modules, same_path=engine.same_path),
        sources={} if engine.in_this_process else digests(content.modules),
        takes_run=study.takes_run,
        parameters=study.parameters,
        metric=study.metric,
        threads=threads,
        retry_failed=retry_failed,
    )
    opened = open_store(store) if isinstance(store, str | Path) else store
    kept = opened.add_study(study.key, description=study.describe())
    with engine, make_progress(progress, study=study) as shown:
        runner = _Runner(
            study=study,
            store=opened,
            engine=engine,
            job=job,
            workers=workers,
            progress=shown,
            on_trial=on_trial,
        )
        try:
            runner.run()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"{runner.count_ended()} of this study's trials have ended.") from None
    return assemble(
        study,
        results=runner.results,
        seeds=runner.seeds,
        verdicts=runner.verdicts,
        looks=tuple(runner.looks),
        plan=runner.plan_in_words,
        reproducible=runner.reproducible,
        reused=runner.reused,
        scale=scale,
        data=data,
        command=command,
        notes=(*notes, *_changed_margin(study, kept), *runner.notes),
        started_at=started_at,
        duration_s=time.perf_counter() - start,
    )


@dataclass(kw_only=True)
class _Runner:
    """The state of a running study."""

    study: Study
    store: Store
    engine: Engine
    job: Job
    workers: int
    progress: Progress
    on_trial: Callable[[TrialRecord], None] | None = None
    results: dict[Any, TrialRecord] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    looks: list[Look] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ran: set[str] = field(default_factory=set)
    reproducible: bool | None = None
    plan_in_words: str = ""
    spent: int = 0
    """Seeds seen at the last look."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """Return the seeds that the verdicts rest on."""
        return tuple(range(self.study.seed, self.study.seed + self.spent))

    @property
    def reused(self) -> int:
        """Return how many of the trials used were in the store before."""
        return sum(record.spec.key not in self.ran for record in self.results.values())

    def run(self) -> None:
        """Go through the plan that the study was begun with, then, if there are seeds left, through its extension."""
        family = len(self.study.contrasts)
        noted = (self.store.study(self.study.key) or {}).get("notes", {}).get("plan")
        first_most = int(noted["max_pairs"]) if noted else self.study.max_pairs
        plan = planned_looks(first_most, contrasts=family, alpha=self.study.alpha)
        if self.study.max_pairs < plan.looks[0]:
            raise InputError(
                f"`max_pairs` must reach the first look of the plan that this study was begun with ({plan.looks[0]} pairs), but got "
                f"{self.study.max_pairs}; give at least {plan.looks[0]}, or another store"
            )
        if not noted:
            self.store.note_study(
                self.study.key, name="plan", value={"max_pairs": first_most, "looks": list(plan.looks)}
            )
        self._follow(plan)
        self.plan_in_words = plan.describe()
        if self.study.max_pairs > first_most and not self._decided():
            extension = open_ended(
                start=first_most, max_pairs=self.study.max_pairs, contrasts=family, alpha=self.study.alpha
            )
            self._follow(extension)
            self.plan_in_words = f"{plan.describe()}; then extended: {extension.describe()}"
            self.notes.append(
                f"this study was planned for at most {first_most} pairs and was extended when those had not decided: later "
                f"decisions rest on always-valid intervals, and the chance of a false verdict is at most {2 * self.study.alpha:.0%} "
                f"instead of {self.study.alpha:.0%}"
            )
        elif self.study.max_pairs < first_most and not self._decided():
            self.notes.append(
                f"this study was begun with a plan of at most {first_most} pairs, which holds; it was stopped at "
                f"{self.spent}"
            )

    def _follow(self, plan: LookPlan) -> None:
        for position, look in enumerate(plan.looks):
            if look > self.study.max_pairs:
                return
            coming = [each for each in plan.looks[position:] if each <= self.study.max_pairs]
            self._have(look, ahead=coming)
            self._look(look, plan)
            if self._decided():
                return

    def _look(self, look: int, plan: LookPlan) -> None:
        self.spent = look
        decided = {verdict.contrast: verdict for verdict in self.verdicts if verdict.decided}
        outcomes: list[PairedOutcomes] = []
        for planned in self.study.contrasts:
            seeds = self.seeds
            if planned.contrast in decided:
                seeds = ()
            outcomes.append(
                paired_outcomes(planned, results=self.results, seeds=seeds, metric=self.study.metric)
            )
        self.verdicts = weigh_contrasts(
            outcomes,
            metric=self.study.metric,
            direction=self.study.direction,
            margin=self.study.margin,
            plan=plan,
            earlier=self.verdicts,
        )
        self.looks.append(Look(pairs=look, verdicts=self.verdicts))
        self.progress.looked(look, self.verdicts)

    def _decided(self) -> bool:
        return bool(self.verdicts) and all(verdict.decided for verdict in self.verdicts)

    def _open_configurations(self) -> tuple[Configuration, ...]:
        decided = {verdict.contrast for verdict in self.verdicts if verdict.decided}
        return distinct([planned for planned in self.study.contrasts if planned.contrast not in decided])

    def _have(self, look: int, *, ahead: Sequence[int]) -> None:
        """Make sure that every open configuration has ended on the first `look` seeds.

        Blocks of the next looks are run along where workers would stand idle; verdicts don't see them before their look.
        """
        configurations = self._open_configurations()
        wanted = self._specs(configurations, look)
        missing = self._take_known(wanted)
        if missing:
            further = next(
                (
                    each
                    for each in ahead
                    if each >= look + _blocks_ahead(len(missing), len(configurations), self.workers)
                ),
                ahead[-1],
            )
            extra = [
                spec
                for spec in self._specs(configurations, further)
                if spec.key not in {each.key for each in wanted}
            ]
            done = self.store.done([spec.key for spec in extra])
            self._run([*missing, *(spec for spec in extra if spec.key not in done)], needed=missing)
            self._take_known(wanted)
        if self.spent == 0:
            self._check_first_block(configurations)
            self._check_reproducible(configurations[0])

    def _specs(self, configurations: Sequence[Configuration], seeds: int) -> list[TrialSpec]:
        first = self.study.seed
        return [
            self.study.spec(each, seed) for seed in range(first, first + seeds) for each in configurations
        ]

    def _take_known(self, specs: Sequence[TrialSpec]) -> list[TrialSpec]:
        """Read those that the store has; return the others."""
        unread = [spec for spec in specs if place(spec.configuration, spec.seed) not in self.results]
        done = self.store.done([spec.key for spec in unread])
        missing = []
        for spec in unread:
            record = self.store.trial(spec.key) if spec.key in done else None
            again = (
                record is not None
                and record.status == "failed"
                and self.job.retry_failed
                and spec.key not in self.ran
            )
            if record is None or again:
                missing.append(spec)
            else:
                self.results[place(spec.configuration, spec.seed)] = record
        return missing

    def _run(self, specs: Sequence[TrialSpec], *, needed: Sequence[TrialSpec]) -> None:
        """Run trials here, and wait for those that another process is running; a worker that dies is forgiven once."""
        self.progress.expect(len(specs))
        waiting, left, deaths, stale = _WAIT_S, list(specs), 0, False
        while left:
            settled: set[str] = set()
            try:
                for key, outcome in self.engine.map(
                    run_named, [(self.job, spec, self.store) for spec in left]
                ):
                    if outcome == "busy":
                        continue
                    settled.add(key)
                    if outcome != "done":
                        self.ran.add(key)
                        self._tell(key)
                    self.progress.ended(failed=outcome == "failed")
            except StaleCodeError:
                if stale:
                    raise
                stale = True  # older workers end with the error; new ones load the code anew
                continue
            except WorkerDiedError as error:
                deaths += 1
                ended = self._ended(left)
                still = [spec for spec in left if spec.key not in ended]
                if deaths > 1 and still:
                    spec = still[0]
                    raise TrialError(
                        f"a trial must survive, but workers died twice, lastly with {dict(spec.configuration)} on seed {spec.seed} "
                        f"unfinished; {error}"
                    ) from error
                self.ran.update(ended - settled)
                settled.update(ended)
            left = [spec for spec in left if spec.key not in settled]
            if left and not settled:
                must = {spec.key for spec in needed}
                left = [
                    spec for spec in left if spec.key in must
                ]  # what isn't needed yet may stay with its owner
                self.progress.waiting(len(left))
                time.sleep(waiting)
                waiting = min(waiting * 2, _LONGEST_WAIT_S)

    def _tell(self, key: str) -> None:
        if self.on_trial is not None and (record := self.store.trial(key)) is not None:
            self.on_trial(record)

    def count_ended(self) -> int:
        """Return how many trials of the study the store has."""
        everything = self._specs(distinct(self.study.contrasts), self.study.max_pairs)
        return len(self.store.done([spec.key for spec in everything]))

    def _ended(self, specs: Sequence[TrialSpec]) -> set[str]:
        """Return the keys of trials that need no run any more; one that failed does where failed ones are run again."""
        done = self.store.done([spec.key for spec in specs])
        if not self.job.retry_failed:
            return done
        records = [self.store.trial(key) for key in sorted(done)]
        return {record.spec.key for record in records if record is not None and record.status == "finished"}

    def _check_first_block(self, configurations: Sequence[Configuration]) -> None:
        first = [self.results[place(each, self.study.seed)] for each in configurations]
        if all(record.status == "failed" for record in first):
            last_line = first[0].error.splitlines()[-1] if first[0].error else "no error text"
            raise TrialError(
                f"at least one trial of the first seed must finish, but all {len(first)} failed: {last_line} (configuration "
                f"{dict(first[0].spec.configuration)}, seed {self.study.seed}); mend the trial function, or run with retry_failed "
                "if the cause lay outside it"
            )

    def _check_reproducible(self, configuration: Configuration) -> None:
        """Run the first trial again, once per study, and compare every metric exactly."""
        notes = (self.store.study(self.study.key) or {}).get("notes", {})
        if "reproducible" in notes:
            self.reproducible = notes["reproducible"]
        else:
            first = self.results[place(configuration, self.study.seed)]
            if first.status == "finished":
                self.progress.expect(1)
                [again] = self.engine.map(measure, [(self.job, first.spec)])
                self.progress.ended(failed=False)
                same = _bits(again) == _bits(first)
                if not same and again.environment != first.environment:
                    return  # kept from another machine, version or number of threads: says nothing about the seed
                self.reproducible = same
                self.store.note_study(self.study.key, name="reproducible", value=self.reproducible)
        if self.reproducible is False:
            self.notes.append(
                "the same seed gave different results when run twice: pairs share less than they could, and nobody can reproduce "
                "these numbers exactly; look for randomness that doesn't come from `seed`"
            )


def _bits(record: TrialRecord) -> list[tuple[str, str]]:
    return sorted((name, repr(value)) for name, value in record.metrics.items())  # nan prints like nan


def _blocks_ahead(missing: int, block: int, workers: int) -> int:
    """Return how many blocks more to start so that fewer workers stand idle while the last trials of this look run."""
    if block == 0:
        return 0

    def idle(extra: int) -> float:
        trials = missing + extra * block
        return -(-trials // workers) * workers / trials - 1 + 0.1 * extra

    return min(range(max(1, -(-workers // block)) + 2), key=idle)


def _changed_margin(study: Study, kept: Mapping[str, Any]) -> tuple[str, ...]:
    before = kept.get("margin")
    if before is None or before == study.margin:
        return ()
    note = (
        f"this study was first run with a margin of {before:g} and is weighed here with {study.margin:g}: a margin chosen after "
        "seeing the differences makes the stated error rates too low"
    )
    return (note,)
