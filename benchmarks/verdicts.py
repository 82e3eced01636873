"""How many pairs a verdict costs, and how often it is wrong: our schedule against what people do.

Every rule sees the same simulated studies: metric[side, seed] = block[seed] + difference + noise, so that two runs on one
seed share `block` (the share of variance is --shared, .5 by default) and the paired differences have standard deviation 1. The
margin is 1. A rule that only knows "different or not" can't say "equivalent": it runs to its end.

    python benchmarks/verdicts.py            # 20,000 studies a row; rliable on 1,000 of them
    python benchmarks/verdicts.py --quick

Prints a table and ends with one line of JSON; `pairs_ratio` is our mean number of pairs over that of 20 unpaired runs.
Needs the extra `bench` (rliable); without it that row is left out and the JSON says so.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from steelyard.stats.plan import LookPlan, anytime, fixed_sample, planned_looks

MOST = 20
MARGIN = 1.0
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Pairs used and decision (0 undecided, 1 better or worse, 2 equivalent) of each study."""

    pairs: Array
    decision: NDArray[np.int64]


Rule = Callable[[Array, Array], Outcome]


def simulate(studies: int, *, difference: float, shared: float, seed: int) -> tuple[Array, Array]:
    """Return reference and level metrics, shape (studies, 20); paired differences have standard deviation 1."""
    rng = np.random.default_rng(seed)
    noise = np.sqrt(0.5)
    block = np.sqrt(shared / (1 - shared)) * noise * rng.standard_normal((studies, MOST))
    reference = block + noise * rng.standard_normal((studies, MOST))
    level = block + noise * rng.standard_normal((studies, MOST)) + difference
    return reference, level


def sequential(plan: LookPlan) -> Rule:
    """Return the rule of a plan: what `weigh_contrasts` decides, on all studies at once."""
    looks = plan.looks
    critical = plan.critical([(look, look) for look in looks])

    def rule(reference: Array, level: Array) -> Outcome:
        difference = level - reference
        pairs = np.full(len(difference), float(looks[-1]))
        decision = np.zeros(len(difference), dtype=np.int64)
        for look, bar in zip(looks, critical, strict=True):
            seen = difference[:, :look]
            mean = seen.mean(axis=1)
            error = seen.std(axis=1, ddof=1) / np.sqrt(look)
            still = decision == 0
            differs = still & (np.abs(mean) > bar.difference * error)
            equal = still & ~differs & (np.abs(mean) + bar.equivalence * error < MARGIN)
            decision[differs], decision[equal] = 1, 2
            pairs[differs | equal] = look
        return Outcome(pairs=pairs, decision=decision)

    return rule


def welch(reference: Array, level: Array) -> Outcome:
    """Twenty runs a side, unpaired, Welch's t at 5%; equivalence by two one-sided Welch tests at 5%."""
    test = stats.ttest_ind(level, reference, axis=1, equal_var=False)
    interval = test.confidence_interval(0.90)
    differs = test.pvalue < 0.05
    equal = ~differs & (interval.low > -MARGIN) & (interval.high < MARGIN)
    return Outcome(
        pairs=np.full(len(level), float(MOST)), decision=np.where(differs, 1, np.where(equal, 2, 0))
    )


def peeking(reference: Array, level: Array) -> Outcome:
    """Look after every pair from 3 on with the ordinary paired t at 5% (and one-sided tests at 5%); stop when it says so."""
    looks = tuple(range(3, MOST + 1))
    plans = [fixed_sample(look).critical([(look, look)])[0] for look in looks]
    difference = level - reference
    pairs = np.full(len(difference), float(MOST))
    decision = np.zeros(len(difference), dtype=np.int64)
    for look, bar in zip(looks, plans, strict=True):
        seen = difference[:, :look]
        mean, error = seen.mean(axis=1), seen.std(axis=1, ddof=1) / np.sqrt(look)
        still = decision == 0
        differs = still & (np.abs(mean) > bar.difference * error)
        equal = still & ~differs & (np.abs(mean) + bar.equivalence * error < MARGIN)
        decision[differs], decision[equal] = 1, 2
        pairs[differs | equal] = look
    return Outcome(pairs=pairs, decision=decision)


