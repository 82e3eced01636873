"""A study: a question, the factors that could answer it, and the trial function that measures."""

from __future__ import annotations

import html
import inspect
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steelyard import __version__
from steelyard.errors import InputError
from steelyard.stats.verdict import Direction
from steelyard.study.design import (
    Configuration,
    Design,
    PlannedContrast,
    check_not_confounded,
    plan_contrasts,
)
from steelyard.study.factor import Factor, as_factors
from steelyard.study.fingerprint import digest, function_fingerprint
from steelyard.study.trial import LevelValue, TrialRecord, TrialSpec

if TYPE_CHECKING:
    from steelyard.study.engine import Backend
    from steelyard.study.result import StudyResult
    from steelyard.study.store import Store
    from steelyard.weigh.scale import Scale

DEFAULT_STORE = Path("steelyard-results") / "store.db"


@dataclass(frozen=True, slots=True, init=False)
class Study:
    """A question about a choice, to be answered by running every level of each factor on the same seeds.

    Args:
        question: the question in words.
        trial: `trial(seed=..., **levels, **parameters) -> dict[str, float]`; with a parameter named `run` it is handed a `Run`.
            Everything random in it must come from `seed`.
        factors: name -> levels, the reference first.
        metric: the metric that decides; the trial returns it.
        margin: smallest difference in the metric that would change what one does, > 0.
        direction: `lower` or `higher` is better.
        name: short name, for files and lists.
        unit: unit of the metric.
        parameters: fixed keyword arguments of the trial, JSON values.
        data_fingerprint: content hash of the data that the trial reads, if it reads any.
        secondary: further metrics to show, name -> direction; never used to decide.
        max_pairs: most seeds to spend.
        seed: the first seed; block i runs on `seed + i`.
        margin_reason: why a smaller difference would not matter.
        design: `one-at-a-time` or `factorial`, see `plan_contrasts`.
        alpha: error rate of each kind, over all looks and contrasts.
        score_block: neighbouring test examples that depend on each other, joined when variance is split (days of a series).

    Raises:
        InputError: a margin that isn't positive, a factor that the trial doesn't take, parameters that aren't JSON, ...

    Example:
        >>> def trial(seed, depth):
        ...     return {"loss": 1 / depth + 0.01 * (seed % 3)}
        >>> study = Study("Does depth help?", trial=trial, factors={"depth": [1, 2]}, metric="loss", margin=0.1)
        >>> [str(each.contrast) for each in study.contrasts]
        ['depth: 2 against 1']
    """

    question: str
    trial: Callable[..., Any] = field(repr=False)
    factors: tuple[Factor, ...]
    metric: str
    margin: float
    direction: Direction
    name: str
    unit: str
    parameters: Mapping[str, Any]
    data_fingerprint: str
    secondary: Mapping[str, Direction]
    max_pairs: int
    seed: int
    margin_reason: str
    design: Design
    alpha: float
    score_block: int
    contrasts: tuple[PlannedContrast, ...] = field(repr=False)
    code_key: str = field(repr=False)

    def __init__(
        self,
        question: str,
        *,
        trial: Callable[..., Any],
        factors: Mapping[str, Sequence[LevelValue]] | Sequence[Factor],
        metric: str,
        margin: float,
        direction: Direction = "lower",
        name: str = "",
        unit: str = "",
        parameters: Mapping[str, Any] | None = None,
        data_fingerprint: str = "",
        secondary: Mapping[str, Direction] | None = None,
        max_pairs: int = 20,
        seed: int = 0,
        margin_reason: str = "",
        design: Design = "one-at-a-time",
        alpha: float = 0.05,
        score_block: int = 1,
    ) -> None:
        keep = object.__setattr__
        keep(self, "question", question)
        keep(self, "trial", trial)
        keep(self, "factors", as_factors(factors))
        keep(self, "metric", metric)
        keep(self, "margin", _positive(margin))
        keep(self, "direction", _one_of(direction, ("lower", "higher"), name="direction"))
        keep(self, "name", name or "study")
        keep(self, "unit", unit)
        keep(self, "parameters", _json(parameters or {}))
        keep(self, "data_fingerprint", data_fingerprint)
        keep(self, "secondary", _secondary(secondary or {}, metric=metric))
        keep(self, "max_pairs", _at_least(max_pairs, 2, name="max_pairs"))
        keep(self, "seed", _at_least(seed, 0, name="seed"))
        keep(self, "margin_reason", margin_reason)
        keep(self, "design", _one_of(design, ("one-at-a-time", "factorial"), name="design"))
        if not 0 < alpha < 0.5:
            raise InputError(f"`alpha` must lie between 0 and 0.5, but got {alpha}; 0.05 is usual")
        keep(self, "alpha", alpha)
        keep(self, "score_block", _at_least(score_block, 1, name="score_block"))
        self._check_trial()
        keep(self, "contrasts", plan_contrasts(self.factors, design=self.design))
        keep(self, "code_key", function_fingerprint(trial))

    @property
    def takes_run(self) -> bool:
        """Say whether the trial function wants a `Run`."""
        return "run" in inspect.signature(self.trial).parameters

    @property
    def key(self) -> str:
        """Return the content key of the study.

        Margin and maximum are not part of it: changing them asks the same trials, and is noticed as a change of plan.
        """
        factors = [
            [factor.name, [[type(level).__name__, str(level)] for level in factor.levels]]
            for factor in self.factors
        ]
        return digest(
            json.dumps(
                [self._base_key(), factors, self.metric, self.direction, self.design, self.alpha, self.seed],
                sort_keys=True,
            )
        )

    def spec(self, configuration: Configuration, seed: int) -> TrialSpec:
        """Return what identifies one trial: function, parameters, data, package version, configuration and seed.

        It does not depend on the study's other levels, its metric, margin or maximum, so trials are shared by studies
        that ask other things of them.
        """
        levels = [[name, type(level).__name__, str(level)] for name, level in sorted(configuration.items())]
        key = digest(json.dumps([self._base_key(), levels, seed], sort_keys=True))
        return TrialSpec(key=key, study_key=self.key, configuration=dict(configuration), seed=seed)

    def describe(self) -> dict[str, Any]:
        """Return the study as JSON values, for the store."""
        return {
            "name": self.name,
            "question": self.question,
            "factors": {factor.name: list(factor.levels) for factor in self.factors},
            "metric": self.metric,
            "direction": self.direction,
            "unit": self.unit,
            "margin": self.margin,
            "max_pairs": self.max_pairs,
            "alpha": self.alpha,
            "design": self.design,
            "seed": self.seed,
            "parameters": dict(self.parameters),
            "data_fingerprint": self.data_fingerprint,
            "version": __version__,
        }

    def check_comparable(self, first: Configuration, second: Configuration, *, factor: str) -> None:
        """Refuse two configurations that differ in anything but the named factor.

        Raises:
            ConfoundedError: they differ in more, or not at all.
            InputError: a factor that the study doesn't have.
        """
        names = [each.name for each in self.factors]
        for configuration in (first, second):
            if sorted(configuration) != sorted(names):
                raise InputError(
                    f"a configuration must give a level of each of {names}, but got {dict(configuration)}"
                )
        check_not_confounded(first, second, factor=factor)

    def run(
        self,
        *,
        store: Store | str | Path = DEFAULT_STORE,
        workers: int | None = None,
        backend: Backend = "loky",
        scheduler: str | None = None,
        threads: int = 1,
        retry_failed: bool = False,
        progress: bool | None = None,
        on_trial: Callable[[TrialRecord], None] | None = None,
        scale: Scale | None = None,
        data: Mapping[str, str] | None = None,
        command: str = "",
        notes: Sequence[str] = (),
    ) -> StudyResult:
        """Run trials until every contrast is decided or the seeds are spent, and return the answer.

        Finished trials are kept in the store and never run again; a stopped study goes on where it was.

        Args:
            store: an open store, a path or a URL.
            workers: trials at a time; default the processor cores. The answer doesn't depend on it.
            backend: `loky` (processes here), `dask` or `ray`.
            scheduler: address of a Dask scheduler.
            threads: processor threads a trial. Another number may give other bits.
            retry_failed: run failed trials again.
            progress: show progress on stderr; default when it is a terminal.
            on_trial: called in this process with each trial that was run, as it ends.
            scale: what the metric's numbers mean.
            data: what the data are, for the report.
            command: the command that reproduces this, for the report.
            notes: what to know before trusting the answer.

        Raises:
            InputError: what the trial function uses has changed since the study was built, can't travel to workers, or isn't
                what its file says; a maximum below the first look.
            TrialError: every trial of the first seed failed, or workers keep dying.
            StoreError: the store can't be used.
            KeyboardInterrupt: stopped; what had finished is kept.
        """
        from steelyard.study.runner import run_study  # noqa: PLC0415 - loads what only running needs

        return run_study(
            self,
            store=store,
            workers=workers,
            backend=backend,
            scheduler=scheduler,
            threads=threads,
            retry_failed=retry_failed,
            progress=progress,
            on_trial=on_trial,
            scale=scale,
            data=data or {},
            command=command,
            notes=tuple(notes),
        )

    def _base_key(self) -> list[Any]:
        return [
            self.code_key,
            json.dumps(dict(self.parameters), sort_keys=True),
            self.data_fingerprint,
            __version__,
        ]

    def _check_trial(self) -> None:
        if not callable(self.trial):
            raise InputError(f"`trial` must be a function, but got {self.trial!r}")
        accepted = inspect.signature(self.trial).parameters
        unnamed = [name for name, each in accepted.items() if each.kind is inspect.Parameter.POSITIONAL_ONLY]
        if unnamed:
            raise InputError(
                f"arguments of the trial function must be given by name, but `{unnamed[0]}` can't be; remove the `/`"
            )
        anything = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in accepted.values())
        wanted = ["seed", *(factor.name for factor in self.factors), *self.parameters]
        doubled = sorted({name for name in wanted if wanted.count(name) > 1} | ({"run"} & set(wanted)))
        if doubled:
            raise InputError(
                f"factors and parameters must have names of their own, but `{doubled[0]}` is taken"
            )
        missing = [name for name in wanted if name not in accepted and not anything]
        if missing:
            raise InputError(
                f"the trial function must take `{missing[0]}`, but takes ({', '.join(accepted)}); add it as an argument"
            )
        given = {*wanted, "run"}
        unfilled = [
            name
            for name, each in accepted.items()
            if name not in given
            and each.default is inspect.Parameter.empty
            and each.kind not in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        ]
        if unfilled:
            raise InputError(
                f"every argument of the trial function must be given, but nothing gives `{unfilled[0]}`; make it a factor, a "
                "parameter (`parameters={...}`), or give it a default"
            )

    def _repr_html_(self) -> str:
        """Show the study in a notebook."""
        rows = "".join(
            f"<tr><td>{html.escape(factor.name)}</td><td>{html.escape(', '.join(map(str, factor.levels)))}</td></tr>"
            for factor in self.factors
        )
        return (
            f"<div><strong>{html.escape(self.question)}</strong><table><thead><tr><th>factor</th><th>levels, the reference first"
            f"</th></tr></thead><tbody>{rows}</tbody></table><small>{html.escape(self.metric)}, {self.direction} is better; margin "
            f"{self.margin:g} {html.escape(self.unit)}; at most {self.max_pairs} pairs</small></div>"
        )


def _secondary(secondary: Mapping[str, Direction], *, metric: str) -> dict[str, Direction]:
    for name, direction in secondary.items():
        _one_of(direction, ("lower", "higher"), name=f"secondary[{name!r}]")
    if metric in secondary:
        raise InputError(f"`secondary` must name other metrics than the one that decides, but got {metric!r}")
    return dict(secondary)


def _positive(margin: float) -> float:
    try:
        value = float(margin)
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise InputError(
            f"`margin` must be a positive number, but got {margin!r}; give the smallest difference that would change what you do"
        )
    return value


def _at_least(value: object, least: int, *, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError(f"`{name}` must be a whole number of at least {least}, but got {value!r}")
    return value


def _one_of(value: str, allowed: Sequence[str], *, name: str) -> str:
    if value not in allowed:
        raise InputError(f"`{name}` must be one of {list(allowed)}, but got {value!r}")
    return value


def _json(parameters: Mapping[str, Any]) -> dict[str, Any]:
    try:
        kept = json.loads(json.dumps(dict(parameters), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`parameters` must be JSON values, but got {dict(parameters)!r} ({error}); pass what a value is made from instead"
        ) from error
    return dict(kept)
