"""What a planned comparison gets right and wrong, on simulated studies; run with `-m slow -s` to see the figures."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from steelyard.stats.boundary import critical_values
from steelyard.stats.decide import weigh_contrasts
from steelyard.stats.plan import LookPlan, anytime, planned_looks
from steelyard.stats.verdict import Contrast, PairedOutcomes, Verdict

pytestmark = pytest.mark.slow
Array = NDArray[np.float64]
OPEN, DIFFERENT, EQUIVALENT = 0, 1, 2
RATIOS = (0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.5, 3.0)
"""Margin over the standard deviation of the differences; false equivalence is worst between .6 and 1.1."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Mean and standard error of every study and contrast at every look, shape (studies, contrasts, looks)."""

    mean: Array
    error: Array


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Decision, and index of the look it was made at (the last one where undecided), shape (studies, contrasts)."""

    decision: NDArray[np.int64]
    look: NDArray[np.int64]

    def any(self, decision: int) -> float:
        """Return the share of studies with such a decision on any contrast."""
        return float((self.decision == decision).any(axis=1).mean())


def see(differences: Array, plan: LookPlan) -> Seen:
    """Look at differences of shape (studies, contrasts, pairs) at the looks of a plan."""
    n = np.array(plan.looks)
    total, squares = differences.cumsum(axis=2)[..., n - 1], (differences**2).cumsum(axis=2)[..., n - 1]
    mean = total / n
    return Seen(mean=mean, error=np.sqrt(np.maximum(squares - total * mean, 0) / (n - 1) / n))


def decide(seen: Seen, plan: LookPlan, *, shift: float, margin: float) -> Outcome:
    """Apply the rule of `weigh_contrasts` to all studies at once, Holm's steps included."""
    family = range(1, plan.contrasts + 1)
    bars = [plan.critical([(look, look) for look in plan.looks], family=each) for each in family]
    to_differ = np.array([[bar.difference for bar in each] for each in bars])
    to_be_equal = np.array([[bar.equivalence for bar in each] for each in bars])
    mean = np.abs(seen.mean + shift)
    decision = np.zeros(mean.shape[:2], dtype=np.int64)
    when = np.full(mean.shape[:2], len(plan.looks) - 1)
    for look in range(len(plan.looks)):
        size, error = mean[..., look], seen.error[..., look]
        for kind, bar in ((DIFFERENT, to_differ[:, look]), (EQUIVALENT, to_be_equal[:, look])):
            for _ in family:
                left = plan.contrasts - (decision == kind).sum(axis=1)
                critical = bar[np.maximum(left, 1) - 1][:, None]
                crosses = size > critical * error if kind == DIFFERENT else size + critical * error < margin
                new = crosses & (decision == OPEN)
                if not new.any():
                    break
                decision[new], when[new] = kind, look
    return Outcome(decision=decision, look=when)