def rliable_rule() -> Rule | None:
    """Return rliable's stratified bootstrap of the difference in means (unpaired, 20 runs, 95%), or None if not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from rliable import library
    except ImportError:
        return None

    def rule(reference: Array, level: Array) -> Outcome:
        decision = np.zeros(len(level), dtype=np.int64)
        for i, (x, y) in enumerate(zip(reference, level, strict=True)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)
                _, intervals = library.get_interval_estimates(
                    {"level,reference": (x[:, None], y[:, None])},
                    lambda a, b: np.array([b.mean() - a.mean()]),
                    reps=1000,
                    random_state=np.random.RandomState(i),
                )
            low, high = intervals["level,reference"][:, 0]
            decision[i] = 1 if low > 0 or high < 0 else 2 if low > -MARGIN and high < MARGIN else 0
        return Outcome(pairs=np.full(len(level), float(MOST)), decision=decision)

    return rule


def measure(rule: Rule, *, studies: int, shared: float) -> dict[str, float]:
    """Return pairs to a decision and error rates of a rule at true differences of 0, 1 and 2."""
    row: dict[str, float] = {}
    started = time.perf_counter()
    for difference in (0, 1, 2):
        outcome = rule(*simulate(studies, difference=difference, shared=shared, seed=100 + difference))
        row[f"pairs_{difference}"] = float(outcome.pairs.mean())
        row[f"undecided_{difference}"] = float((outcome.decision == 0).mean())
        if difference == 0:
            row["false_difference"] = float((outcome.decision == 1).mean())
        if difference == 1:
            row["false_equivalence"] = float((outcome.decision == 2).mean())
    row["studies"] = studies
    row["seconds"] = time.perf_counter() - started
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer studies")
    parser.add_argument(
        "--shared", type=float, default=0.5, help="share of variance that a seed's runs have in common"
    )
    options = parser.parse_args()
    many, few = (4_000, 100) if options.quick else (20_000, 1_000)
    rules: list[tuple[str, Rule | None, int]] = [
        ("steelyard, planned looks", sequential(planned_looks(MOST)), many),
        (
            "steelyard, looks 4 6 8 11 15 20",
            sequential(planned_looks(MOST, looks=(4, 6, 8, 11, 15, 20))),
            many,
        ),
        ("steelyard, always-valid", sequential(anytime(max_pairs=MOST)), many),
        ("paired t, fixed 20", sequential(fixed_sample(MOST)), many),
        ("Welch t, 20 unpaired runs", welch, many),
        ("rliable bootstrap, 20 runs", rliable_rule(), few),
        ("paired t, always peeking", peeking, many),
    ]
    print(
        f"{'rule':<33}{'pairs to a decision at':^24}{'false':>11}{'false':>12}{'undecided':>11}\n"
        f"{'':<33}{'0':>8}{'1':>8}{'2 sd':>8}{'difference':>11}{'equivalent':>12}{'at 0':>11}{'studies':>9}"
    )
    rows: dict[str, Any] = {}
    for name, rule, studies in rules:
        if rule is None:
            rows[name] = None
            print(f"{name:<33}not installed: pip install 'steelyard[bench]'")
            continue
        row = rows[name] = measure(rule, studies=studies, shared=options.shared)
        print(
            f"{name:<33}{row['pairs_0']:>8.2f}{row['pairs_1']:>8.2f}{row['pairs_2']:>8.2f}{row['false_difference']:>11.3f}"
            f"{row['false_equivalence']:>12.3f}{row['undecided_0']:>11.3f}{studies:>9,}"
        )
    ours, theirs = rows["steelyard, planned looks"], rows["Welch t, 20 unpaired runs"]
    ratio = sum(ours[f"pairs_{d}"] for d in (0, 1, 2)) / sum(theirs[f"pairs_{d}"] for d in (0, 1, 2))
    print(
        json.dumps(
            {"benchmark": "verdicts", "pairs_ratio": round(ratio, 4), "shared": options.shared, "rows": rows}
        )
    )


if __name__ == "__main__":
    main()
