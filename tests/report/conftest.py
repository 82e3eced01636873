"""A synthetic study: three losses on eight seeds, one of which failed, with curves, reliability and a scale."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from steelyard.report.charts.figure import Figure
from steelyard.report.specification import specification
from steelyard.stats.verdict import Contrast, Decision, Verdict
from steelyard.study.result import Look, StudyResult
from steelyard.study.trial import Curve, TrialRecord, TrialSpec
from steelyard.weigh.scale import ReferencePoint, Scale

LEVELS = ("mse", "hurdle", "focal")
SEEDS = tuple(range(8))
CENTRES = {"mse": 0.412, "hurdle": 0.391, "focal": 0.4135}
FAILED = ("focal", 5)


def verdict(
    differences: tuple[float, ...],
    *,
    level: str = "hurdle",
    reference: str = "mse",
    factor: str = "loss",
    metric: str = "log_score",
    decision: Decision | None = None,
    seeds: tuple[int, ...] | None = None,
    failed_reference: tuple[int, ...] = (),
    failed_level: tuple[int, ...] = (),
    margin: float = 0.01,
    warnings: tuple[str, ...] = (),
) -> Verdict:
    """A plausible verdict: real intervals would do as well, but these need no statistics."""
    n = len(differences)
    mean = float(np.mean(differences)) if n else math.nan
    half = 3.5 * float(np.std(differences, ddof=1)) / math.sqrt(n) if n > 1 else (math.inf if n else math.nan)
    interval = (mean - half, mean + half)
    narrow = (mean - 0.85 * half, mean + 0.85 * half)
    if decision is None:
        decision = "undecided"
        if interval[1] < 0:
            decision = "better"
        elif interval[0] > 0:
            decision = "worse"
        elif -margin < narrow[0] and narrow[1] < margin:
            decision = "equivalent"
    return Verdict(
        contrast=Contrast(factor=factor, reference=reference, level=level),
        metric=metric,
        direction="lower",
        decision=decision,
        estimate=mean,
        interval=interval,
        equivalence_interval=narrow,
        level_two_sided=0.0122,
        level_equivalence=0.0177,
        margin=margin,
        pairs=n,
        pairs_needed=0 if decision != "undecided" else (None if n < 2 else 12),
        failed_reference=failed_reference,
        failed_level=failed_level,
        seeds=seeds if seeds is not None else tuple(range(n)),
        differences=differences,
        family=2,
        method="paired t interval at planned looks (4, 6, 8), family of 2",
        warnings=warnings,
    )


def make_trial(level: str, seed: int, *, failed: bool = False) -> TrialRecord:
    rng = np.random.default_rng([seed, LEVELS.index(level) if level in LEVELS else 9])
    shared = np.random.default_rng(seed).normal(0, 0.012)
    value = CENTRES.get(level, 0.4) + shared + rng.normal(0, 0.003)
    last = 12 if failed else 60
    steps = tuple(float(step) for step in range(0, last, 2))
    losses = tuple(value + 0.5 * math.exp(-step / 12) + rng.normal(0, 0.006) for step in steps)
    forecast = np.linspace(0.04, 0.9, 9)
    bent = np.clip(
        forecast ** {"mse": 1.4, "hurdle": 1.02, "focal": 0.8}.get(level, 1) + rng.normal(0, 0.02, 9), 0, 1
    )
    days = [f"2025-{1 + index // 28:02d}-{1 + index % 28:02d}" for index in range(112)]
    happened = np.random.default_rng(7).poisson(0.25, 112).astype(float)
    p_event = np.clip(0.15 + 0.5 * (np.roll(happened, 1) > 0) + rng.normal(0, 0.04, 112), 0.01, 0.99)
    return TrialRecord(
        spec=TrialSpec(key=f"{level}-{seed}", study_key="study", configuration={"loss": level}, seed=seed),
        status="failed" if failed else "finished",
        metrics={} if failed else {"log_score": value, "brier": value / 3},
        curves={"train_loss": Curve(steps=steps, values=losses)},
        tables={}
        if failed
        else {
            "reliability": {
                "forecast": tuple(forecast.tolist()),
                "observed": tuple(bent.tolist()),
                "count": tuple(float(c) for c in (900, 400, 210, 130, 90, 60, 40, 25, 12)),
            },
            "forecasts": {
                "ds": tuple(days),
                "y": tuple(happened.tolist()),
                "p_event": tuple(p_event.tolist()),
                "mean": tuple((1.7 * p_event).tolist()),
            },
        },
        error="FloatingPointError: loss is nan at step 12" if failed else "",
        environment={"python": "3.11.9", "torch": "2.9.0"},
        started_at="2025-11-20T09:00:00+00:00",
        duration_s=4.2 + seed / 10,
    )


def make_result() -> StudyResult:
    trials = tuple(
        make_trial(level, seed, failed=(level, seed) == FAILED) for seed in SEEDS for level in LEVELS
    )
    values = {
        (t.spec.configuration["loss"], t.spec.seed): t.metrics.get("log_score", math.nan) for t in trials
    }

    def contrast(level: str, count: int) -> Verdict:
        seeds = tuple(seed for seed in SEEDS[:count] if (level, seed) != FAILED)
        differences = tuple(values[level, seed] - values["mse", seed] for seed in seeds)
        failed = tuple(seed for seed in SEEDS[:count] if (level, seed) == FAILED)
        return verdict(
            differences,
            level=level,
            seeds=seeds,
            failed_level=failed,
            warnings=("1 of 8 seeds failed for focal; the verdict rests on the others.",) if failed else (),
        )

    kept = [seed for seed in SEEDS if seed != FAILED[1]]
    climatology = ReferencePoint(name="climatology", value=0.428, meaning="the event rate of the season")
    floor = ReferencePoint(name="floor", value=0.0, meaning="knowing every day beforehand")
    markov = ReferencePoint(name="markov", value=0.405, meaning="the event rate given yesterday")
    base = ReferencePoint(name="base rate", value=0.431, meaning="the event rate of the training period")
    verdicts = tuple(contrast(level, 8) for level in LEVELS[1:])
    return StudyResult(
        name="rare-events.loss",
        question="Which loss forecasts rare geomagnetic storms best?",
        metric="log_score",
        direction="lower",
        unit="nats per day",
        margin=0.01,
        margin_reason="a tenth of what yesterday's weather is worth",
        factors={"loss": LEVELS},
        verdicts=verdicts,
        secondary=tuple(
            replace(
                v, metric="brier", estimate=v.estimate / 3, interval=(v.interval[0] / 3, v.interval[1] / 3)
            )
            for v in verdicts
        ),
        looks=tuple(
            Look(pairs=count, verdicts=tuple(contrast(level, count) for level in LEVELS[1:]))
            for count in (4, 6, 8)
        ),
        trials=trials,
        level_means={
            ("loss", level): float(np.mean([values[level, seed] for seed in kept])) for level in LEVELS
        },
        scale=Scale(
            loss="bce",
            unit="nats per day",
            baseline=climatology,
            floor=floor,
            references=(climatology, floor, markov, base),
            notes=("The floor assumes that storms can be known beforehand; nobody can.",),
        ),
        plan="looks at 4, 6, 8, 11, 15 and 20 pairs; 5% false verdicts over all looks and 2 contrasts",
        reproducible=True,
        variance={"loss: hurdle against mse": {"seeds": 0.31, "examples": 0.69, "interval": [-0.03, -0.01]}},
        data={"source": "GFZ Kp index", "rows": "24,765 days", "period": "1957-2025"},
        command="steelyard run rare-events.loss --quick",
        environment={"python": "3.11.9", "torch": "2.9.0", "processor": "x86_64, 2 cores"},
        started_at="2025-11-20T09:00:00+00:00",
        duration_s=192.0,
        reused=6,
        notes=("The test period is one solar cycle; another may differ.",),
    )


@pytest.fixture(scope="session")
def result() -> StudyResult:
    return make_result()


def rename(result: StudyResult, names: dict[str, str]) -> StudyResult:
    """The same result under other level names."""

    def renamed(old: Verdict) -> Verdict:
        contrast = old.contrast
        return replace(
            old, contrast=replace(contrast, level=names[contrast.level], reference=names[contrast.reference])
        )

    return replace(
        result,
        factors={"loss": tuple(names[level] for level in LEVELS)},
        verdicts=tuple(map(renamed, result.verdicts)),
        secondary=tuple(map(renamed, result.secondary)),
        looks=tuple(replace(look, verdicts=tuple(map(renamed, look.verdicts))) for look in result.looks),
        trials=tuple(
            replace(t, spec=replace(t.spec, configuration={"loss": names[str(t.spec.configuration["loss"])]}))
            for t in result.trials
        ),
        level_means={(factor, names[level]): mean for (factor, level), mean in result.level_means.items()},
    )


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"


def hostile() -> StudyResult:
    result = rename(
        make_result(), {"mse": HOSTILE, "hurdle": f"h{HOSTILE}", "focal": "[red]f[/red]\x1b[2J\u2028"}
    )
    bad = make_trial("focal", 9, failed=True)
    bad = replace(
        bad,
        spec=replace(bad.spec, configuration={"loss": HOSTILE}),
        error=f"ValueError: {HOSTILE}",
        curves={HOSTILE: Curve(steps=(0.0, 1.0), values=(1.0, 2.0))},
        findings=({"code": "D01", "severity": "warning", "name": HOSTILE},),
    )
    return replace(
        result,
        name=HOSTILE,
        question=f"Does {HOSTILE} matter?",
        metric="log_score",
        unit=HOSTILE,
        margin_reason=HOSTILE,
        trials=(*result.trials, bad),
        plan=HOSTILE,
        data={HOSTILE: HOSTILE},
        environment={HOSTILE: HOSTILE},
        command=f"steelyard run {HOSTILE}",
        notes=(HOSTILE, "a lone surrogate \ud800"),
        variance={HOSTILE: {"seeds": math.nan, "examples": HOSTILE}},
    )


def _many() -> StudyResult:
    result = make_result()
    levels = tuple(f"level {index}" for index in range(13))
    spread = (0.0, 0.002, -0.003, 0.001, -0.001, 0.0025)
    shift = {2: -0.02, 3: -0.02, 4: 0.03}
    verdicts = tuple(
        verdict(
            tuple(shift.get(i, 0.0) + (1 + 4 * (i > 8)) * d for d in spread),
            level=levels[i],
            reference=levels[0],
        )
        for i in range(1, 13)
    )
    looks = tuple(Look(pairs=6, verdicts=verdicts) for _ in range(2))
    return replace(
        result, factors={"loss": levels}, verdicts=verdicts, looks=looks, level_means={}, secondary=()
    )


def _two_factors() -> StudyResult:
    result = make_result()
    trials = tuple(
        replace(
            t,
            spec=replace(
                t.spec,
                key=f"{t.spec.key}-{heads}",
                configuration={"loss": t.spec.configuration["loss"], "heads": heads},
            ),
        )
        for t in result.trials
        for heads in (1, 2)
    )
    other = verdict((0.001, 0.002, -0.001, 0.0), factor="heads", reference="1", level="2")
    return replace(
        result,
        factors={"loss": LEVELS, "heads": (1, 2)},
        trials=trials,
        verdicts=(*result.verdicts, other),
        level_means={**result.level_means, ("heads", "1"): 0.41, ("heads", "2"): 0.42},
    )


def _all_failed() -> StudyResult:
    result = make_result()
    gone = verdict((), failed_level=SEEDS, failed_reference=SEEDS, seeds=())
    trials = tuple(make_trial(level, seed, failed=True) for level in LEVELS for seed in SEEDS)
    trials = tuple(replace(t, curves={}, error="") for t in trials)
    means = dict.fromkeys(result.level_means, math.nan)
    return replace(
        result, verdicts=(gone,), looks=(), trials=trials, level_means=means, secondary=(), variance={}
    )


def _infinite() -> StudyResult:
    result = make_result()
    one = verdict((0.002,))
    first, *rest = result.trials
    odd = replace(
        first,
        metrics={"log_score": math.inf},
        curves={"train_loss": Curve(steps=(0.0, 1.0, 2.0), values=(math.nan, math.inf, 1.0))},
        tables={
            "reliability": {"forecast": (math.nan, 0.2), "observed": (0.1, math.inf)},
            "forecasts": {"ds": ("2025-01-01",), "y": (math.nan,), "p_event": (math.inf,), "mean": ("none",)},
        },
        duration_s=math.nan,
    )
    looks = (Look(pairs=1, verdicts=(one,)), *result.looks)
    return replace(result, verdicts=(one, verdict(())), looks=looks, trials=(odd, *rest), duration_s=math.inf)


def _empty_curves() -> StudyResult:
    result = make_result()
    none = {"train_loss": Curve(steps=(), values=())}
    trials = tuple(
        replace(t, curves=none, tables={"reliability": {}, "forecasts": {"x": (1.0,)}}) for t in result.trials
    )
    return replace(result, trials=trials, scale=None)


def _numbered_days() -> StudyResult:
    result = make_result()
    tables = {"forecasts": {"ds": (1.0, 2.0, 10.0), "y": (0.0, 3.0, 0.0), "p_event": (0.1, 0.9, 0.2)}}
    return replace(result, trials=tuple(replace(t, tables=tables) for t in result.trials))


ODD = {
    "nothing": lambda: replace(
        make_result(),
        verdicts=(),
        secondary=(),
        looks=(),
        trials=(),
        level_means={},
        variance={},
        scale=None,
        notes=(),
    ),
    "no pairs": lambda: replace(make_result(), verdicts=(verdict(()),), looks=(), trials=(), level_means={}),
    "all failed": _all_failed,
    "one contrast": lambda: replace(make_result(), verdicts=make_result().verdicts[:1]),
    "twelve contrasts": _many,
    "two factors": _two_factors,
    "long names": lambda: rename(
        make_result(), {name: f"{name}-" + "very-long-level-name-" * 12 for name in LEVELS}
    ),
    "infinite": _infinite,
    "empty curves": _empty_curves,
    "numbered days": _numbered_days,
    "unicode": lambda: rename(make_result(), {"mse": "квадрат", "hurdle": "障碍 🏃", "focal": "é̂ שלום"}),
    "hostile": hostile,
}


@pytest.fixture(params=list(ODD))
def odd_result(request: pytest.FixtureRequest) -> StudyResult:
    """Results that are unlike the usual one."""
    made: StudyResult = ODD[request.param]()
    return made


@pytest.fixture
def hostile_result() -> StudyResult:
    return hostile()


@pytest.fixture
def many_contrasts() -> StudyResult:
    return _many()


@pytest.fixture
def two_factors() -> StudyResult:
    return _two_factors()


@pytest.fixture
def rows_of() -> Callable[[Figure], list[dict[str, object]]]:
    """What a figure draws: the rows of all its layers."""

    def rows(figure: Figure) -> list[dict[str, object]]:
        return [row for rows in specification(figure.chart)["datasets"].values() for row in rows]

    return rows


@pytest.fixture
def make_verdict() -> Callable[..., Verdict]:
    return verdict