def normal(studies: int, *, contrasts: int, pairs: int, seed: int) -> Array:
    """Simulate contrasts that share a reference: differences of standard deviation 1, correlated by 1/2."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((studies, contrasts + 1, pairs)) * np.sqrt(0.5)
    return noise[:, 1:] - noise[:, :1]


def at_most(rate: float, limit: float, *, studies: int) -> bool:
    """Say whether a simulated rate is compatible with a limit (3.5 standard errors)."""
    return rate <= limit + 3.5 * np.sqrt(limit * (1 - limit) / studies)


# --- the vectorised rule is the rule --------------------------------------------------------------------------------


def verdicts_of(
    differences: Array, plan: LookPlan, *, margin: float
) -> tuple[tuple[Verdict, ...], list[list[int]]]:
    """Run `weigh_contrasts` look by look on one study, shape (contrasts, pairs); return verdicts and looks used."""
    verdicts: tuple[Verdict, ...] = ()
    used: list[list[int]] = []
    for look in plan.looks:
        outcomes = [
            PairedOutcomes(
                contrast=Contrast(factor="f", reference="r", level=str(i)),
                seeds=tuple(range(look)),
                reference=(0.0,) * look,
                level=tuple(row[:look].tolist()),
            )
            for i, row in enumerate(differences)
        ]
        verdicts = weigh_contrasts(
            outcomes, metric="m", direction="higher", margin=margin, plan=plan, earlier=verdicts
        )
        used.append([verdict.pairs for verdict in verdicts])
        if all(verdict.decided for verdict in verdicts):
            break
    return verdicts, used


@pytest.mark.parametrize(
    ("contrasts", "studies", "kind"), [(1, 200, "planned"), (3, 120, "planned"), (2, 60, "anytime")]
)
def test_weigh_contrasts_look_by_look_decides_the_same(contrasts: int, studies: int, kind: str) -> None:
    most = 12
    plan = planned_looks(most, contrasts=contrasts)
    if kind == "anytime":
        plan = anytime(max_pairs=most, contrasts=contrasts)
    shifts = np.random.default_rng(1).choice([0.0, 0.5, 1.0, 2.0], size=(studies, contrasts, 1))
    differences = normal(studies, contrasts=contrasts, pairs=most, seed=2) + shifts
    expected = decide(see(differences, plan), plan, shift=0, margin=1.3)
    names = {"better": DIFFERENT, "worse": DIFFERENT, "equivalent": EQUIVALENT, "undecided": OPEN}
    for study in range(studies):
        verdicts, _ = verdicts_of(differences[study], plan, margin=1.3)
        assert [names[verdict.decision] for verdict in verdicts] == expected.decision[study].tolist()
        decided = expected.decision[study] != OPEN
        pairs = np.array(plan.looks)[expected.look[study]]
        assert [v.pairs for v in verdicts if v.decided] == pairs[decided].tolist()
        for verdict in verdicts:
            if verdict.decision in {"better", "worse"}:
                assert (verdict.decision == "better") == (verdict.estimate > 0)


# --- error rates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "contrasts"), [(20, 1), (8, 1), (12, 1), (40, 1), (20, 3), (20, 10), (8, 3), (40, 3)]
)
def test_both_errors_are_held(most: int, contrasts: int) -> None:
    studies = {1: 150_000, 3: 60_000, 10: 20_000}[contrasts]
    plan = planned_looks(most, contrasts=contrasts)
    seen = see(normal(studies, contrasts=contrasts, pairs=most, seed=most + contrasts), plan)
    false_difference = {
        margin: decide(seen, plan, shift=0, margin=margin).any(DIFFERENT)
        for margin in (1e-9, 0.5, 1.0, 100.0)
    }
    false_equivalence = {
        ratio: decide(seen, plan, shift=ratio, margin=ratio).any(EQUIVALENT) for ratio in RATIOS
    }
    print(
        f"\nmax {most}, {contrasts} contrasts, {studies} studies: false better/worse by margin",
        {key: f"{rate:.4f}" for key, rate in false_difference.items()},
        "| false equivalence by margin/sd",
        {key: f"{rate:.4f}" for key, rate in false_equivalence.items()},
    )
    assert all(at_most(rate, 0.05, studies=studies) for rate in false_difference.values())
    assert all(at_most(rate, 0.05, studies=studies) for rate in false_equivalence.values())
    assert false_difference[1e-9] > 0.03


def test_within_the_margin_is_not_said_too_often() -> None:
    """Of a difference as large as the margin: equivalent, or better and (the wider interval) within the margin."""
    studies = 80_000
    for most in (5, 8, 20):
        plan = planned_looks(most)
        seen = see(normal(studies, contrasts=1, pairs=most, seed=most), plan)
        bars = np.array([bar.difference for bar in plan.critical([(look, look) for look in plan.looks])])
        rates = {}
        for ratio in RATIOS:
            outcome = decide(seen, plan, shift=ratio, margin=ratio)
            at = np.take_along_axis(seen.mean + ratio, outcome.look[..., None], axis=2)[..., 0]
            error = np.take_along_axis(seen.error, outcome.look[..., None], axis=2)[..., 0]
            within = (outcome.decision == DIFFERENT) & (np.abs(at) + bars[outcome.look] * error < ratio)
            rates[ratio] = float((within | (outcome.decision == EQUIVALENT)).mean())
        print(
            f"\nmax {most}: equivalent or within the margin",
            {key: f"{rate:.4f}" for key, rate in rates.items()},
        )
        assert all(at_most(rate, 0.05, studies=studies) for rate in rates.values())


@pytest.mark.parametrize("truth", ["some differ", "some are equal"])
def test_passed_on_shares_keep_the_family_error(truth: Literal["some differ", "some are equal"]) -> None:
    """Five contrasts of which three are decided rightly and leave their share to the two that shouldn't be."""
    studies, most = 20_000, 20
    plan = planned_looks(most, contrasts=5)
    noise = normal(studies, contrasts=5, pairs=most, seed=9)
    if truth == "some differ":
        shift = np.array([3.0, 3.0, 2.0, 0.0, 0.0])[:, None]
        outcome = decide(see(noise + shift, plan), plan, shift=0, margin=0.2)
        false = float((outcome.decision[:, 3:] == DIFFERENT).any(axis=1).mean())
    else:
        scale = np.array([0.1, 0.1, 0.2, 1.0, 1.0])[:, None]
        shift = np.array([0.0, 0.0, 0.0, 0.9, 0.9])[:, None]
        outcome = decide(see(noise * scale + shift, plan), plan, shift=0, margin=0.9)
        false = float((outcome.decision[:, 3:] == EQUIVALENT).any(axis=1).mean())
    print(f"\n{truth}: {false:.4f}")
    assert false > 0.02
    assert at_most(false, 0.05, studies=studies)


def test_failed_seeds_at_random_leave_the_errors_held() -> None:
    """Error is spent by seeds, t has its own pairs: looks at 20 seeds of which 2 to 14 failed, here or there."""
    studies = 60_000
    plan = planned_looks(20)
    for failed in (
        (1, 2),
        (5, 6, 7, 8, 9, 10),
        tuple(range(1, 11)),
        tuple(range(6, 20)),
        tuple(range(2, 21, 3)),
    ):
        taken: list[tuple[int, int]] = []
        for look in plan.looks:
            pairs = look - sum(seed <= look for seed in failed)
            if pairs >= 2 and (not taken or pairs > taken[-1][1]):
                taken.append((look, pairs))
        bars = plan.critical(taken)
        thinned = LookPlan(kind="planned", looks=tuple(pairs for _, pairs in taken))
        seen = see(normal(studies, contrasts=1, pairs=thinned.max_pairs, seed=len(failed)), thinned)
        rates = {}
        for shift, margin, kind in (
            (0.0, 1e-9, DIFFERENT),
            *((ratio, ratio, EQUIVALENT) for ratio in RATIOS),
        ):
            mean, error = np.abs(seen.mean[:, 0] + shift), seen.error[:, 0]
            differs = mean > error * np.array([bar.difference for bar in bars])
            equal = mean + error * np.array([bar.equivalence for bar in bars]) < margin
            first = (differs | equal).argmax(axis=1)
            rows = np.arange(studies)
            said = differs[rows, first] if kind == DIFFERENT else equal[rows, first] & ~differs[rows, first]
            rates[kind, shift] = float(said.mean())
        print(f"\nfailed {failed}:", {key: f"{rate:.4f}" for key, rate in rates.items()})
        assert all(at_most(rate, 0.05, studies=studies) for rate in rates.values())


# --- intervals ------------------------------------------------------------------------------------------------------


def coverage(seen: Seen, plan: LookPlan, outcome: Outcome) -> tuple[float, float]:
    """Return the share of intervals that cover 0 (the true mean of `seen`), where one stopped, and at all looks at once."""
    critical = np.array([bar.difference for bar in plan.critical([(look, look) for look in plan.looks])])
    covers = np.abs(seen.mean) <= critical * seen.error
    stopped = np.take_along_axis(covers, outcome.look[..., None], axis=2)
    return float(stopped.mean()), float(covers.all(axis=(1, 2)).mean())


@pytest.mark.parametrize(("most", "contrasts"), [(20, 1), (8, 1), (40, 1), (20, 3)])
def test_intervals_cover_normal_differences(most: int, contrasts: int) -> None:
    studies = 40_000 // contrasts
    plan = planned_looks(most, contrasts=contrasts)
    seen = see(normal(studies, contrasts=contrasts, pairs=most, seed=7), plan)
    for truth in (0.0, 0.5, 1.0, 2.0):
        stopped, all_looks = coverage(seen, plan, decide(seen, plan, shift=truth, margin=1.0))
        print(
            f"\nmax {most}, {contrasts} contrasts, true {truth} sd: coverage {stopped:.4f} where stopped, {all_looks:.4f} at all looks"
        )
        assert stopped >= 0.94
        assert all_looks >= 0.94


def lognormal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return (rng.lognormal(size=shape) - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e)


def bounded(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Differences of two accuracies on 200 examples, both .9, in their standard deviations."""
    return (rng.binomial(200, 0.9, size=shape) - rng.binomial(200, 0.9, size=shape)) / np.sqrt(2 * 200 * 0.09)


def outliers(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """One difference in twenty has ten times the spread; in standard deviations of the mixture."""
    spread = np.where(rng.random(shape) < 0.05, 10.0, 1.0)
    return rng.standard_normal(shape) * spread / np.sqrt(0.95 + 0.05 * 100)


@pytest.mark.parametrize("draw", [lognormal, bounded, outliers])
@pytest.mark.parametrize("most", [8, 20])
def test_figures_for_differences_that_are_not_normal(draw, most: int) -> None:
    studies = 40_000
    plan = planned_looks(most)
    seen = see(draw(np.random.default_rng(3), (studies, 1, most)), plan)
    nothing = decide(seen, plan, shift=0, margin=1.0)
    small = decide(seen, plan, shift=0, margin=1e-9)
    at_margin = max(
        decide(seen, plan, shift=sign * ratio, margin=ratio).any(EQUIVALENT)
        for ratio in RATIOS
        for sign in (-1, 1)
    )
    stopped, all_looks = coverage(seen, plan, nothing)
    print(
        f"\n{draw.__name__}, max {most}: false better/worse {nothing.any(DIFFERENT):.4f} (margin 1 sd) "
        f"{small.any(DIFFERENT):.4f} (tiny margin), false equivalence at worst {at_margin:.4f}, coverage {stopped:.4f} where "
        f"stopped, {all_looks:.4f} at all looks"
    )
    assert small.any(DIFFERENT) < 0.35
    assert stopped > 0.6


# --- cost -----------------------------------------------------------------------------------------------------------

FLOOR = (11.1, 10.7, 5.8)
"""Pairs to a decision at true differences of 0, 1 and 2 sd (margin 1 sd) that six calibrated looks up to 20 need."""


@pytest.mark.parametrize("most", [8, 12, 20, 40])
@pytest.mark.parametrize("contrasts", [1, 3, 10])
def test_pairs_to_a_decision(most: int, contrasts: int) -> None:
    studies = {1: 100_000, 3: 30_000, 10: 10_000}[contrasts]
    plan = planned_looks(most, contrasts=contrasts)
    seen = see(normal(studies, contrasts=contrasts, pairs=most, seed=11), plan)
    looks = np.array(plan.looks)
    for truth, floor in zip((0, 1, 2), FLOOR, strict=True):
        outcome = decide(seen, plan, shift=truth, margin=1.0)
        pairs = looks[outcome.look]
        print(
            f"\nmax {most}, {contrasts} contrasts, true {truth} sd: {pairs.mean():.2f} pairs a contrast, "
            f"{pairs.max(axis=1).mean():.2f} till all are decided, undecided {(outcome.decision == OPEN).mean():.4f}"
        )
        if (most, contrasts) == (20, 1):
            assert pairs.mean() <= floor


# --- the boundary itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("looks", [tuple(range(4, 21)), (2, 5, 6, 20)])
def test_a_million_paths_cross_as_often_as_was_spent(looks: tuple[int, ...], sides: Literal[1, 2]) -> None:
    spent = [0.05 * np.sqrt((n - 1) / (looks[-1] - 1)) for n in looks]
    critical = np.array(critical_values(looks, spent=spent, sides=sides))
    n, rng, paths = np.array(looks), np.random.default_rng(5), 1_000_000
    counts = np.zeros(len(looks))
    for _ in range(20):
        x = rng.standard_normal((paths // 20, looks[-1]))
        total, squares = x.cumsum(axis=1)[:, n - 1], (x * x).cumsum(axis=1)[:, n - 1]
        t = total / np.sqrt(n) / np.sqrt((squares - total**2 / n) / (n - 1))
        crossed = ((np.abs(t) if sides == 2 else t) > critical).cumsum(axis=1) > 0
        counts += crossed.sum(axis=0)
    print(f"\n{sides} sides, looks {looks}: spent {counts[-1] / paths:.5f} of .05")
    assert counts / paths == pytest.approx(np.array(spent), abs=4 * np.sqrt(0.05 / paths))
